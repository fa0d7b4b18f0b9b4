import assert from 'node:assert/strict'
import { test } from 'node:test'
import { call, serve } from './fixture.ts'

test('health says that the process lives, and nothing else', async (t) => {
  const served = await serve(t, { fail: new Error('no store') })
  const answer = await call(served, '/health', { token: null })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json, { status: 'healthy' })
})

test('ready says that the store answers', async (t) => {
  const answer = await call(await serve(t), '/ready', { token: null })
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.json, { status: 'ready' })
})

test('ready says that the store does not answer, and not why', async (t) => {
  const served = await serve(t, { fail: new Error('disk full: /home/priya'), level: 'error' })
  const answer = await call(served, '/ready', { token: null })
  assert.equal(answer.status, 503)
  assert.equal(answer.json.code, 'store_unavailable')
  assert.equal(answer.headers['retry-after'], '1')
  assert.doesNotMatch(answer.text, /priya|disk/)
  assert.match(served.log(), /disk full/)
})

test('the public keys are there for anybody, as a JWK set with an ETag', async (t) => {
  const answer = await call(await serve(t), '/.well-known/jwks.json', { token: null })
  assert.equal(answer.status, 200)
  assert.match(String(answer.headers['content-type']), /^application\/jwk-set\+json/)
  assert.deepEqual(answer.json, { keys: [{ kty: 'OKP', kid: 'one' }] })
  assert.match(String(answer.headers.etag), /^"/)
})
