import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fastify } from 'fastify'
import Type from 'typebox'
import { OrchestrationError } from '../../src/errors.ts'
import { createAuthentication } from '../../src/http/access/authentication.ts'
import { addRoutes } from '../../src/http/routes/routes.ts'
import { defineOperation } from '../../src/operations/operation.ts'
import {
  type Answer,
  call,
  createOrchestrator,
  exchange,
  fullToken,
  head,
  open,
  parseAnswer,
  readAll,
  serve,
} from './fixture.ts'

function assertProblem(answer: Answer, status: number, code: string): void {
  assert.equal(answer.status, status)
  assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
  assert.equal(answer.json.code, code)
  assert.equal(answer.json.status, status)
  assert.equal(answer.headers['x-request-id'], answer.json.request_id)
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.equal(answer.headers['x-content-type-options'], 'nosniff')
  assert.equal(Number(answer.headers['content-length']), Buffer.byteLength(answer.text))
}

describe('bytes that are no request get a problem', () => {
  const broken: Readonly<Record<string, string>> = {
    'not HTTP at all': 'hello\r\n\r\n',
    'an unknown method': head('FETCH', '/v1/notes'),
    'a TLS handshake': '\u0016\u0003\u0001\u0002\u0000',
    'HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a header without a colon': 'GET /health HTTP/1.1\r\nhost: a\r\nbroken\r\n\r\n',
    'a folded header': 'GET /health HTTP/1.1\r\nhost: a\r\n b\r\n\r\n',
    'a NUL in a header': 'GET /health HTTP/1.1\r\nhost: a\r\nx: \u0000\r\n\r\n',
    'a NUL in the path': 'GET /health\u0000 HTTP/1.1\r\nhost: a\r\n\r\n',
    'a length that is no number': 'POST /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n',
    'two lengths': 'POST /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
    'a length and chunks':
      'POST /v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
  }
  for (const [name, bytes] of Object.entries(broken))
    test(name, async (t) => {
      const served = await serve(t)
      assertProblem(await exchange(served.port, bytes), 400, 'invalid_request')
      assert.deepEqual(served.inputs, [])
    })

  test('a chunk that is none, in the middle of a body', async (t) => {
    const served = await serve(t)
    const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }
    const answer = await exchange(
      served.port,
      head('POST', '/v1/notes/one/change', headers),
      '2\r\n{}\r\nzz\r\n',
    )
    assertProblem(answer, 400, 'invalid_request')
    assert.deepEqual(served.inputs, [])
  })

  test('no Host header', async (t) => {
    const served = await serve(t)
    const answer = await exchange(served.port, 'GET /health HTTP/1.1\r\nconnection: close\r\n\r\n')
    assertProblem(answer, 400, 'invalid_request')
  })

  test('a path with broken percent encoding', async (t) => {
    const served = await serve(t)
    for (const path of ['/v1/notes/%zz', '/v1/notes/%ff', '/v1/notes/%c3%28', '/%'])
      assertProblem(await exchange(served.port, head('GET', path)), 400, 'invalid_request')
  })

  test('a path that is too long, and one that overflows all limits', async (t) => {
    const served = await serve(t)
    for (const length of [12_300, 15_000, 40_000])
      assertProblem(
        await exchange(served.port, head('GET', `/v1/notes/${'a'.repeat(length)}`)),
        414,
        'uri_too_long',
      )
  })

  test('a query that is too long', async (t) => {
    const served = await serve(t)
    const answer = await exchange(served.port, head('GET', `/v1/notes?search=${'a'.repeat(13_000)}`))
    assertProblem(answer, 414, 'uri_too_long')
  })

  test('headers that are too large together', async (t) => {
    const served = await serve(t)
    const headers = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`x-${at}`, 'v'.repeat(1000)]))
    assertProblem(await exchange(served.port, head('GET', '/v1/notes', headers)), 431, 'headers_too_large')
  })
})

