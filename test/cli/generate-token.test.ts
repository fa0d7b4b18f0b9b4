import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, test } from 'node:test'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createSandbox, type Outcome, run, type Sandbox } from '../support/sandbox.ts'

const tokenExpression = /^[A-Za-z0-9_-]{43}$/

describe('mcp-orchestration-generate-token', () => {
  test('prints a token and how to use it, and the store knows it', async (context) => {
    const sandbox = await createSandbox(context)
    const { code, stdout, stderr } = await run(sandbox, 'generate-token', [])
    const [, token = ''] = /^Generated token: (\S+)\n/.exec(stdout) ?? []
    assert.match(token, tokenExpression)
    assert.ok(
      stdout.includes(`curl -H 'Authorization: Bearer ${token}' http://127.0.0.1:8000/v1/clients\n`),
      stdout,
    )
    assert.equal(stderr, '')
    assert.equal(code, 0)
    await using orchestrator = open(sandbox)
    assert.deepEqual((await orchestrator.tokens.verify(token))?.scopes, [
      'read',
      'write',
      'publish',
      'deploy',
    ])
  })

  test('names the server of the settings in the line to paste', async (context) => {
    const env = { MCP_ORCHESTRATION_HOST: '::', MCP_ORCHESTRATION_PORT: '9000' }
    const { stdout } = await run(await createSandbox(context), 'generate-token', [], { env })
    assert.match(stdout, /' http:\/\/\[::1\]:9000\/v1\/clients\n/)
  })

  test('gives the name, the scopes and the end that were asked for', async (context) => {
    const sandbox = await createSandbox(context)
    const args = ['--name', 'CI of the website', '--scope', 'read', '--scope', 'publish', '--scope', 'read']
    const made = answerOf(await run(sandbox, 'generate-token', [...args, '--expires-in', '30d', '--json']))
    assert.match(String(made.token), tokenExpression)
    assert.deepEqual(Object.keys(made), [
      ...['token', 'token_id', 'name', 'scopes', 'limits'],
      ...['created_at', 'expires_at'],
    ])
    assert.equal(made.name, 'CI of the website')
    assert.deepEqual(made.scopes, ['read', 'publish'])
    assert.equal(
      Date.parse(String(made.expires_at)) - Date.parse(String(made.created_at)) <= 30 * 86_400_000,
      true,
    )
    await using orchestrator = open(sandbox)
    const record = await orchestrator.tokens.get(String(made.token_id))
    assert.equal(record.expiresAt, made.expires_at)
  })

  test('limits a token to clients and profiles that there are', async (context) => {
    const sandbox = await createSandbox(context)
    const args = ['--client', 'zed', '--profile', 'cursor/work', '--profile', 'claude-desktop/work', '--json']
    const made = answerOf(await run(sandbox, 'generate-token', args))
    assert.deepEqual(made.limits, { clients: ['zed'], profiles: ['claude-desktop/work', 'cursor/work'] })
    const unknown = await run(sandbox, 'generate-token', ['--client', 'cursur'])
    assert.match(unknown.stderr, /^error: client_not_found: There is no client "cursur"[^\n]*\n$/)
    assert.deepEqual([unknown.code, unknown.stdout], [1, ''])
  })

  test('ends a token at the date that was given', async (context) => {
    const sandbox = await createSandbox(context)
    const made = answerOf(await run(sandbox, 'generate-token', ['--expires-at', '2999-01-31', '--json']))
    assert.equal(made.expires_at, '2999-01-31T00:00:00.000Z')
  })

  test('never makes the same token twice, and keeps none in its files', async (context) => {
    const sandbox = await createSandbox(context)
    const made = [1, 2, 3].map(async () => answerOf(await run(sandbox, 'generate-token', ['--json'])).token)
    const tokens = (await Promise.all(made)).map(String)
    assert.equal(new Set(tokens).size, 3)
    const names = await readdir(sandbox.home, { recursive: true, withFileTypes: true })
    const files = names
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
    assert.ok(files.length > 0)
    for (const file of files) {
      const bytes = await readFile(file, 'latin1')
      for (const token of tokens) assert.equal(bytes.includes(token), false, file)
    }
  })

  test('refuses the memory store, where no server would ever see the token', async (context) => {
    const env = { MCP_ORCHESTRATION_STORE: 'memory' }
    const { code, stdout, stderr } = await run(await createSandbox(context), 'generate-token', [], { env })
    assert.match(stderr, /^error: A token in the memory store ends with this command[^\n]*\n$/)
    assert.equal(stdout, '')
    assert.equal(code, 1)
  })

  test('refuses a name that nobody could read, with 2', async (context) => {
    const { code, stdout, stderr } = await run(await createSandbox(context), 'generate-token', [
      '--name',
      ' ',
    ])
    assert.match(stderr, /^error: [^\n]*name[^\n]*\n$/)
    assert.equal(stdout, '')
    assert.equal(code, 2)
  })

  for (const args of [
    ['--scope', 'everything'],
    ['--client', '../etc'],
    ['--profile', 'cursor'],
    ['--expires-in', '30'],
    ['--expires-at', '2001-01-01'],
    ['--expires-in', '30d', '--expires-at', '2999-01-31'],
    ['leftover'],
  ]) {
    test(`refuses ${args.join(' ')} in one line, with 2, and makes nothing`, async (context) => {
      const sandbox = await createSandbox(context)
      const { code, stdout, stderr } = await run(sandbox, 'generate-token', args)
      assert.match(stderr, /^error: [^\n]+\n$/)
      assert.equal(stdout, '')
      assert.equal(code, 2)
      assert.equal((await readdir(sandbox.folder)).includes('state'), false)
    })
  }
})

function open({ home }: Sandbox): Orchestrator {
  return createOrchestrator({ home, store: 'sqlite' })
}

function answerOf({ code, stdout, stderr }: Outcome): Record<string, unknown> {
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}
