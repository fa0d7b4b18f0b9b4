import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { adminOperations, operations } from '../../src/operations/operations.ts'
import { version } from '../../src/version.ts'
import { type Bin, createSandbox, run } from '../support/sandbox.ts'

const bins: readonly Bin[] = ['mcp-orchestration', 'serve-http', 'generate-token']

for (const bin of bins) {
  describe(bin, () => {
    test('explains itself on --help, on stdout, and does nothing else', async (context) => {
      const sandbox = await createSandbox(context)
      const { code, stdout, stderr } = await run(sandbox, bin, ['--help'])
      assert.match(stdout, /^Usage: mcp-orchestration/)
      assert.match(stdout, /\nExamples:\n/)
      assert.equal(stderr, '')
      assert.equal(code, 0)
      assert.equal((await readdir(sandbox.folder)).includes('state'), false)
    })

    test('prints the version of the package and nothing else on --version', async (context) => {
      const { code, stdout } = await run(await createSandbox(context), bin, ['--version'])
      assert.equal(stdout, `${version}\n`)
      assert.equal(code, 0)
    })

    test('refuses a flag that it does not know, in one line, with 2', async (context) => {
      const { code, stdout, stderr } = await run(await createSandbox(context), bin, ['--hom', '/tmp'])
      assert.match(stderr, /^error: unknown option '--hom' \(Did you mean --home\?\)[^\n]*\n$/)
      assert.equal(stdout, '')
      assert.equal(code, 2)
    })

    test('refuses an environment variable without sense, naming it, with 2', async (context) => {
      const env = { MCP_ORCHESTRATION_STORE: 'redis://127.0.0.1' }
      const { code, stderr } = await run(await createSandbox(context), bin, [], { env })
      assert.match(
        stderr,
        /^error: .*'redis:\/\/127\.0\.0\.1' from env 'MCP_ORCHESTRATION_STORE' is invalid[^\n]*\n$/,
      )
      assert.equal(code, 2)
    })
  })
}

describe('mcp-orchestration', () => {
  test('refuses a word that is no command instead of starting a server', async (context) => {
    const { code, stdout, stderr } = await run(await createSandbox(context), 'mcp-orchestration', ['list'])
    assert.match(
      stderr,
      /^error: unknown command 'list'\. The commands are call, serve-http, generate-token, tokens, audit, verify\.[^\n]*\n$/,
    )
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })

  test('names every operation in the help of call', async (context) => {
    const { stdout } = await run(await createSandbox(context), 'mcp-orchestration', ['call', '--help'])
    for (const { id, summary } of [...operations, ...adminOperations])
      assert.match(stdout, new RegExp(`\\n  ${id} +${summary}\\n`))
  })

  for (const command of ['serve-http', 'generate-token']) {
    test(`has ${command} as a command with the flags of the program of that name`, async (context) => {
      const sandbox = await createSandbox(context)
      const own = await run(sandbox, command as Bin, ['--help'])
      const nested = await run(sandbox, 'mcp-orchestration', [command, '--help'])
      assert.equal(optionsOf(nested.stdout), optionsOf(own.stdout))
    })
  }
})

describe('serve-http', () => {
  for (const [args, env, named] of [
    [['--port', 'eighty'], {}, "'--port <number>' argument 'eighty'"],
    [['--log-level', 'loud'], {}, "'--log-level <level>' argument 'loud'"],
    [[], { MCP_ORCHESTRATION_PORT: '70000' }, "'70000' from env 'MCP_ORCHESTRATION_PORT'"],
    [[], { MCP_ORCHESTRATION_LOG_LEVEL: 'loud' }, "'loud' from env 'MCP_ORCHESTRATION_LOG_LEVEL'"],
    [[], { MCP_ORCHESTRATION_TRUST_PROXY: 'yes' }, "'yes' from env 'MCP_ORCHESTRATION_TRUST_PROXY'"],
  ] as const) {
    test(`refuses ${named} in one line, with 2`, async (context) => {
      const { code, stderr } = await run(await createSandbox(context), 'serve-http', args, { env })
      assert.ok(stderr.includes(named), stderr)
      assert.equal(stderr.trimEnd().split('\n').length, 1)
      assert.equal(code, 2)
    })
  }
})

function optionsOf(help: string): string {
  return /\nOptions:\n(.*?)\n\n/s.exec(help)?.[1] ?? assert.fail(help)
}
