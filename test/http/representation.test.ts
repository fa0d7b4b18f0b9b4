import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { call, serve } from './fixture.ts'

describe('a read', () => {
  test('has a strong ETag of its bytes, and is for the caller alone', async (t) => {
    const served = await serve(t)
    const [first, same, other] = [
      await call(served, '/v1/notes?limit=1'),
      await call(served, '/v1/notes?limit=1'),
      await call(served, '/v1/notes?limit=2'),
    ]
    assert.match(String(first.headers.etag), /^"[\w-]{43}"$/)
    assert.equal(first.headers['cache-control'], 'private, no-cache')
    assert.equal(same.headers.etag, first.headers.etag)
    assert.notEqual(other.headers.etag, first.headers.etag)
  })
})

describe('no cache keeps', () => {
  test('the answer to a change', async (t) => {
    const answer = await call(await serve(t), '/v1/notes/one/change', { body: {} })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.equal(answer.headers.etag, undefined)
  })

  for (const [path, status] of [
    ['/v1/notes?limit=x', 400],
    ['/v1/nothing', 404],
    ['/health', 200],
  ] as const)
    test(`${path} (${status})`, async (t) => {
      const answer = await call(await serve(t), path)
      assert.equal(answer.status, status)
      assert.equal(answer.headers['cache-control'], 'no-store')
      assert.equal(answer.headers.etag, undefined)
    })
})

test('every answer forbids sniffing, framing and referring', async (t) => {
  const served = await serve(t)
  for (const path of ['/v1/notes', '/v1/nothing', '/health', '/nothing']) {
    const { headers } = await call(served, path)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'")
    assert.equal(headers['referrer-policy'], 'no-referrer')
  }
})
