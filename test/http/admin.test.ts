import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createHttpTransport } from '../../src/http/transport.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { GrantRequest } from '../../src/tokens/tokens.ts'
import { readEvents } from '../support/event-reader.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { createSandbox, run, start } from '../support/sandbox.ts'
import { call } from './fixture.ts'

const realm = 'Bearer realm="mcp-orchestration", error="insufficient_scope"'

describe('/admin/tokens', () => {
  test('makes, lists, rotates and revokes tokens; what shows one is kept by no cache', async (t) => {
    const served = await serve(t)
    const admin = await served.token({ scopes: ['admin'] })
    const made = await call(served, '/admin/tokens', { token: admin, body: { name: 'n8n' } })
    assert.deepEqual([made.status, made.headers['cache-control']], [200, 'no-store'])
    const path = `/admin/tokens/${made.json.token_id}`
    assert.equal((await served.look(String(made.json.token))).status, 200)
    const rotated = await call(served, `${path}/rotate`, { token: admin, body: { overlap: '0s' } })
    assert.deepEqual([rotated.status, rotated.headers['cache-control']], [200, 'no-store'])
    assert.equal((await served.look(String(made.json.token))).status, 401)
    const listed = await call(served, '/admin/tokens', { token: admin })
    assert.equal(listed.json.count, 3)
    const successor = `/admin/tokens/${rotated.json.token_id}`
    assert.equal((await call(served, successor, { token: admin, method: 'DELETE' })).status, 200)
    assert.equal((await served.look(String(rotated.json.token))).status, 401)
    for (const { json } of [made, rotated]) {
      assert.equal(listed.text.includes(String(json.token)), false)
      assert.equal(served.log().includes(String(json.token)), false)
    }
  })

  test('needs the scope admin, and says so in the challenge', async (t) => {
    const served = await serve(t)
    const token = await served.token({ scopes: ['read', 'write', 'publish', 'deploy'] })
    const id = 'tok_0000000000000000'
    for (const [method, path] of [
      ['GET', '/admin/tokens'],
      ['POST', '/admin/tokens'],
      ['POST', `/admin/tokens/${id}/rotate`],
      ['DELETE', `/admin/tokens/${id}`],
    ]) {
      const answer = await call(served, path ?? '', { method: method ?? '', token })
      assert.deepEqual([answer.status, answer.json.code], [403, 'insufficient_scope'])
      assert.equal(answer.headers['www-authenticate'], `${realm}, scope="admin"`)
    }
  })

  test("keeps a token that was pasted in an id's place out of the answer and the log", async (t) => {
    const served = await serve(t)
    const token = await served.token({ scopes: ['admin'] })
    for (const path of [`/admin/tokens/${token}`, `/admin/tokens/${token}/rotate`]) {
      const method = path.endsWith('rotate') ? 'POST' : 'DELETE'
      const answer = await call(served, path, { method, token })
      assert.deepEqual([answer.status, answer.text.includes(token)], [400, false])
    }
    assert.match(served.log(), /\[redacted\]/)
    assert.equal(served.log().includes(token), false)
  })

  test('knows no key to answer a request again by: a token would be kept with the answer', async (t) => {
    const served = await serve(t)
    const token = await served.token({ scopes: ['admin'] })
    const answer = await call(served, '/admin/tokens', {
      ...{ token, body: {} },
      headers: { 'idempotency-key': 'once' },
    })
    assert.equal(answer.text.includes('"token":'), answer.status === 200)
    const entries = JSON.stringify(await served.orchestrator.store.list(''))
    assert.equal(entries.includes(String(answer.json.token)), false)
  })

  test('is not there for the host of an MCP server of its own', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    const { home } = orchestrator
    const mcpServer = () => assert.fail('Nobody asks for it.')
    const transport = createHttpTransport({ mcpServer, home, store: 'memory', apiKey: 'key', logger: false })
    t.after(() => transport.close())
    const url = await transport.listen({ port: 0 })
    const headers = { 'x-api-key': 'key' }
    assert.equal((await call({ url }, '/admin/tokens', { token: null, headers })).status, 404)
  })
})

describe('a challenge', () => {
  test('names the scope that a handler asks for', async (t) => {
    const served = await serve(t)
    const token = await served.token({ scopes: ['publish'] })
    const answer = await call(served, '/v1/keys/initialize', { token, body: { regenerate: true } })
    assert.equal(answer.status, 403)
    assert.equal(answer.headers['www-authenticate'], `${realm}, scope="admin"`)
  })

  test('names none where a limit stands in the way', async (t) => {
    const served = await serve(t)
    const token = await served.token({ limits: { clients: ['cursor'] } })
    for (const path of ['/v1/config/zed/default', '/v1/clients/zed/profiles', '/events?client_id=zed']) {
      const answer = await call(served, path, { token })
      assert.deepEqual([answer.status, answer.json.code], [403, 'insufficient_scope'], path)
      assert.equal(answer.headers['www-authenticate'], realm)
    }
    const body = { client_id: 'zed', profile_id: 'default', local_payload: { mcpServers: {} } }
    assert.equal((await call(served, '/v1/config/diff', { token, body })).status, 403)
  })
})

