import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as endOfTurn } from 'node:timers/promises'
import { OrchestrationError } from '../../src/errors.ts'
import { createEpochs } from '../../src/store/epochs.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'

describe('an epoch', () => {
  test('is the same for as long as nothing changes', async (t) => {
    const { epoch } = setUp(t)
    assert.equal(await epoch(), await epoch())
  })

  test('is greater than those before it', async (t) => {
    const { epoch, store, seen, passMs } = setUp(t)
    const epochs = [await epoch()]
    await store.commit({ put: { a: 1 } })
    epochs.push(await epoch())
    seen[0] = 'something else'
    epochs.push(await epoch())
    passMs(1_000)
    epochs.push(await epoch())
    assert.deepEqual(
      epochs,
      [...new Set(epochs)].toSorted((left, right) => left - right),
    )
  })

  test('ends with a commit', async (t) => {
    const { epoch, store } = setUp(t)
    const before = await epoch()
    await store.commit({ put: { a: 1 } })
    assert.notEqual(await epoch(), before)
  })

  test('outlasts a commit that changes nothing', async (t) => {
    const { epoch, store } = setUp(t)
    const before = await epoch()
    await store.commit({ delete: ['absent'] })
    assert.equal(await epoch(), before)
  })

  for (const index of [0, 1])
    test(`ends when look ${index + 1} of 2 sees something else`, async (t) => {
      const { epoch, seen } = setUp(t)
      const before = await epoch()
      seen[index] = 'something else'
      const after = await epoch()
      assert.notEqual(after, before)
      assert.equal(await epoch(), after)
    })

  test('does not come again when what was seen does', async (t) => {
    const { epoch, seen } = setUp(t)
    const first = await epoch()
    seen[0] = 'something else'
    await epoch()
    seen[0] = undefined
    assert.notEqual(await epoch(), first)
  })

  test('ends with the second', async (t) => {
    const { epoch, passMs } = setUp(t)
    const before = await epoch()
    passMs(999)
    assert.equal(await epoch(), before)
    passMs(1)
    assert.notEqual(await epoch(), before)
  })
})

describe('the look', () => {
  test('is one for a few calls within a turn of the event loop', async (t) => {
    const { epoch, looks } = setUp(t)
    const calls = Array.from({ length: 10 }, () => epoch())
    // Whoever is called back within the turn still belongs to it.
    await Promise.resolve()
    calls.push(epoch())
    assert.equal(new Set(await Promise.all(calls)).size, 1)
    assert.deepEqual(looks(), { stamp: 1, other: 1 })
  })

  test('is one for every 16 calls of a crowd, which need not wait for the turn to end', async (t) => {
    const { epoch, looks } = setUp(t)
    let hasEnded = false
    setImmediate(() => {
      hasEnded = true
    })
    const crowd = Array.from({ length: 100 }, () => epoch())
    await Promise.all(crowd.slice(0, 96))
    assert.equal(hasEnded, false)
    assert.equal(new Set(await Promise.all(crowd)).size, 1)
    assert.deepEqual(looks(), { stamp: 7, other: 7 })
  })

  test('comes after the last of them, so that nothing from before a call is missed', async (t) => {
    const { epoch, seen, store } = setUp(t)
    const former = await epoch()
    const first = epoch()
    seen[0] = 'something else'
    await store.commit({ put: { a: 1 } })
    const second = epoch()
    assert.equal(await first, await second)
    assert.notEqual(await second, former)
  })

  test('of a part of a crowd does not serve those who come later in the same turn', async (t) => {
    const { epoch, seen } = setUp(t)
    const part = Array.from({ length: 16 }, () => epoch())
    const [former] = await Promise.all(part)
    seen[0] = 'something else'
    const later = await epoch()
    assert.notEqual(later, former)
    const next = Array.from({ length: 15 }, () => epoch())
    seen[0] = 'something else again'
    next.push(epoch())
    assert.equal(new Set(await Promise.all(next)).size, 1)
    assert.notEqual(await next[0], later)
  })

  test('of one turn is not waited for by the next', async () => {
    const slow = Promise.withResolvers<object>()
    const answers = [slow.promise, Promise.resolve({})]
    const epoch = createEpochs({ store: { stamp: () => answers.shift() ?? assert.fail() }, looks: [] })
    const waiting = epoch()
    await endOfTurn()
    const next = await epoch()
    slow.resolve({})
    assert.notEqual(await waiting, next)
  })

  test('at the store comes before the others, so that what they see is as new', async () => {
    const order: string[] = []
    const stamp = async () => {
      await endOfTurn()
      return order.push('stamp') as unknown as object
    }
    await createEpochs({ store: { stamp }, looks: [() => order.push('look')] })()
    assert.deepEqual(order, ['stamp', 'look'])
  })
})

describe('a store that tells nothing', () => {
  test('has no epoch twice: it may have changed at any time', async () => {
    const epoch = createEpochs({ store: {}, looks: [] })
    assert.notEqual(await epoch(), await epoch())
  })

  test('has none twice while its stamp fails, whose error is for whoever reads it', async () => {
    const stamp = async () => {
      throw new OrchestrationError('store_unavailable', 'The disk is gone.')
    }
    const epoch = createEpochs({ store: { stamp }, looks: [] })
    assert.notEqual(await epoch(), await epoch())
  })

  test('has none twice when its stamp fails at once', async () => {
    const stamp = () => {
      throw new Error('No such method.')
    }
    const epoch = createEpochs({ store: { stamp }, looks: [] })
    assert.notEqual(await epoch(), await epoch())
  })

  test('has epochs again when its stamp no longer fails, none of them from before', async () => {
    const same = {}
    let isDown = false
    const stamp = async () => {
      if (isDown) throw new OrchestrationError('store_unavailable', 'The disk is gone.')
      return same
    }
    const epoch = createEpochs({ store: { stamp }, looks: [] })
    const before = await epoch()
    isDown = true
    await epoch()
    isDown = false
    const after = await epoch()
    assert.notEqual(after, before)
    assert.equal(await epoch(), after)
  })
})

/** Epochs over a memory store and two looks that see what `seen` holds, while time stands still. */
function setUp(t: TestContext) {
  let nowMs = 5_000
  t.mock.method(performance, 'now', () => nowMs)
  const store = createMemoryStore()
  const seen: unknown[] = [undefined, undefined]
  const counts = { stamp: 0, other: 0 }
  const stamp = async () => {
    counts.stamp += 1
    return (await store.stamp?.()) ?? assert.fail('A memory store has stamps.')
  }
  const first = () => {
    counts.other += 1
    return seen[0]
  }
  return {
    store,
    seen,
    epoch: createEpochs({ store: { stamp }, looks: [first, () => seen[1]] }),
    looks: () => counts,
    passMs: (ms: number) => {
      nowMs += ms
    },
  }
}
