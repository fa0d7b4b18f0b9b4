import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { differencesOf, failuresOf } from '../../value-scenarios/support/guides/guide-run.ts'
import { writeOutputs } from '../../value-scenarios/support/guides/written-outputs.ts'
import { eventually } from '../support/eventually.ts'
import { fence, followText } from './follow.ts'
import { startOwner } from './owner.ts'

/** Answers every request with its own address, as a guide's server would. */
const server = fence(
  'js file=server.mjs',
  "import { createServer } from 'node:http'",
  "const server = createServer((request, response) => response.end(request.headers.host + '\\n'))",
  "server.listen(8000, '127.0.0.1', () => console.log('listens on', server.address().port))",
)
const serving = fence('sh', 'node server.mjs &')
const asking = fence('sh', 'curl -sS http://127.0.0.1:8000/')

describe('A guide that is followed', () => {
  test('is green where each command ends well and prints what is shown', async (t) => {
    const run = await followText(t, fence('sh', 'echo hello', 'echo oh >&2') + fence('text', 'hello', 'oh'))
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })

  test('tells of its variables those that are set, an empty one too', async (t) => {
    const run = await followText(t, fence('sh', "EMPTY='' NAME=Priya", 'unset NOBODY'))
    const variables = await run.shell.variables(['EMPTY', 'NAME', 'NOBODY'])
    assert.deepEqual(variables, { EMPTY: '', NAME: 'Priya' })
  })

  test('is red at the line of a command that fails, and goes no further', async (t) => {
    const run = await followText(
      t,
      `# Title\n\n${fence('sh', 'echo before', 'false', 'echo after')}${asking}`,
    )
    assert.deepEqual(failuresOf(run), [
      'guide.md:4: It ended with 1 and said:\nbefore\n\n\necho before\nfalse\necho after',
      'The 1 fences that follow were not run.',
    ])
  })

  for (const [what, script] of [
    ['a failure within a pipe', 'false | cat'],
    ['a variable that nobody has set', 'echo "$NOBODY"'],
    ['a command that is not there', 'mcp-orchestrator list'],
    ['an option that is not there', 'mcp-orchestration-serve-http --prot 8000'],
  ] as const)
    test(`is red at ${what}`, async (t) => {
      const run = await followText(t, fence('sh', script))
      assert.match(failuresOf(run)[0] ?? '', /^guide\.md:2: It ended with \d+/)
    })

  test('is red at the line of an output that is another one, and shows both', async (t) => {
    const run = await followText(t, fence('sh', 'echo one', 'echo two') + fence('text', 'one', 'three'))
    assert.deepEqual(differencesOf(run), [
      'guide.md:6: The output is another one.\n         one\n- shown  three\n+ seen   two',
    ])
  })

  test('is red where a value that is shown twice comes as two', async (t) => {
    const uuid = '4b1ff9e2-6d1b-4d5a-9a5b-0d2f6f3a1c11'
    const say = fence('sh', "node -p 'crypto.randomUUID()'") + fence('text', uuid)
    const run = await followText(t, say + say)
    assert.equal(differencesOf(run).length, 1)
    assert.match(differencesOf(run)[0] ?? '', /^guide\.md:11: [\s\S]*must be the same in the run/)
  })

  test('keeps variables, functions, folders and files from one fence to the next', async (t) => {
    const first = fence('sh', 'NAME=Priya', 'greet() { echo "Hello $1"; }', 'mkdir notes', 'cd notes')
    const run = await followText(
      t,
      first + fence('sh', 'greet $NAME', 'pwd') + fence('text', 'Hello Priya', '/home/priya/notes'),
    )
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })

  test('has its servers in the background, ready for the next command, on ports of its own', async (t) => {
    const run = await followText(
      t,
      server + serving + fence('text', 'listens on 8000') + asking + fence('text', '127.0.0.1:8000'),
    )
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
    assert.notEqual(run.stage.port(8000), 8000)
  })

  test('ends its servers by their job, as in a terminal', async (t) => {
    const end = fence('sh', 'kill %1', 'wait', 'curl -sS http://127.0.0.1:8000/ || echo "exit code $?"')
    const run = await followText(t, server + serving + end)
    assert.match(run.fences.at(-1)?.output ?? '', /exit code 7/)
    assert.deepEqual(failuresOf(run), [])
  })

  test('is red at a server that ends with an error', async (t) => {
    const run = await followText(t, fence('sh', 'mcp-orchestration-serve-http --prot 1 &') + asking)
    assert.match(
      failuresOf(run)[0] ?? '',
      /^guide\.md:2: It ended with 2 and said:\nerror: unknown option '--prot'/,
    )
  })

  test('is red at a job that never gets ready', async (t) => {
    const run = await followText(t, fence('sh', 'sleep 60 &'), { limits: { jobTimeoutMs: 300 } })
    assert.match(
      failuresOf(run)[0] ?? '',
      /^guide\.md:2: It ended with 124 [\s\S]*neither listens nor is connected/,
    )
  })

  test('is red at a command that does not end', async (t) => {
    const run = await followText(t, fence('sh', 'echo waiting', 'sleep 60'), { limits: { timeoutMs: 300 } })
    assert.match(
      failuresOf(run)[0] ?? '',
      /^guide\.md:2: It ended with 124 and said:\nwaiting\nIt took too long/,
    )
  })

  test('is red at a request that is refused where it does not show that', async (t) => {
    const refused = fence('sh', `echo '{"type":"urn:mcp-orchestration:problem:insufficient_scope"}'`)
    const run = await followText(t, refused + fence('json', '…') + refused)
    assert.deepEqual(failuresOf(run), [
      `guide.md:8: It was refused, which the guide does not show:
{"type":"urn:mcp-orchestration:problem:insufficient_scope"}


echo '{"type":"urn:mcp-orchestration:problem:insufficient_scope"}'`,
    ])
  })

  for (const end of ['exit 0', 'exec true'])
    test(`is red where "${end}" ends its shell, and what follows with it`, async (t) => {
      const run = await followText(t, fence('sh', 'echo before', end, 'false') + fence('sh', 'false'))
      assert.match(
        failuresOf(run).join('\n'),
        /^guide\.md:2: It ended with 125 and said:\nbefore\nIt ended the shell of the guide[\s\S]*1 fences that follow were not run/,
      )
    })

  test('gives no command a stdin to wait for', async (t) => {
    const run = await followText(t, fence('sh', 'cat', 'echo done') + fence('text', 'done'))
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })
})

