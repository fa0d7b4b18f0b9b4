import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { createSandbox, run } from '../support/sandbox.ts'
import { controlC, noTerminal, startOnTerminal } from '../support/terminal.ts'

describe('on a terminal', { skip: noTerminal }, () => {
  test('a first start shows one token, once, with a line to paste that works; a second start shows none', async (context) => {
    const sandbox = await createSandbox(context)
    const first = startOnTerminal(sandbox, 'serve-http', ['--port', '0'])
    const [, token = '', url = ''] = await first.says(
      /curl -H 'Authorization: Bearer ([\w-]{43})' (http:\S+)/,
    )
    const headers = { Authorization: `Bearer ${token}` }
    assert.equal((await fetch(url, { headers })).status, 200)
    first.child.stdin?.write(controlC)
    assert.match((await first.ended).stdout, /Server shut down gracefully/)
    assert.equal(first.child.exitCode, 0)

    const second = startOnTerminal(sandbox, 'serve-http', ['--port', '0'])
    await second.says(/API docs: /)
    second.child.stdin?.write(controlC)
    assert.doesNotMatch((await second.ended).stdout, /token|Bearer/)
  })

  test('the log is written for people', async (context) => {
    const server = startOnTerminal(await createSandbox(context), 'serve-http', ['--port', '0'])
    const [line] = await server.says(/.*Server running on .*/)
    assert.match(line, /INFO/)
    assert.doesNotMatch(line, /"msg"/)
  })

  test('no token is shown when the log goes to a file, since then something is being recorded', async (context) => {
    const sandbox = await createSandbox(context)
    const server = startOnTerminal(sandbox, 'serve-http', ['--port', '0', '2>log'])
    const log = await eventually(path.join(sandbox.folder, 'log'), /There is no credential yet/)
    assert.doesNotMatch(log + server.stdout(), /Bearer/)
  })

  test('a start of the stdio server says what it waits for', async (context) => {
    const server = startOnTerminal(await createSandbox(context), 'mcp-orchestration', [])
    await server.says(/an AI client starts this/)
    server.child.stdin?.write(controlC)
    await server.ended
    assert.equal(server.child.exitCode, 0)
  })
})

describe('away from a terminal', () => {
  test('the stdio server says nothing by itself', async (context) => {
    assert.equal((await run(await createSandbox(context), 'mcp-orchestration', [])).stderr, '')
  })
})

async function eventually(file: string, pattern: RegExp): Promise<string> {
  const signal = AbortSignal.timeout(20_000)
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (pattern.test(text)) return text
    await setTimeout(20, undefined, { signal })
  }
}
