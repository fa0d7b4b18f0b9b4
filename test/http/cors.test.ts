import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fastify } from 'fastify'
import type { CorsOrigins } from '../../src/http/access/cors.ts'
import { createHttpTransport } from '../../src/http/transport.ts'
import { type Answer, call, createOrchestrator, exchange, head, type Served, serve } from './fixture.ts'

const origin = 'https://app.example.com'
const preflight = { origin, 'access-control-request-method': 'POST' }
const shared = ['/v1/notes', '/v1', '/v1/nothing', '/admin/tokens', '/events', '/health', '/openapi.json']
const own = ['/docs', '/redoc', '/', '/nothing', '/v1x', '/healthy']

describe('a preflight', () => {
  for (const path of shared)
    test(`is answered at ${path} without a credential`, async (t) => {
      const served = await serve(t)
      const answer = await call(served, path, { method: 'OPTIONS', token: null, headers: preflight })
      assert.equal(answer.status, 204)
      assert.equal(answer.text, '')
      assert.equal(answer.headers['access-control-allow-origin'], '*')
      assert.equal(answer.headers['access-control-allow-methods'], 'GET, POST, DELETE, OPTIONS')
      assert.match(String(answer.headers['access-control-allow-headers']), /\bAuthorization\b/)
      assert.equal(answer.headers['access-control-max-age'], '7200')
      assert.equal(answer.headers['access-control-allow-credentials'], undefined)
      assert.equal(answer.headers['content-length'], undefined)
    })

  for (const path of own)
    test(`is an OPTIONS request as any other at ${path}`, async (t) => {
      const answer = await call(await serve(t), path, { method: 'OPTIONS', token: null, headers: preflight })
      assert.ok([401, 404, 405].includes(answer.status), String(answer.status))
      assert.deepEqual(corsHeaders(answer), {})
    })

  test('is none without an Origin or the method that it asks for', async (t) => {
    const served = await serve(t)
    for (const headers of [{ origin }, { 'access-control-request-method': 'POST' }]) {
      const options = { method: 'OPTIONS', headers }
      assert.equal((await call(served, '/v1/notes', options)).status, 405)
      assert.equal((await call(served, '/v1/notes', { ...options, token: null })).status, 401)
    }
    assert.equal((await call(served, '/v1/notes', { headers: preflight })).status, 200)
  })
})

describe('an answer may be read by a page', () => {
  const refused = {
    'a broken URL': head('GET', '/v1/notes/%zz', { origin }),
    'a target that is too long': head('GET', `/v1/${'x'.repeat(13_000)}`, { origin }),
    'a body that is no JSON': `${head('POST', '/v1/notes/one/change', { origin, 'content-length': '1' })}{`,
    'a wrong token': head('GET', '/v1/notes', { origin, authorization: 'Bearer wrong' }),
    'the absolute form of a target': head('GET', 'http://localhost/v1/nothing', { origin }),
  }
  for (const [what, bytes] of Object.entries(refused))
    test(`that refuses ${what}`, async (t) => {
      const answer = await exchange((await serve(t)).port, bytes)
      assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status))
      assertReadable(answer)
    })

  test('that tells of trouble of ours', async (t) => {
    const served = await serve(t, { fail: new Error('the disk is full') })
    const answer = await call(served, '/v1/notes', { headers: { origin } })
    assert.equal(answer.status, 500)
    assertReadable(answer)
  })

  test('that refuses a request because the server stops', async (t) => {
    const served = await serve(t)
    const { statusCode, headers } = await answerWhileStopping(served, '/v1/notes')
    assert.equal(statusCode, 503)
    assert.equal(headers['access-control-allow-origin'], '*')
  })

  test('that says so at /mcp, if the page may call it', async (t) => {
    for (const [allowedOrigins, expected] of [
      [[origin], origin],
      [[], undefined],
    ] as const) {
      const answer = await answerWhileStopping(await serve(t, { allowedOrigins }), '/mcp')
      assert.equal(answer.statusCode, 503)
      assert.deepEqual(
        [answer.headers['access-control-allow-origin'], answer.headers.vary],
        [expected, 'Origin'],
      )
    }
  })

  for (const path of own)
    test(`never from ${path}`, async (t) => {
      assert.deepEqual(corsHeaders(await call(await serve(t), path, { headers: { origin } })), {})
    })
})

