import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { median, percentiles, toLatencies } from '../../perf/statistics.ts'

describe('a median', () => {
  test('is the middle one, however they are ordered', () => {
    assert.equal(median([30, 1, 2]), 2)
  })

  test('of an even number is half way between the middle two', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5)
  })

  test('of nothing is no number', () => {
    assert.equal(median([]), Number.NaN)
  })
})

describe('percentiles', () => {
  test('are values that occurred, by the nearest rank', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index)
    assert.deepEqual(percentiles(values, [50, 95, 99, 100]), [100, 190, 198, 200])
  })

  test('of one value are that value', () => {
    assert.deepEqual(percentiles([7], [0, 50, 99]), [7, 7, 7])
  })

  test('are named as the table has them', () => {
    assert.deepEqual(toLatencies([3, 1, 2]), { p50Ms: 2, p95Ms: 3, p99Ms: 3 })
  })
})