describe('What a guide leaves', () => {
  test('is ended with its shell, a server that another started too', async (t) => {
    const run = await followText(t, server + fence('sh', 'sh -c "node server.mjs; true" &') + asking)
    assert.deepEqual(failuresOf(run), [])
    await run.shell.stop()
    await assert.rejects(fetch(`http://127.0.0.1:${run.stage.port(8000)}/`))
  })

  test('is a file at the place that it names, below the root of the stage', async (t) => {
    const unit = fence('ini file=/etc/systemd/system/x.service', '[Service]', 'Environment=PORT=8000')
    const run = await followText(t, unit)
    const { place, text } = await run.fileAt('/etc/systemd/system/x.service')
    assert.equal(place, path.join(run.stage.root, 'etc/systemd/system/x.service'))
    assert.equal(text, `[Service]\nEnvironment=PORT=${run.stage.port(8000)}\n`)
  })

  test('is missed where nothing uses a file', async (t) => {
    const run = await followText(
      t,
      fence('js file=used.mjs', '1') + fence('sh', 'node used.mjs') + fence('js file=idle.mjs', '2'),
    )
    assert.deepEqual(run.unusedFiles(), ['guide.md:8: Nothing uses the file idle.mjs.'])
    await run.fileAt('idle.mjs')
    assert.deepEqual(run.unusedFiles(), [])
  })

  test('is missed where a longer name only begins or ends like the file, too', async (t) => {
    const file = fence('json file=a.json', '{}')
    const run = await followText(t, file + fence('sh', 'echo not a.jsonx, nor a.json.bak, nor data.json'))
    assert.equal(run.unusedFiles().length, 1)
    for (const script of ['cat a.json', 'cat "$HOME/a.json"', 'echo @a.json', 'cat <a.json;'])
      assert.deepEqual((await followText(t, file + fence('sh', script))).unusedFiles(), [], script)
  })

  for (const [when, command] of [
    ['after it', 'touch there'],
    ['during a command', 'touch there; sleep 1'],
  ] as const)
    test(`is gone, with its stage, where its owner is killed ${when}, as by Ctrl-C`, async (t) => {
      const { root, port, kill } = await startOwner(t, server + serving + fence('sh', command))
      await eventually(() => assert.ok(existsSync(path.join(root, 'home/priya/there'))))
      assert.ok((await fetch(`http://127.0.0.1:${port}/`)).ok)
      kill()
      await eventually(() => assert.rejects(fetch(`http://127.0.0.1:${port}/`)))
      await eventually(() => assert.ok(!existsSync(root)))
    })

  test('is gone with its stage', async (t) => {
    let root = ''
    await t.test('after it', async (inner) => {
      root = (await followText(inner, fence('sh', 'mktemp'))).stage.root
      assert.ok(existsSync(root))
    })
    assert.ok(!existsSync(root))
  })
})

