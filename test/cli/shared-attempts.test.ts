import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSharedAttempts } from '../../src/cli/workers/shared-attempts.ts'

describe('a wrong credential at one of several workers', () => {
  test('is answered as whoever counts for all of them says', async () => {
    const verdicts = [undefined, 7]
    const asked: string[] = []
    const attempts = createSharedAttempts(async (address) => {
      asked.push(address)
      return verdicts.shift()
    })
    assert.equal(await attempts.note('10.0.0.1'), undefined)
    assert.equal(await attempts.note('10.0.0.1'), 7)
    assert.deepEqual(asked, ['10.0.0.1', '10.0.0.1'])
  })

  test('is not asked about as long as its address was told to wait, and others are', async () => {
    let now = 0
    let asked = 0
    const attempts = createSharedAttempts(
      async () => {
        asked += 1
        return 10
      },
      () => now,
    )
    assert.equal(await attempts.note('10.0.0.1'), 10)
    now = 4_100
    assert.equal(await attempts.note('10.0.0.1'), 6)
    assert.equal(asked, 1)
    assert.equal(await attempts.note('10.0.0.2'), 10)
    now = 10_000
    assert.equal(await attempts.note('10.0.0.1'), 10)
    assert.equal(asked, 3)
  })

  test('is not asked about when its network was told to wait, which an IPv6 caller has to itself', async () => {
    const asked: string[] = []
    const attempts = createSharedAttempts(
      async (address) => {
        asked.push(address)
        return 10
      },
      () => 0,
    )
    for (const address of ['2001:db8::1', '2001:db8::2', '10.0.0.1', '::ffff:10.0.0.1'])
      assert.equal(await attempts.note(address), 10)
    assert.deepEqual(asked, ['2001:db8::1', '10.0.0.1'])
  })
})
