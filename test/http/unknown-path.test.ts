import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { call, exchange, head, serve } from './fixture.ts'

describe('an unknown path', () => {
  for (const path of ['/v1', '/v1/', '/v1/nots', '/v1//notes', '/V1/notes', '/events/x', '/admin/tokens'])
    test(`is a problem at ${path}, with a credential`, async (t) => {
      const answer = await call(await serve(t), path)
      assert.equal(answer.status, 404)
      assert.equal(answer.json.code, 'not_found')
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
    })

  for (const path of [
    '/',
    '/docs/nothing',
    '/redoc/',
    '/openapi.yaml',
    '/register',
    '/.well-known/oauth-protected-resource',
    '/v1x',
    '/favicon.ico',
  ])
    test(`is a problem at ${path}, without one`, async (t) => {
      const answer = await call(await serve(t), path, { token: null })
      assert.equal(answer.status, 404)
      assert.equal(answer.json.code, 'not_found')
      assert.equal(answer.headers['www-authenticate'], undefined)
    })

  test('is refused before the body is read, and its query is not repeated', async (t) => {
    const answer = await call(await serve(t), '/v1/nothing?token=hunter2', { body: '{broken' })
    assert.equal(answer.status, 404)
    assert.doesNotMatch(answer.text, /hunter2/)
  })

  test('is cut in the answer when it is long', async (t) => {
    const answer = await call(await serve(t), `/${'x'.repeat(5000)}`)
    assert.equal(answer.status, 404)
    assert.ok(answer.text.length < 500)
  })
})

describe('a known path with another method', () => {
  const wrong: readonly (readonly [method: string, path: string, allow: string])[] = [
    ['POST', '/v1/notes', 'GET, HEAD'],
    ['PUT', '/v1/notes/one', 'GET, HEAD, DELETE'],
    ['GET', '/v1/notes/one/change', 'POST'],
    ['HEAD', '/v1/notes/one/change', 'POST'],
    ['OPTIONS', '/v1/notes', 'GET, HEAD'],
    ['TRACE', '/v1/notes', 'GET, HEAD'],
    ['QUERY', '/v1/notes', 'GET, HEAD'],
    ['PROPFIND', '/v1/notes', 'GET, HEAD'],
    ['POST', '/health', 'GET, HEAD'],
    ['PATCH', '/v1/notes/one?limit=1', 'GET, HEAD, DELETE'],
  ]
  for (const [method, path, allow] of wrong)
    test(`is told the right ones: ${method} ${path}`, async (t) => {
      const served = await serve(t)
      const answer = await exchange(served.port, head(method, path))
      assert.equal(answer.status, 405)
      assert.equal(answer.headers.allow, allow)
      if (method !== 'HEAD') assert.equal(answer.json.code, 'method_not_allowed')
      assert.deepEqual(served.inputs, [])
    })
})

describe('HEAD', () => {
  for (const path of ['/v1/notes', '/health', '/ready', '/.well-known/jwks.json'])
    test(`answers at ${path} as GET does, without the body`, async (t) => {
      const served = await serve(t)
      const [got, headed] = [await call(served, path), await call(served, path, { method: 'HEAD' })]
      assert.equal(headed.status, 200)
      assert.equal(headed.text, '')
      for (const name of ['content-length', 'content-type', 'etag', 'cache-control'])
        assert.equal(headed.headers[name], got.headers[name], name)
    })
})
