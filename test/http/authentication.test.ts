import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type FastifyRequest, fastify } from 'fastify'
import { OrchestrationError } from '../../src/errors.ts'
import { createAuthentication, findCredentials, toChallenge } from '../../src/http/access/authentication.ts'
import { eventually } from '../support/eventually.ts'
import {
  apiKey,
  call,
  createOrchestrator,
  exchange,
  fullToken,
  head,
  open,
  parseAnswer,
  readAll,
  readToken,
  serve,
} from './fixture.ts'

const plainChallenge = 'Bearer realm="mcp-orchestration"'
const protectedPaths = [
  '/v1/notes',
  '/v1',
  '/v1/',
  '/v1/no/such',
  '/mcp',
  '/mcp/x',
  '/events',
  '/admin',
  '/admin/tokens',
]

/** A key as a header value: Node writes one byte for each Latin-1 character. */
const asHeader = (key: string) => Buffer.from(key).toString('latin1')

describe('a request without a credential', () => {
  for (const path of protectedPaths)
    test(`gets the bare challenge at ${path}`, async (t) => {
      const answer = await call(await serve(t), path, { token: null })
      assert.equal(answer.status, 401)
      assert.equal(answer.json.code, 'authentication_required')
      assert.equal(answer.json.title, 'Authentication required')
      assert.match(String(answer.json.detail), /Authorization: Bearer <token>/)
      assert.equal(answer.headers['www-authenticate'], plainChallenge)
    })

  test('learns neither which methods nor which paths there are', async (t) => {
    const served = await serve(t)
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      assert.equal((await call(served, '/v1/notes', { token: null, method })).status, 401, method)
  })

  test('is refused before its body is read', async (t) => {
    const served = await serve(t)
    const answer = await exchange(
      served.port,
      head('POST', '/v1/notes/one/change', {
        authorization: '',
        'content-length': '1000',
        'content-type': 'application/json',
      }),
    )
    assert.equal(answer.status, 401)
  })

  test('gets in at none of the open paths differently', async (t) => {
    const served = await serve(t)
    for (const path of ['/health', '/ready', '/.well-known/jwks.json'])
      assert.equal((await call(served, path, { token: null })).status, 200, path)
  })

  for (const value of ['', 'Basic dXNlcjpwYXNz', 'Bearer', 'Bearer ', fullToken, `Token ${fullToken}`])
    test(`"Authorization: ${value.replace(fullToken, '<token>')}" is none`, async (t) => {
      const answer = await call(await serve(t), '/v1/notes', {
        token: null,
        headers: { authorization: value },
      })
      assert.equal(answer.json.code, 'authentication_required')
      assert.equal(answer.headers['www-authenticate'], plainChallenge)
    })
})

