import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { createVerifiedCache } from '../../src/artifacts/verified-cache.ts'

const trusted = new Map([['k1', generateKeyPairSync('ed25519').publicKey]])
const value = { signingKeyId: 'k1' }

function entry(key: string, revision = 1) {
  return { key, revision, value: null }
}

describe('What was verified', () => {
  test('is kept for its entry', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a'), value, 1)
    assert.equal(cache.get(entry('a'), trusted), value)
    assert.equal(cache.get(entry('b'), trusted), undefined)
  })

  test('does not count for another revision', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a', 2), value, 1)
    assert.equal(cache.get(entry('a', 1), trusted), undefined)
    assert.equal(cache.get(entry('a', 3), trusted), undefined)
  })

  test('does not count without the key that vouched for it', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a'), value, 1)
    assert.equal(cache.get(entry('a'), new Map()), undefined)
  })

  test('makes room for what is newer, the longest unused first', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a'), value, 4)
    cache.set(entry('b'), value, 4)
    cache.get(entry('a'), trusted)
    cache.set(entry('c'), value, 4)
    const kept = ['a', 'b', 'c'].filter((key) => cache.get(entry(key), trusted))
    assert.deepEqual(kept, ['a', 'c'])
  })

  test('is counted once when it is set again', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a'), value, 4)
    for (const revision of [2, 3, 4]) cache.set(entry('b', revision), value, 6)
    assert.equal(cache.get(entry('a'), trusted), value)
  })

  test('is not kept when it alone is too heavy', () => {
    const cache = createVerifiedCache(10)
    cache.set(entry('a'), value, 11)
    assert.equal(cache.get(entry('a'), trusted), undefined)
    cache.set(entry('b'), value, 10)
    assert.equal(cache.get(entry('b'), trusted), value)
  })
})