describe('The operating system of a guide', () => {
  const reload = fence('sh operating-system', 'sudo systemctl reload nginx')

  test('is not touched', async (t) => {
    const run = await followText(t, reload + fence('text operating-system', 'whatever'))
    assert.deepEqual(
      run.fences.map(({ kind, exitCode }) => [kind, exitCode]),
      [
        ['operating-system', undefined],
        ['not-compared', undefined],
      ],
    )
  })

  test('is red where a proxy is called and no scenario says how', async (t) => {
    const run = await followText(t, fence('sh operating-system', 'sudo nginx -t'))
    assert.match(failuresOf(run)[0] ?? '', /^guide\.md:2: It ended with 1 and said:\nNo step of the feature/)
  })

  test('is played where a scenario says how, in its turn', async (t) => {
    const acts = [
      {
        command: /systemctl reload nginx/,
        act: ({ shell }: { shell: { run(script: string): Promise<unknown> } }) => shell.run('RELOADED=yes'),
      },
    ]
    const run = await followText(t, reload + fence('sh', 'echo $RELOADED') + fence('text', 'yes'), { acts })
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })
})

describe('A program of a guide', () => {
  test('runs to its end', async (t) => {
    const program = fence('ts', 'const answer: number = 42', 'console.log(answer)')
    const run = await followText(t, program + fence('text', '42'))
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })

  test('is red where it does not compile', async (t) => {
    const run = await followText(t, fence('ts', "const port: number = '8000'", 'console.log(port)'))
    assert.match(
      failuresOf(run)[0] ?? '',
      /^guide\.md:2: It ended with 2 [\s\S]*'string' is not assignable to type 'number'/,
    )
  })

  test('imports the product, and serves for as long as it takes to see that it does', async (t) => {
    const program = fence(
      'ts',
      "import { createHttpTransport } from 'mcp-orchestration'",
      'console.log(await createHttpTransport({ logger: false }).listen({ port: 8000 }))',
    )
    const run = await followText(t, program + fence('text', 'http://127.0.0.1:8000'))
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })

  test('runs in a page of another origin, and knows the variables of the shell', async (t) => {
    const page = fence('js browser', 'console.log(location.origin, await Promise.resolve(TOKEN))')
    const run = await followText(
      t,
      fence('sh', "TOKEN='a b'") + page + fence('text', 'http://localhost:5173 a b'),
    )
    assert.deepEqual([failuresOf(run), differencesOf(run)], [[], []])
  })

  test('is red where it throws in the page', async (t) => {
    const run = await followText(t, fence('js browser', "throw new Error('no')"))
    assert.match(failuresOf(run)[0] ?? '', /^guide\.md:2: It ended with 1 [\s\S]*Error: no/)
  })
})

describe('Outputs written anew', () => {
  async function rewritten(t: Parameters<typeof followText>[0], markdown: string): Promise<string> {
    const run = await followText(t, markdown)
    const file = path.join(run.stage.root, 'guide.md')
    await writeFile(file, markdown)
    await writeOutputs(file, run)
    return readFile(file, 'utf8')
  }

  test('replace what no longer comes', async (t) => {
    const script = fence('sh', 'echo 127.0.0.1:8000', 'pwd')
    const written = await rewritten(t, `${script}\nIt says:\n\n${fence('text')}\nThat is all.\n`)
    assert.equal(
      written,
      `${script}\nIt says:\n\n${fence('text', '127.0.0.1:8000', '/home/priya')}\nThat is all.\n`,
    )
  })

  test('leave a guide alone whose outputs are as shown but for what changes each time', async (t) => {
    const guide = fence('sh', 'date -u +%FT%TZ') + fence('text', '2020-01-01T00:00:00Z')
    assert.equal(await rewritten(t, guide), guide)
  })

  test('keep elisions that still fit, with the values of this run', async (t) => {
    const digest = (digit: string) => digit.repeat(64)
    const script = fence('sh', `echo a; echo b; echo ${digest('1')}`)
    const guide = (shown: string, last: string) =>
      script + fence('text', '…', shown) + fence('sh', 'echo new') + fence('text', last)
    assert.equal(await rewritten(t, guide(digest('2'), 'old')), guide(digest('1'), 'new'))
  })

  test('keep the indentation of a list', async (t) => {
    const written = await rewritten(t, '- So:\n\n  ```sh\n  echo 1\n  ```\n\n  ```text\n  2\n  ```\n')
    assert.equal(written, '- So:\n\n  ```sh\n  echo 1\n  ```\n\n  ```text\n  1\n  ```\n')
  })
})