describe('a bearer token', () => {
  test('that is valid lets the request in, and its use is recorded', async (t) => {
    const served = await serve(t)
    assert.equal((await call(served, '/v1/notes')).status, 200)
    assert.deepEqual(served.uses, ['tok_full'])
  })

  for (const scheme of ['bearer', 'BEARER', 'Bearer '])
    test(`is taken with the scheme written "${scheme}"`, async (t) => {
      const headers = { authorization: `${scheme} ${readToken}` }
      assert.equal((await call(await serve(t), '/v1/notes', { token: null, headers })).status, 200)
    })

  for (const token of ['wrong', 'two words', 'ümläut', '%00', "' OR 1=1 --", 'x'.repeat(8000)])
    test(`"${token.slice(0, 20)}" is refused, and no use recorded`, async (t) => {
      const served = await serve(t)
      const raw = Buffer.from(head('GET', '/v1/notes', { authorization: `Bearer ${token}` }))
      const answer = await exchange(served.port, raw)
      assert.equal(answer.status, 401)
      assert.equal(answer.json.code, 'invalid_credentials')
      assert.equal(answer.json.title, 'Invalid authentication credentials')
      assert.equal(answer.headers['www-authenticate'], `${plainChallenge}, error="invalid_token"`)
      assert.deepEqual(served.uses, [])
      assert.ok(!answer.text.includes(token))
    })

  test('without the scope is refused before the body is read, and the challenge names the scope', async (t) => {
    const served = await serve(t)
    const answer = await call(served, '/v1/notes/one/change', { token: readToken, body: '{not json' })
    assert.equal(answer.status, 403)
    assert.equal(answer.json.code, 'insufficient_scope')
    assert.equal(
      answer.headers['www-authenticate'],
      `${plainChallenge}, error="insufficient_scope", scope="publish"`,
    )
    assert.deepEqual(served.inputs, [])
    const { entries } = await served.orchestrator.audit.read()
    assert.deepEqual(
      entries.map(({ principal, door, operation, target, code, request_id }) => [
        ...[principal, door, operation, target, code, request_id],
      ]),
      [[...['tok_read', 'http', 'change', 'one', 'insufficient_scope'], answer.headers['x-request-id']]],
    )
  })

  test('that the store cannot look up is trouble of ours, not of the caller', async (t) => {
    const fail = new OrchestrationError('store_unavailable', 'database is locked: /home/priya/store.sqlite')
    const answer = await call(await serve(t, { fail }), '/v1/notes')
    assert.equal(answer.status, 503)
    assert.equal(answer.headers['retry-after'], '1')
    assert.doesNotMatch(answer.text, /priya/)
  })
})

describe('the API key', () => {
  test('lets the request in, in UTF-8 bytes', async (t) => {
    const served = await serve(t)
    const headers = { 'x-api-key': asHeader(apiKey) }
    assert.equal((await call(served, '/v1/notes', { token: null, headers })).status, 200)
    assert.deepEqual(served.uses, [])
  })

  test('is not taken in Latin-1 bytes, cut short, longer or in another case', async (t) => {
    const served = await serve(t)
    for (const key of [
      apiKey,
      asHeader(apiKey).slice(0, -1),
      `${asHeader(apiKey)}x`,
      asHeader(apiKey.toLowerCase()),
    ]) {
      const answer = await call(served, '/v1/notes', { token: null, headers: { 'x-api-key': key } })
      assert.equal(answer.status, 401)
      assert.equal(answer.json.code, 'invalid_credentials')
      assert.equal(answer.headers['www-authenticate'], plainChallenge)
    }
  })

  test('of any bytes is refused with 401, never with 5xx', async (t) => {
    const served = await serve(t)
    const anyByte = Array.from({ length: 256 }, (_, byte) => byte).filter(
      (byte) => byte > 0x20 && byte !== 0x7f,
    )
    const request = [head('GET', '/v1/notes', { authorization: '' }).slice(0, -2), 'x-api-key: ']
    const bytes = Buffer.concat([
      ...request.map((each) => Buffer.from(each)),
      Buffer.from(anyByte),
      Buffer.from('\r\n\r\n'),
    ])
    assert.equal((await exchange(served.port, bytes)).status, 401)
  })

  test('is no bearer token, and a token no API key', async (t) => {
    const served = await serve(t)
    const asToken = await call(served, '/v1/notes', { token: asHeader(apiKey) })
    const asKey = await call(served, '/v1/notes', { token: null, headers: { 'x-api-key': fullToken } })
    assert.deepEqual([asToken.status, asKey.status], [401, 401])
  })

  for (const unset of [undefined, ''])
    test(`that is ${unset === undefined ? 'not set' : 'empty'} opens nothing`, async () => {
      const { authenticate } = createAuthentication({ orchestrator: createOrchestrator(), apiKey: unset })
      const request = (rawHeaders: string[]) =>
        ({ raw: { rawHeaders, headers: {} } }) as unknown as Parameters<typeof authenticate>[0]
      const reply = { header() {} } as unknown as Parameters<typeof authenticate>[1]
      await assert.rejects(authenticate(request(['X-API-Key', '']), reply), {
        code: 'authentication_required',
      })
      await assert.rejects(authenticate(request(['X-API-Key', 'undefined']), reply), {
        code: 'invalid_credentials',
      })
    })

  for (const key of [' key', 'key\n', 'a\u0000b'])
    test(`${JSON.stringify(key)}, which no header can carry, is refused when the transport is made`, () => {
      const make = () => createAuthentication({ orchestrator: createOrchestrator(), apiKey: key })
      assert.throws(make, { code: 'invalid_request', message: /MCP_ORCHESTRATION_API_KEY/ })
    })
})

