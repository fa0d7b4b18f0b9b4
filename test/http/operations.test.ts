import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createHttpTransport } from '../../src/http/transport.ts'
import { callOperation, type Operation } from '../../src/operations/operation.ts'
import { getOperation, operations } from '../../src/operations/operations.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { scopes } from '../../src/vocabulary.ts'
import { type Answer, call } from './fixture.ts'

const profile = { client_id: 'claude-desktop', profile_id: 'default' }
const principal = { id: 'library', scopes }

/** The job from nothing to a deployed file, each operation at least once. */
const job: readonly (readonly [id: string, input: Readonly<Record<string, unknown>>])[] = [
  ['list_clients', {}],
  ['list_available_servers', { transport: 'stdio', limit: 5 }],
  ['list_available_servers', { search: 'files' }],
  ['describe_server', { server_id: 'filesystem' }],
  ['view_draft_config', profile],
  ['add_server_to_config', { ...profile, server_id: 'memory' }],
  ['add_server_to_config', { ...profile, server_id: 'fetch' }],
  ['remove_server_from_config', { ...profile, server_name: 'fetch' }],
  ['view_draft_config', profile],
  ['validate_config', profile],
  ['initialize_keys', {}],
  ['publish_config', { ...profile, changelog: 'Adds a memory' }],
  ['get_config', { ...profile, history: 10 }],
  [
    'diff_config',
    {
      ...profile,
      local_payload: {
        mcpServers: { x: { type: 'stdio', command: 'npx', args: ['-y', 'x'], env: { A: 'é' } } },
      },
    },
  ],
  ['deploy_config', { ...profile, dry_run: true }],
  ['deploy_config', profile],
  ['list_profiles', { client_id: 'claude-desktop' }],
  ['clear_draft_config', profile],
]

/** What answers beside the operations, refusals among it. */
const others = [
  ...['/health', '/ready', '/docs', '/redoc', '/openapi.json', '/.well-known/jwks.json', '/admin/tokens'],
  ...['/mcp', '/v1/nothing', '/nothing'],
]
const mcpOpening = {
  method: 'POST',
  token: null,
  headers: { 'x-api-key': 'library', accept: 'application/json, text/event-stream' },
  body: {
    ...{ jsonrpc: '2.0', id: 1, method: 'initialize' },
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'a browser', version: '1' },
    },
  },
}

describe('the operations over HTTP', () => {
  test('are all in the job below', () => {
    assert.deepEqual(new Set(job.map(([id]) => id)), new Set(operations.map(({ id }) => id)))
  })

  test('give what the library gives, member by member', async (t) => {
    const [one, other] = [await start(t), await start(t)]
    for (const [id, input] of job) {
      const operation = getOperation(id) ?? assert.fail(id)
      const answer = await request(one, operation, input)
      assert.equal(answer.status, 200, `${id}: ${answer.text}`)
      const expected = await callOperation(operation, { orchestrator: other.orchestrator, principal }, input)
      assert.deepEqual(comparable(answer.json, one.home), comparable(expected, other.home), id)
    }
  })

  for (const operation of operations)
    test(`refuse a request without credentials: ${operation.id}`, async (t) => {
      const { url } = await start(t)
      const { method, path: template } = operation
      const answer = await call({ url }, template.replaceAll(/\{\w+\}/g, 'x'), { method, token: null })
      assert.equal(answer.status, 401)
      assert.equal(answer.json.code, 'authentication_required')
    })

  test('set no cookie, and neither does any other answer of the server', async (t) => {
    const started = await start(t)
    for (const [id, input] of job) {
      const { headers } = await request(started, getOperation(id) ?? assert.fail(id), input)
      assert.equal(headers['set-cookie'], undefined, id)
    }
    for (const path of others) {
      const { headers } = await call(started, path, { token: null, headers: { 'x-api-key': 'library' } })
      assert.equal(headers['set-cookie'], undefined, path)
    }
    const { status, headers } = await call(started, '/mcp', mcpOpening)
    assert.deepEqual([status, headers['set-cookie']], [200, undefined])
  })

  test('take no credential from a cookie', async (t) => {
    const started = await start(t)
    const { token } = await started.orchestrator.tokens.generate()
    const cookie = `token=${token}; access_token=${token}; authorization=Bearer ${token}; x-api-key=library`
    const { status } = await call(started, '/v1/clients', { token: null, headers: { cookie } })
    assert.equal(status, 401)
  })

  test('take no field that the schema does not have', async (t) => {
    const started = await start(t)
    const operation = getOperation('add_server_to_config') ?? assert.fail()
    const answer = await request(started, operation, { ...profile, server: 'memory' })
    assert.equal(answer.status, 400)
    const errors = answer.json.errors as readonly { readonly pointer: string }[]
    assert.deepEqual(errors.map(({ pointer }) => pointer).sort(), ['/server', '/server_id'])
    assert.deepEqual((await started.orchestrator.drafts.list('claude-desktop')).length, 0)
  })
})

interface Started {
  readonly url: string
  readonly home: string
  readonly orchestrator: Orchestrator
}

async function start(t: TestContext): Promise<Started> {
  const home = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-http-'))
  const clock = () => new Date('2026-11-22T09:30:00.000Z')
  const orchestrator = createOrchestrator({
    home,
    store: 'memory',
    env: { HOME: home },
    platform: 'linux',
    clock,
  })
  const transport = createHttpTransport({ orchestrator, logger: false, apiKey: 'library' })
  t.after(async () => {
    await transport.close()
    await orchestrator.close()
    await rm(home, { recursive: true, force: true })
  })
  return { url: await transport.listen({ port: 0 }), home, orchestrator }
}

/** An operation's input spread over path, query and body, as HTTP has it. */
async function request(
  { url }: Started,
  { method, path: template }: Operation,
  input: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const rest = { ...input }
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(rest[name])
    delete rest[name]
    return value
  })
  const query = method === 'POST' ? '' : `?${new URLSearchParams(rest as Record<string, string>)}`
  const options = { method, token: null, headers: { 'x-api-key': 'library' } }
  return await call({ url }, filled + query, method === 'POST' ? { ...options, body: rest } : options)
}

/** Without what differs between two homes: their folders, their keys and what is signed with them, and who asked. */
function comparable(answer: unknown, home: string): unknown {
  const text = JSON.stringify(answer, (name, value) => (own.has(name) ? typeof value : value))
  return JSON.parse(text.replaceAll(home, '<home>'))
}

const own = new Set([
  'signing_key_id',
  'signature',
  'envelope',
  'public_jwk',
  'public_key_path',
  'deployed_by',
])
