import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { binPath, createSandbox, type Outcome, run, start } from '../support/sandbox.ts'

const profile = { client_id: 'cursor', profile_id: 'default' }

describe('mcp-orchestration call', () => {
  test("prints the operation's answer as JSON and nothing else", async (context) => {
    const sandbox = await createSandbox(context)
    const outcome = await run(sandbox, 'mcp-orchestration', ['call', 'list_clients'])
    assert.ok(Number(answerOf(outcome).count) >= 8)
    assert.equal(outcome.stderr, '')
  })

  test('takes its input from --json, or from stdin for -', async (context) => {
    const sandbox = await createSandbox(context)
    const input = JSON.stringify({ ...profile, server_id: 'memory' })
    const added = await run(sandbox, 'mcp-orchestration', ['call', 'add_server_to_config', '--json', input])
    assert.equal(answerOf(added).status, 'added')
    const viewed = await run(sandbox, 'mcp-orchestration', ['call', 'view_draft_config', '--json', '-'], {
      input: JSON.stringify(profile),
    })
    assert.deepEqual(answerOf(viewed).servers, ['memory'])
  })

  test('has no defaults for client and profile: those are for agents', async (context) => {
    const outcome = await run(await createSandbox(context), 'mcp-orchestration', [
      'call',
      'view_draft_config',
    ])
    assert.equal(outcome.code, 1)
    assert.match(
      outcome.stderr,
      /^error: invalid_request: "client_id" is missing\. "profile_id" is missing\.\n$/,
    )
  })

  test('tells a problem in one line on stderr, with its code, and exits with 1', async (context) => {
    const args = ['call', 'list_profiles', '--json', '{"client_id":"emacs"}']
    const { code, stdout, stderr } = await run(await createSandbox(context), 'mcp-orchestration', args)
    assert.match(stderr, /^error: client_not_found: [^\n]*"emacs"[^\n]*\n$/)
    assert.equal(stdout, '')
    assert.equal(code, 1)
  })

  for (const json of ['{"token":"hunter2"', 'hunter2', '{"a":1}}', '{"a":1,"a":2}']) {
    test(`refuses ${JSON.stringify(json)} as JSON without repeating it`, async (context) => {
      const args = ['call', 'list_clients', '--json', json]
      const { code, stderr } = await run(await createSandbox(context), 'mcp-orchestration', args)
      assert.match(stderr, /^error: invalid_json: The input is not valid JSON[^\n]*\n$/)
      assert.equal(stderr.includes('hunter2'), false)
      assert.equal(code, 1)
    })
  }

  test('takes no bytes at all for no input', async (context) => {
    const { code } = await run(await createSandbox(context), 'mcp-orchestration', [
      'call',
      'list_clients',
      '--json',
      '-',
    ])
    assert.equal(code, 0)
  })

  test('refuses broken UTF-8 rather than mend it', async (context) => {
    const args = ['call', 'list_clients', '--json', '-']
    const input = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])
    const { code, stderr } = await run(await createSandbox(context), 'mcp-orchestration', args, { input })
    assert.match(stderr, /^error: invalid_json: [^\n]*UTF-8[^\n]*\n$/)
    assert.equal(code, 1)
  })

  test('refuses an unknown operation with 2 and names the known ones', async (context) => {
    const args = ['call', 'describe_servers']
    const { code, stderr } = await run(await createSandbox(context), 'mcp-orchestration', args)
    assert.match(
      stderr,
      /^error: unknown operation 'describe_servers'\. The operations are list_clients, [^\n]*\n$/,
    )
    assert.equal(code, 2)
  })

  test('lets --home win over the environment, before or after the command', async (context) => {
    const sandbox = await createSandbox(context)
    const home = path.join(sandbox.folder, 'elsewhere')
    const input = JSON.stringify({ ...profile, server_id: 'memory' })
    const env = { MCP_ORCHESTRATION_HOME: path.join(sandbox.folder, 'ignored') }
    const add = ['call', 'add_server_to_config', '--json', input, '--home', home]
    assert.equal(answerOf(await run(sandbox, 'mcp-orchestration', add, { env })).server_count, 1)
    const view = ['--home', home, 'call', 'view_draft_config', '--json', JSON.stringify(profile)]
    assert.equal(answerOf(await run(sandbox, 'mcp-orchestration', view, { env })).server_count, 1)
  })

  test('forgets what it did on the memory store', async (context) => {
    const sandbox = await createSandbox(context)
    const input = JSON.stringify({ ...profile, server_id: 'memory' })
    const env = { MCP_ORCHESTRATION_STORE: 'memory' }
    for (const _ of [1, 2]) {
      const args = ['call', 'add_server_to_config', '--json', input]
      assert.equal(answerOf(await run(sandbox, 'mcp-orchestration', args, { env })).server_count, 1)
    }
  })

  test('fails in one line, without a stack, when the home is a file', async (context) => {
    const sandbox = await createSandbox(context)
    await writeFile(sandbox.home, 'not a folder')
    const args = ['call', 'view_draft_config', '--json', JSON.stringify(profile)]
    const { code, stderr } = await run(sandbox, 'mcp-orchestration', args)
    assert.match(
      stderr,
      /^error: store_unavailable: [^\n]* \(The store in [^\n]* failed\. E[A-Z]+: [^\n]*\)\n$/,
    )
    assert.equal(code, 1)
    const debugging = await run(sandbox, 'mcp-orchestration', [...args, '--log-level', 'debug'])
    assert.match(debugging.stderr, /\n {4}at /)
    assert.equal(debugging.code, 1)
  })

  test('fails when its answer cannot be written', { skip: !existsSync('/dev/full') }, async (context) => {
    const { env } = await createSandbox(context)
    const full = await open('/dev/full', 'w')
    context.after(() => full.close())
    const child = spawn(process.execPath, [binPath('mcp-orchestration'), 'call', 'list_clients'], {
      env,
      stdio: ['ignore', full.fd, 'pipe'],
    })
    assert.ok(child.stderr)
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    assert.match(said, /^error: The answer could not be written\. \(ENOSPC[^\n]*\n$/)
    assert.equal(code, 1)
  })

  test('ends quietly when nobody reads its answer', async (context) => {
    const call = start(await createSandbox(context), 'mcp-orchestration', ['call', 'list_clients'])
    call.child.stdout?.destroy()
    await once(call.child, 'exit')
    assert.equal(call.child.exitCode, 0)
    assert.equal(call.stderr(), '')
  })
})

function answerOf({ code, stdout, stderr }: Outcome): Record<string, unknown> {
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}