describe('a limited credential', () => {
  test('leaves a trace of each change that it may not make, on a condition or with a key, too', async (t) => {
    const served = await serve(t)
    const token = await served.token({ limits: { profiles: ['cursor/work'] } })
    const ways = [{}, { 'if-match': '"abc"' }, { 'idempotency-key': '"one"' }]
    for (const headers of ways) {
      const body = { server_id: 'memory' }
      const answer = await call(served, '/v1/config/zed/default/draft/add', { token, body, headers })
      assert.equal(answer.status, 403)
    }
    const { entries } = await served.orchestrator.audit.read()
    const refused = entries.filter(({ outcome }) => outcome === 'refused').map(({ target }) => target)
    assert.deepEqual(refused, ['zed/default', 'zed/default', 'zed/default'])
  })

  test('hears of what is within its limits only', async (t) => {
    const served = await serve(t)
    const token = await served.token({ limits: { profiles: ['cursor/work'] } })
    const headers = { authorization: `Bearer ${token}` }
    const streams = await Promise.all(
      ['', '?client_id=cursor'].map((query) => readEvents(`${served.url}/events${query}`, headers)),
    )
    for (const [clientId, profileId] of [
      ['zed', 'work'],
      ['cursor', 'default'],
      ['cursor', 'work'],
    ] as const)
      await served.orchestrator.drafts.add({ clientId, profileId }, { serverId: 'memory' })
    for (const stream of streams) {
      const [first] = await stream.hears(1)
      assert.deepEqual([first?.data.client_id, first?.data.profile_id], ['cursor', 'work'])
      stream.close()
    }
  })

  test('is as limited over /mcp, with the defaults of the tools and with resources', async (t) => {
    const served = await serve(t)
    const token = await served.token({ limits: { profiles: ['cursor/work'] } })
    const ask = async (method: string, params: object) => {
      const body = { jsonrpc: '2.0', id: 1, method, params }
      const accept = 'application/json, text/event-stream'
      const { text } = await call(served, '/mcp', { token, body, headers: { accept } })
      return text
    }
    const tool = (name: string, given: object) => ask('tools/call', { name, arguments: given })
    // Without a client, claude-desktop/default is meant.
    for (const name of ['get_config', 'validate_config', 'publish_config', 'deploy_config'])
      assert.match(
        await tool(name, {}),
        /claude-desktop\/default is beyond the limits of the credential/,
        name,
      )
    const place = { client_id: 'cursor', profile_id: 'work' }
    assert.match(await tool('add_server_to_config', { ...place, server_id: 'memory' }), /"status":"added"/)
    for (const kind of ['draft', 'latest', 'deployed']) {
      const theirs = await ask('resources/read', { uri: `config://cursor/default/${kind}` })
      assert.match(theirs, /cursor\/default is beyond the limits/, kind)
    }
    assert.match(await ask('resources/read', { uri: 'config://cursor/work/draft' }), /memory/)
    assert.doesNotMatch(await ask('resources/read', { uri: 'capabilities://clients' }), /zed/)
  })
})

describe('a credential that ends', () => {
  for (const [how, end] of [
    ['by revocation', ({ tokens }: Orchestrator, id: string) => tokens.revoke(id)],
    [
      'by rotation without overlap',
      ({ tokens }: Orchestrator, id: string) => tokens.rotate(id, { overlapMs: 0 }),
    ],
  ] as const)
    test(`${how} is refused at the next request, and its stream ends`, async (t) => {
      const served = await serve(t)
      const { token, record } = await served.orchestrator.tokens.generate()
      const stream = await readEvents(`${served.url}/events`, { authorization: `Bearer ${token}` })
      await end(served.orchestrator, record.id)
      assert.equal((await served.look(token)).status, 401)
      assert.equal(await stream.ended, true)
    })

  test('by its time is refused from that moment on, and its stream ends', async (t) => {
    const served = await serve(t)
    const { token } = await served.orchestrator.tokens.generate({ expiresInMs: 400 })
    const stream = await readEvents(`${served.url}/events`, { authorization: `Bearer ${token}` })
    assert.equal(await stream.ended, true)
    assert.equal((await served.look(token)).status, 401)
  })

  test('in one process ends in every process on the store', async (t) => {
    const sandbox = await createSandbox(t)
    const server = start(sandbox, 'serve-http', ['--port', '0'])
    const [, url = ''] = await server.says(/Server running on (http:\/\/[\d.:]+)/)
    const made = await run(sandbox, 'generate-token', ['--json'])
    const { token, token_id } = JSON.parse(made.stdout)
    const look = async () => (await call({ url }, '/v1/clients', { token })).status
    assert.equal(await look(), 200)
    const stream = await readEvents(`${url}/events`, { authorization: `Bearer ${token}` })
    const { code, stderr } = await run(sandbox, 'mcp-orchestration', ['tokens', 'revoke', token_id])
    assert.equal(code, 0, stderr)
    assert.equal(await look(), 401)
    assert.equal(await stream.ended, true)
  })
})

async function serve(t: TestContext) {
  const orchestrator = await createTestOrchestrator(t)
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const transport = createHttpTransport({ orchestrator, logger: { level: 'trace', stream } })
  t.after(() => transport.close())
  const url = await transport.listen({ port: 0 })
  const token = async (request: GrantRequest) => (await orchestrator.tokens.generate(request)).token
  const look = (each: string) => call({ url }, '/v1/clients', { token: each })
  return { orchestrator, url, token, look, log: () => lines.join('') }
}
