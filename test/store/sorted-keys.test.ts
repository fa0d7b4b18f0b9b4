import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compareKeys } from '../../src/store/keys.ts'
import { createSortedKeys } from '../../src/store/sorted-keys.ts'

describe('sorted keys', () => {
  test('are in byte order however they come and go, in many blocks', () => {
    const keys = createSortedKeys()
    const expected = new Set<string>()
    for (let round = 0; round < 6_000; round += 1) {
      // 7,919 is prime to the count, so each comes once, in no order; every third goes again.
      const key = `k/${(round * 7_919) % 6_000}`
      keys.add(key)
      expected.add(key)
      const gone = `k/${(Math.floor(round / 2) * 7_919) % 6_000}`
      if (round % 3 === 0 && expected.delete(gone)) keys.remove(gone)
    }
    const sorted = [...expected].sort(compareKeys)
    assert.deepEqual(keys.range('', undefined, Number.MAX_SAFE_INTEGER), sorted)
    for (const [from, end, limit] of [
      ['k/2', 'k/3', 10_000],
      ['k/2', undefined, 1_500],
      ['k/4999x', 'k/5', 3],
      ['a', 'b', 5],
      ['z', undefined, 5],
      ['k/1', undefined, 0],
    ] as const) {
      const within = sorted.filter((key) => key >= from && (end === undefined || key < end))
      assert.deepEqual(keys.range(from, end, limit), within.slice(0, limit))
    }
    for (const key of sorted) keys.remove(key)
    keys.remove('k/1')
    assert.deepEqual(keys.range('', undefined, 10), [])
    keys.add('again')
    assert.deepEqual(keys.range('', undefined, 10), ['again'])
  })
})
