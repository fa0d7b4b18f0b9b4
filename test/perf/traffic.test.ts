import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Shot, toRequests } from '../../perf/measure/traffic.ts'

const shot: Shot = { method: 'GET', path: '/v1/clients', mark: '"cursor"' }

describe('an answer counts as a failure', () => {
  for (const [what, status, body, failures] of [
    ['not when it is the expected one', 200, '{"cursor":1}', []],
    ['when its status is another one, even of success', 201, '{"cursor":1}', ['status 201']],
    ['when its body has not what tells a success', 200, '{}', ['another body']],
  ] as const)
    test(what, () => {
      assert.deepEqual(failuresOf(shot, status, body), failures)
    })

  test('unless 304 without a body is what is expected', () => {
    const revalidation = { ...shot, status: 304, mark: '' }
    assert.deepEqual(failuresOf(revalidation, 304, ''), [])
    assert.deepEqual(failuresOf(revalidation, 200, '{"cursor":1}'), ['status 200'])
  })
})

test('a request that varies is another one each time', () => {
  const traffic = [(index: number): Shot => ({ ...shot, method: 'POST', body: { index } })]
  const [request] = toRequests(traffic, { authorization: 'Bearer x' }, () => {})
  assert.ok(request && typeof request.setupRequest === 'function')
  const bodies = [request.setupRequest(request, {}), request.setupRequest(request, {})].map(
    ({ body }) => body,
  )
  assert.equal(new Set(bodies).size, 2)
})

test('a request carries what the server wants of all, and its own headers', () => {
  const own = { ...shot, headers: { 'if-none-match': '"1"' } }
  const [request] = toRequests([own], { authorization: 'Bearer x' }, () => {})
  assert.deepEqual(request?.headers, { authorization: 'Bearer x', 'if-none-match': '"1"' })
})

function failuresOf(wanted: Shot, status: number, body: string): readonly string[] {
  const failures: string[] = []
  const [request] = toRequests([wanted], {}, (reason) => failures.push(reason))
  assert.ok(typeof request?.onResponse === 'function')
  request.onResponse(status, body, {}, {})
  return failures
}
