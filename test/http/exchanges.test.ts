import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { describe, test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { createExchanges } from '../../src/http/exchanges.ts'

describe('the requests that are being answered', () => {
  test('are none at first', () => {
    const exchanges = createExchanges()
    assert.equal(exchanges.size, 0)
    assert.deepEqual(exchanges.list(), [])
  })

  test('are each there with its response until that is removed', () => {
    const exchanges = createExchanges()
    const [first, second] = [createExchange('1'), createExchange('2')]
    for (const { response, request } of [first, second]) exchanges.add(response, request)
    assert.equal(exchanges.size, 2)
    assert.deepEqual(exchanges.list(), [first, second])
    assert.equal(exchanges.remove(first.response), first.request)
    assert.equal(exchanges.size, 1)
    assert.deepEqual(exchanges.list(), [second])
  })

  test('do not count a response that was never among them', () => {
    const exchanges = createExchanges()
    const { response, request } = createExchange('1')
    exchanges.add(response, request)
    assert.equal(exchanges.remove(createExchange('2').response), undefined)
    assert.equal(exchanges.size, 1)
  })

  test('do not count a response twice that is removed twice, nor lose whoever has its place by then', () => {
    const exchanges = createExchanges()
    const [first, second] = [createExchange('1'), createExchange('2')]
    exchanges.add(first.response, first.request)
    assert.equal(exchanges.remove(first.response), first.request)
    exchanges.add(second.response, second.request)
    assert.equal(exchanges.remove(first.response), undefined)
    assert.equal(exchanges.size, 1)
    assert.deepEqual(exchanges.list(), [second])
  })

  test('are listed as they were then', () => {
    const exchanges = createExchanges()
    const { response, request } = createExchange('1')
    exchanges.add(response, request)
    const listed = exchanges.list()
    exchanges.remove(response)
    assert.deepEqual(listed, [{ response, request }])
  })

  test('are the right ones after any coming and going', () => {
    const exchanges = createExchanges()
    const there = new Map<ServerResponse, FastifyRequest>()
    for (let step = 0; step < 2_000; step += 1) {
      // The step's digits, stirred, decide: the same ones each time.
      const isComing = there.size === 0 || (step * 7919) % 13 < 7
      if (isComing) {
        const { response, request } = createExchange(`${step}`)
        there.set(response, request)
        exchanges.add(response, request)
      } else {
        const [response] = [...there.keys()].slice((step * 31) % there.size)
        if (!response) assert.fail()
        assert.equal(exchanges.remove(response), there.get(response))
        there.delete(response)
      }
      assert.equal(exchanges.size, there.size)
    }
    const listed = exchanges.list().map(({ response, request }) => [response, request] as const)
    assert.deepEqual(new Map(listed), there)
  })
})

describe('the requests of two servers', () => {
  test('are apart', () => {
    const [left, right] = [createExchanges(), createExchanges()]
    const { response, request } = createExchange('1')
    left.add(response, request)
    assert.equal(right.size, 0)
    assert.deepEqual(right.list(), [])
  })
})

function createExchange(id: string) {
  const response = new ServerResponse(new IncomingMessage(new Socket()))
  return { response, request: { id } as FastifyRequest }
}

test('one response may be in two lists, as of a server within another', () => {
  const [outer, inner] = [createExchanges(), createExchanges()]
  const { request, response } = createExchange('1')
  outer.add(response, request)
  inner.add(response, request)
  assert.equal(outer.remove(response), request)
  assert.equal(inner.remove(response), request)
  assert.deepEqual([outer.size, inner.size], [0, 0])
})
