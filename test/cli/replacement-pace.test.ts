import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createReplacementPace } from '../../src/cli/workers/replacement-pace.ts'

describe('a worker that failed is replaced', () => {
  test('at once, as often within a minute as there are workers', () => {
    const pace = createReplacementPace(3, () => 0)
    assert.deepEqual([pace.next(), pace.next(), pace.next()], [0, 0, 0])
  })

  test('ever later when all of them fail again and again, half a minute later at the most', () => {
    const pace = createReplacementPace(2, () => 0)
    const waits = Array.from({ length: 18 }, () => pace.next() / 1000)
    assert.deepEqual(waits, [0, 0, 1, 1, 2, 2, 4, 4, 8, 8, 16, 16, 30, 30, 30, 30, 30, 30])
  })

  test('at once again when none has failed for a minute', () => {
    let now = 0
    const pace = createReplacementPace(1, () => now)
    assert.deepEqual([pace.next(), pace.next()], [0, 1_000])
    now = 59_999
    assert.equal(pace.next(), 2_000)
    now += 60_000
    assert.equal(pace.next(), 0)
  })
})
