import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { pathOf, shortPathOf } from '../../src/http/request-target.ts'
import { apiKey, call, exchange, fullToken, head, open, type Served, serve } from './fixture.ts'

const secrets = {
  query: 'secret-of-the-query',
  body: 'secret-of-the-body',
  cookie: 'secret-of-the-cookie',
  slip: 'secret-of-the-slip',
}

/** Each way in which a request can end, with secrets wherever there is room for one. */
async function provoke(served: Served): Promise<void> {
  const headers = {
    cookie: secrets.cookie,
    'x-auth-token': secrets.slip,
    'proxy-authorization': secrets.slip,
  }
  const query = `?search=${secrets.query}`
  await call(served, `/v1/notes${query}`, { headers })
  await call(served, '/v1/notes', {
    token: null,
    headers: { 'x-api-key': Buffer.from(apiKey).toString('latin1') },
  })
  await call(served, `/v1/notes${query}`, { token: `${fullToken}wrong` })
  await call(served, '/v1/notes', { token: null, headers: { authorization: fullToken } })
  await call(served, '/v1/notes/one/change', { body: { text: secrets.body } })
  await call(served, '/v1/notes/one/change', { body: `{"text":"${secrets.body}` })
  await call(served, '/v1/notes/one/change', { body: { text: 1, params: { key: secrets.body } } })
  await call(served, `/nothing${query}`, { token: null })
  await exchange(served.port, head('GET', `/v1/%zz${query}`, headers))
  await exchange(served.port, head('GET', `http://user:${secrets.slip}@localhost/v1/notes${query}`))
  await exchange(served.port, `${head('BROKEN', `/v1/notes${query}`, headers)}`)
  await exchange(served.port, head('GET', '/v1/notes', { ...headers, large: 'x'.repeat(20_000) }))
}

describe('the log', () => {
  test('has one line at info for each request', async (t) => {
    const served = await serve(t, { level: 'info' })
    const { headers } = await call(served, `/v1/notes?search=${secrets.query}`)
    await call(served, '/v1/nothing', { token: null })
    const [, first, second, ...others] = served
      .log()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(
      [first.method, first.path, first.status, first.principal, first.request_id],
      ['GET', '/v1/notes', 200, 'tok_full', headers['x-request-id']],
    )
    assert.equal(typeof first.ms, 'number')
    assert.deepEqual([second.path, second.status, second.principal], ['/v1/nothing', 401, undefined])
    assert.deepEqual(others, [])
  })

  test('has a line for a path that the router refuses', async (t) => {
    const served = await serve(t, { level: 'info' })
    await exchange(served.port, head('GET', '/v1/%zz'))
    assert.match(served.log(), /"path":"\/v1\/%zz","status":400/)
  })

  test('shows details at debug, and of headers only those that can hold no secret', async (t) => {
    const served = await serve(t, { level: 'debug' })
    await call(served, '/v1/notes', { headers: { cookie: secrets.cookie, 'user-agent': 'a test' } })
    const received =
      served
        .log()
        .split('\n')
        .find((line) => line.includes('request received')) ?? ''
    const { headers, address } = JSON.parse(received)
    assert.equal(address, '127.0.0.1')
    assert.equal(headers['user-agent'], 'a test')
    assert.equal(headers.authorization, '[redacted]')
    assert.equal(headers.cookie, '[redacted]')
  })

  for (const level of ['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
    test(`never shows a credential, a query or a body, at ${level}`, async (t) => {
      const served = await serve(t, { level })
      await provoke(served)
      const log = served.log()
      for (const secret of [
        fullToken,
        apiKey,
        Buffer.from(apiKey).toString('latin1'),
        ...Object.values(secrets),
      ])
        assert.ok(!log.includes(secret), secret)
      assert.equal(log === '', ['fatal', 'error', 'warn'].includes(level))
    })

  test('says so when the caller goes away before its answer', async (t) => {
    const served = await serve(t, { level: 'info' })
    const socket = await open(served.port)
    const begun = once(served.app.server, 'request')
    socket.write(
      head('POST', '/v1/notes/one/change', { 'content-length': '9', 'content-type': 'application/json' }),
    )
    const [, response] = await begun
    socket.destroy()
    await once(response, 'close')
    assert.match(served.log(), /"path":"\/v1\/notes\/one\/change","msg":"request broken off"/)
    assert.doesNotMatch(served.log(), /"level":50/)
  })

  test('goes to a logger that is there already', async (t) => {
    const lines: unknown[] = []
    const write = (line: unknown) => lines.push(line)
    const logger = {
      level: 'info',
      info: write,
      error: write,
      debug() {},
      fatal: write,
      warn: write,
      trace() {},
      silent() {},
      child: () => logger,
    }
    const served = await serve(t, { logger })
    await call(served, '/v1/notes')
    assert.ok(lines.some((line) => (line as { path?: string }).path === '/v1/notes'))
  })

  test('is on stderr, for what went wrong only, unless told', async (t) => {
    const written: string[] = []
    t.mock.method(process.stderr, 'write', (chunk: string) => written.push(chunk) > 0)
    const served = await serve(t, { logger: undefined as never, fail: new Error('no store') })
    await call(served, '/health')
    await call(served, '/ready')
    t.mock.restoreAll()
    assert.equal(written.length, 1)
    assert.match(written[0] ?? '', /no store/)
  })
})

test('the path of a target is without query and authority, and short where it is shown', () => {
  assert.equal(pathOf('/a?b=/c'), '/a')
  assert.equal(pathOf('https://user:password@host:1/a/b?c'), '/a/b')
  assert.equal(pathOf('*'), '*')
  assert.equal(shortPathOf(`/${'a'.repeat(300)}`).length, 201)
})