describe('with a list of origins', () => {
  const cors = ['http://localhost:5173', origin]

  test('one of them is echoed', async (t) => {
    const answer = await call(await serve(t, { cors }), '/v1/notes', { headers: { origin } })
    assert.equal(answer.headers['access-control-allow-origin'], origin)
    assert.equal(answer.headers.vary, 'Origin')
    assert.equal(answer.headers['access-control-allow-credentials'], undefined)
  })

  test('its preflight is allowed', async (t) => {
    const served = await serve(t, { cors })
    const answer = await call(served, '/v1/notes', { method: 'OPTIONS', token: null, headers: preflight })
    assert.equal(answer.status, 204)
    assert.equal(answer.headers['access-control-allow-origin'], origin)
    assert.ok(answer.headers['access-control-allow-methods'])
    assert.equal(answer.headers.vary, 'Origin')
  })

  for (const other of [
    'https://evil.example.com',
    'https://app.example.com.evil.com',
    'http://app.example.com',
    'https://APP.example.com',
    'null',
    '*',
    '',
  ])
    test(`"${other}" gets nothing but the answer`, async (t) => {
      const served = await serve(t, { cors })
      const answer = await call(served, '/v1/notes', { headers: { origin: other } })
      assert.equal(answer.status, 200)
      assert.deepEqual(corsHeaders(answer), { vary: 'Origin' })
      const asked = await call(served, '/v1/notes', {
        method: 'OPTIONS',
        token: null,
        headers: { ...preflight, origin: other || 'null' },
      })
      assert.equal(asked.status, 204)
      assert.deepEqual(corsHeaders(asked), { vary: 'Origin' })
    })

  test('a request that names no origin is told that it would matter', async (t) => {
    assert.deepEqual(corsHeaders(await call(await serve(t, { cors }), '/v1/notes')), { vary: 'Origin' })
  })

  for (const entry of [
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'https://app.example.com:443',
    'https://*.example.com',
    'https://user@app.example.com',
    'https://bad host',
    'https://[bad',
    'app.example.com',
    'localhost:5173',
    'null',
    '*',
    '',
  ])
    test(`that holds "${entry}" the transport is refused`, () => {
      const make = () => createHttpTransport({ orchestrator: createOrchestrator(), cors: [entry] })
      assert.throws(make, {
        code: 'invalid_request',
        message: /is not an origin.*https:\/\/app\.example\.com/,
      })
    })

  test('may hold the origin of a browser extension', async (t) => {
    const extension = 'chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn'
    const served = await serve(t, { cors: [extension] })
    const answer = await call(served, '/v1/notes', { headers: { origin: extension } })
    assert.equal(answer.headers['access-control-allow-origin'], extension)
  })
})

test('with false, nothing is said and a preflight is nothing special', async (t) => {
  const served = await serve(t, { cors: false })
  assert.deepEqual(corsHeaders(await call(served, '/v1/notes', { headers: { origin } })), {})
  const asked = await call(served, '/v1/notes', { method: 'OPTIONS', token: null, headers: preflight })
  assert.equal(asked.status, 401)
  assert.deepEqual(corsHeaders(asked), {})
})

describe('in a host app', () => {
  test('the paths below the prefix are shared, and no others', async (t) => {
    const { app } = await host(t, { prefix: '/v1' })
    for (const [url, expected] of [
      ['/v1/v1/clients', '*'],
      ['/v1/mcp', undefined],
      ['/v1/health', '*'],
      ['/health', undefined],
    ] as const)
      assert.equal((await app.inject({ url })).headers['access-control-allow-origin'], expected, url)
  })

  test('so are they below a prefix with a parameter, and with characters that mean something in a pattern', async (t) => {
    const { app } = await host(t, { prefix: '/a.b/:tenant' })
    for (const [url, expected] of [
      ['/a.b/priya/v1/clients', '*'],
      ['/a.b/priya/mcp', undefined],
      ['/a.b/priya/more/v1/clients', undefined],
      ['/axb/priya/v1/clients', undefined],
    ] as const)
      assert.equal((await app.inject({ url })).headers['access-control-allow-origin'], expected, url)
  })

  for (const prefix of ['/', '/tools/', 'tools'])
    test(`so are they below the prefix "${prefix}"`, async (t) => {
      const { app } = await host(t, { prefix })
      const base = prefix === '/' ? '' : '/tools'
      const answer = await app.inject({ url: `${base}/v1/clients` })
      assert.equal(answer.statusCode, 401)
      assert.equal(answer.headers['access-control-allow-origin'], '*')
      assert.equal(
        (await app.inject({ url: `${base}/mcp` })).headers['access-control-allow-origin'],
        undefined,
      )
      const own = { origin: 'http://localhost', 'access-control-request-method': 'POST' }
      const asked = await app.inject({ url: `${base}/mcp`, method: 'OPTIONS', headers: own })
      assert.deepEqual(
        [asked.statusCode, asked.headers['access-control-allow-origin']],
        [204, 'http://localhost'],
      )
    })

  test("the host's own answers to OPTIONS stay its own", async (t) => {
    const { app } = await host(t, {})
    app.options('/own', async () => 'mine')
    const options = { method: 'OPTIONS', headers: preflight } as const
    assert.equal((await app.inject({ ...options, url: '/own' })).body, 'mine')
    const answer = await app.inject({ ...options, url: '/nothing' })
    assert.equal(answer.statusCode, 404)
    assert.equal(answer.headers['access-control-allow-origin'], undefined)
  })
})

const names = ['vary', 'access-control-allow-origin', 'access-control-expose-headers']

function corsHeaders({ headers }: Answer): Record<string, unknown> {
  const own = Object.entries(headers).filter(
    ([name]) => names.includes(name) || name.startsWith('access-control-'),
  )
  return Object.fromEntries(own)
}

function assertReadable({ headers }: Answer): void {
  assert.equal(headers['access-control-allow-origin'], '*')
  assert.equal(
    headers['access-control-expose-headers'],
    'ETag, X-Request-Id, WWW-Authenticate, Retry-After, Idempotent-Replayed, Mcp-Session-Id',
  )
  assert.equal(headers.vary, undefined)
}

async function answerWhileStopping({ app, lifecycle }: Served, url: string) {
  await app.ready()
  lifecycle.stop()
  return app.inject({ url, headers: { origin } })
}

async function host(
  t: { after(act: () => unknown): void },
  options: { readonly prefix?: string },
  cors: CorsOrigins = '*',
) {
  const transport = createHttpTransport({ orchestrator: createOrchestrator(), logger: false, cors })
  const app = fastify()
  app.register(transport.plugin, options)
  t.after(() => app.close())
  return { app }
}