describe('what takes too long', () => {
  for (const [name, part] of [
    ['headers that stop coming', `GET /v1/notes HTTP/1.1\r\nhost: a\r\n`],
    [
      'a body that stops coming',
      `${head('POST', '/v1/notes/one/change', { 'content-length': '9', 'content-type': 'application/json' })}{`,
    ],
  ] as const)
    test(`${name}: request_timeout`, async (t) => {
      const served = await serve(t, { requestTimeoutMs: 100 })
      assertProblem(await exchange(served.port, part), 408, 'request_timeout')
      assert.deepEqual(served.inputs, [])
    })
})

describe('a connection with several requests', () => {
  test('answers each in order', async (t) => {
    const served = await serve(t)
    const answer = await exchange(
      served.port,
      head('GET', '/health', { connection: 'keep-alive' }) +
        head('GET', '/v1/notes', { connection: 'keep-alive' }) +
        head('GET', '/ready'),
    )
    assert.match(answer.text, /healthy.*"input":\{\}.*ready/s)
  })

  test('never gives one request the problem of the next', async (t) => {
    const gate = Promise.withResolvers<void>()
    const served = await serve(t, { operations: () => [slowOperation(gate.promise)] })
    const socket = await open(served.port)
    const all = readAll(socket)
    socket.write(`${head('GET', '/v1/slow', { connection: 'keep-alive' })}garbage\r\n\r\n`)
    await new Promise((resolve) => served.app.server.once('clientError', resolve))
    gate.resolve()
    const answer = parseAnswer(await all)
    assert.equal(answer.status, 200)
    assert.equal(answer.text, '{}')
  })
})

test('an operation that fails without a word of its own tells nothing, and the log everything', async (t) => {
  const fault = new Error('cannot read /home/priya/keys/signing.pem', { cause: new Error('hunter2') })
  const operation = defineOperation({ ...slowDefinition, handler: () => Promise.reject(fault) })
  const served = await serve(t, { operations: () => [operation], level: 'info' })
  const answer = await call(served, '/v1/slow')
  assertProblem(answer, 500, 'internal_error')
  assert.doesNotMatch(answer.text, /priya|hunter2|\.ts/)
  const line =
    served
      .log()
      .split('\n')
      .find((each) => each.includes('request failed')) ?? ''
  assert.match(line, /signing\.pem/)
  assert.equal(JSON.parse(line).request_id, answer.json.request_id)
})

test('a handler that asks for more than its scope has the scope that lacks in the challenge', async (t) => {
  const requiredScope = 'admin'
  const refusal = new OrchestrationError('insufficient_scope', 'This needs "admin".', { requiredScope })
  const operation = defineOperation({ ...slowDefinition, handler: () => Promise.reject(refusal) })
  const answer = await call(await serve(t, { operations: () => [operation] }), '/v1/slow', {
    token: fullToken,
  })
  assertProblem(answer, 403, 'insufficient_scope')
  assert.equal(
    answer.headers['www-authenticate'],
    'Bearer realm="mcp-orchestration", error="insufficient_scope", scope="admin"',
  )
})

test('a route that nobody guards lets nobody in', async (t) => {
  const app = fastify()
  t.after(() => app.close())
  const orchestrator = createOrchestrator()
  addRoutes(app, {
    operations: [slowOperation(Promise.resolve())],
    orchestrator,
    ...createAuthentication({ orchestrator, apiKey: undefined }),
    base: '',
  })
  assert.equal((await app.inject('/v1/slow')).statusCode, 500)
})

const slowDefinition = {
  id: 'slow',
  method: 'GET',
  path: '/v1/slow',
  tool: 'none',
  scope: 'read',
  summary: 'Slow',
  description: 'Waits.',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({}),
  errors: [],
} as const

function slowOperation(gate: Promise<void>) {
  return defineOperation({
    ...slowDefinition,
    async handler() {
      await gate
      return {}
    },
  })
}
