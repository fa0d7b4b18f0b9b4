import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { toRequestId } from '../../src/http/request-id.ts'
import { call, serve } from './fixture.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

describe('the request id', () => {
  for (const given of ['a', 'req_1.b-C', 'x'.repeat(64)])
    test(`is the caller's own if it is harmless: ${given.slice(0, 10)}`, async (t) => {
      const answer = await call(await serve(t), '/health', { headers: { 'x-request-id': given } })
      assert.equal(answer.headers['x-request-id'], given)
    })

  for (const given of ['', 'x'.repeat(65), 'two words', 'a,b', '$(id)', '<script>', 'é'])
    test(`is a new one for ${JSON.stringify(given.slice(0, 20))}`, async (t) => {
      const answer = await call(await serve(t), '/health', { headers: { 'x-request-id': given } })
      assert.match(String(answer.headers['x-request-id']), uuid)
    })

  test('is a new one for two headers of that name', () => {
    assert.match(toRequestId({ headers: { 'x-request-id': 'one, two' } }), uuid)
    assert.match(toRequestId({ headers: {} }), uuid)
  })

  test('stands in every answer, and in a problem too', async (t) => {
    const served = await serve(t)
    for (const path of ['/v1/notes', '/v1/nothing', '/nothing', '/v1/notes?limit=x']) {
      const answer = await call(served, path, { headers: { 'x-request-id': 'mine' } })
      assert.equal(answer.headers['x-request-id'], 'mine')
      if (answer.status >= 400) assert.equal(answer.json.request_id, 'mine')
    }
  })
})