describe('two credentials in one request', () => {
  const pairs: Readonly<Record<string, string>> = {
    'a token and the key': `authorization: Bearer ${fullToken}\r\nx-api-key: ${apiKey}`,
    'two tokens': `authorization: Bearer ${fullToken}\r\nAuthorization: Bearer ${readToken}`,
    'the same token twice': `authorization: Bearer ${fullToken}\r\nauthorization: Bearer ${fullToken}`,
    'two keys': `x-api-key: ${apiKey}\r\nx-api-key: ${apiKey}`,
    'a token and another scheme': `authorization: Basic dXNlcjpwYXNz\r\nauthorization: Bearer ${fullToken}`,
  }
  for (const [name, headers] of Object.entries(pairs))
    test(`are refused: ${name}`, async (t) => {
      const served = await serve(t)
      const request = `GET /v1/notes HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n\r\n`
      const answer = await exchange(served.port, Buffer.from(request))
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.match(String(answer.json.detail), /more than one credential/)
      assert.equal(answer.headers['www-authenticate'], `${plainChallenge}, error="invalid_request"`)
      assert.deepEqual(served.uses, [])
    })

  test('an empty header beside a credential is none', () => {
    const found = findCredentials(['X-Api-Key', '', 'AUTHORIZATION', 'bearer abc', 'Accept', '*/*'])
    assert.deepEqual(found, [{ kind: 'token', value: 'abc' }])
  })
})

describe('the epoch of a whole request', () => {
  const start = head('POST', '/', { 'content-type': 'application/json', 'content-length': '2' })

  test('is the one in which the caller was let in, if the body came with the head', async (t) => {
    const { port, release } = await serveEpochs(t)
    release()
    assert.deepEqual((await exchange(port, `${start}{}`)).json, { whole: 1 })
  })

  test('is still to be found, if the body came while that one was looked for, however long that took', async (t) => {
    const { port, request, asked, release } = await serveEpochs(t)
    const socket = await open(port)
    const answer = readAll(socket)
    socket.write(start)
    await asked
    const { raw } = await request
    socket.write('{}')
    await eventually(() => assert.ok(raw.complete))
    release()
    assert.deepEqual(parseAnswer(await answer).json, {})
  })
})

/** Tells which epoch it takes for that of a whole request; the only one there is, found once it is released. */
async function serveEpochs(t: TestContext) {
  const seen = Promise.withResolvers<FastifyRequest>()
  const asked = Promise.withResolvers<void>()
  const found = Promise.withResolvers<number>()
  const epoch = () => {
    asked.resolve()
    return found.promise
  }
  const orchestrator = { ...createOrchestrator(), epoch }
  const { authenticate, epochOfWhole } = createAuthentication({ orchestrator, apiKey })
  const app = fastify()
  t.after(() => app.close())
  app.addHook('onRequest', async (request) => seen.resolve(request))
  app.addHook('onRequest', authenticate)
  app.post('/', async (request) => ({ whole: epochOfWhole(request) }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    port: Number(new URL(url).port),
    request: seen.promise,
    asked: asked.promise,
    release: () => found.resolve(1),
  }
}

test('a challenge names what it knows', () => {
  assert.equal(toChallenge(), plainChallenge)
  assert.equal(toChallenge('invalid_token'), `${plainChallenge}, error="invalid_token"`)
})
