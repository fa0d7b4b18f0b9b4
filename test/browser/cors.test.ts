import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { HttpTransportOptions } from '../../src/http/transport-options.ts'
import { apiKey, fetchIn, type Init, serve, serveOtherOrigin, shareBrowser } from './fixture.ts'

const open = shareBrowser()

describe('a page of another origin', () => {
  test('reads an answer with its tag and its request id', async (t) => {
    const { ask, token } = await visit(t)
    const answer = await ask('/v1/clients', { headers: { authorization: `Bearer ${token}` } })
    assert.equal(answer.status, 200)
    assert.match(String(answer.headers.etag), /^"[\w-]+"$/)
    assert.match(String(answer.headers['x-request-id']), /^[\w-]+$/)
    assert.match(answer.text, /claude-desktop/)
  })

  test('sends every header that the API takes', async (t) => {
    const { ask } = await visit(t)
    const headers = {
      'x-api-key': apiKey,
      'x-request-id': 'from-a-page',
      'if-match': '*',
      'if-none-match': '"1"',
      'idempotency-key': 'one',
      'last-event-id': '1',
      'mcp-session-id': 'one',
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/list',
      'mcp-name': 'one',
    }
    const answer = await ask('/v1/clients', { headers })
    assert.equal(answer.headers['x-request-id'], 'from-a-page')
    assert.ok([200, 304].includes(answer.status), String(answer.status))
  })

  test('posts JSON after a preflight, and deletes', async (t) => {
    const { ask, methods } = await visit(t)
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const draft = '/v1/config/cursor/default/draft'
    const added = await ask(`${draft}/add`, { method: 'POST', headers, body: '{"server_id":"memory"}' })
    assert.equal(added.status, 200)
    const cleared = await ask(draft, { method: 'DELETE', headers })
    assert.equal(JSON.parse(cleared.text).previous_count, 1)
    assert.deepEqual(methods, ['OPTIONS', 'POST', 'OPTIONS', 'DELETE'])
  })

  test('reads why it was refused: 400, 401, 404 on known and unknown paths, 405', async (t) => {
    const { ask } = await visit(t)
    const headers = { 'x-api-key': apiKey }
    const refusals = [
      [401, 'authentication_required', await ask('/v1/clients')],
      [401, 'invalid_credentials', await ask('/v1/nonesuch', { headers: { 'x-api-key': 'wrong' } })],
      [404, 'client_not_found', await ask('/v1/clients/nonesuch/profiles', { headers })],
      [404, 'not_found', await ask('/v1/nonesuch', { headers })],
      [400, 'invalid_request', await ask('/v1/clients?nonesuch=1', { headers })],
      [405, 'method_not_allowed', await ask('/v1/clients', { method: 'DELETE', headers })],
    ] as const
    for (const [status, code, answer] of refusals) {
      assert.equal(answer.status, status, code)
      assert.equal(JSON.parse(answer.text).code, code)
      assert.equal(answer.headers['x-request-id'], JSON.parse(answer.text).request_id)
      assert.equal('www-authenticate' in answer.headers, status === 401, code)
    }
  })

  test('reads after how long to try again: 429', async (t) => {
    const { ask } = await visit(t)
    const guess = () => ask('/v1/clients', { headers: { 'x-api-key': 'a guess' } })
    for (let failures = 0; failures < 20; failures += 1) assert.equal((await guess()).status, 401)
    const refused = await guess()
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers['retry-after']) > 0)
    assert.equal(JSON.parse(refused.text).code, 'rate_limited')
  })

  test('reads what is open: health, keys and the description', async (t) => {
    const { ask } = await visit(t)
    for (const path of ['/health', '/ready', '/.well-known/jwks.json', '/openapi.json'])
      assert.equal((await ask(path)).status, 200, path)
  })

  test('reads nothing with cookies, and no page', async (t) => {
    const { ask } = await visit(t)
    await assert.rejects(ask('/health', { credentials: 'include' }), /Failed to fetch/)
    for (const path of ['/docs', '/redoc']) await assert.rejects(ask(path), /Failed to fetch/, path)
  })
})

describe('with a list of origins', () => {
  test('a page of one of them reads and posts', async (t) => {
    const { ask } = await visit(t, (origin) => ({ cors: ['https://app.example.com', origin] }))
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const body = '{"server_id":"memory"}'
    const answer = await ask('/v1/config/cursor/default/draft/add', { method: 'POST', headers, body })
    assert.equal(answer.status, 200)
  })

  test('a page of another gets nothing, and its POST is never sent', async (t) => {
    const { ask, methods } = await visit(t, () => ({ cors: ['https://app.example.com'] }))
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' }
    const post = ask('/v1/config/cursor/default/draft/add', { method: 'POST', headers, body: '{}' })
    await assert.rejects(post, /Failed to fetch/)
    await assert.rejects(ask('/health'), /Failed to fetch/)
    assert.deepEqual(methods, ['OPTIONS', 'GET'])
  })

  test('that is empty or not wanted, no page gets anything', async (t) => {
    for (const cors of [[], false] as const) {
      const { ask } = await visit(t, () => ({ cors }))
      await assert.rejects(ask('/health'), /Failed to fetch/)
    }
  })
})

/** Opens a page of another origin than the transport's, from which a test asks. */
async function visit(t: TestContext, options: (origin: string) => HttpTransportOptions = () => ({})) {
  const origin = await serveOtherOrigin(t)
  const { transport, url, token } = await serve(t, options(origin))
  const methods: string[] = []
  transport.app.server.prependListener('request', ({ method }) => methods.push(String(method)))
  const { page } = await open(t)
  await page.goto(origin)
  return { token, methods, ask: (path: string, init: Init = {}) => fetchIn(page, url + path, init) }
}
