import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAudit } from '../../src/audit/audit.ts'
import { createRefusalQuota } from '../../src/audit/refusal-quota.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { change, createRoom, withCommit } from './fixture.ts'

const code = 'insufficient_scope'

describe('Refusals', () => {
  test('are written 20 a minute and credential; the next one says how many were left out', async () => {
    const { audit, wait } = createRoom()
    for (let asked = 0; asked < 25; asked += 1) await audit.refused(change, code)
    await audit.refused({ ...change, principal: 'tok_other' }, code)
    assert.equal((await audit.read()).entries.length, 21)
    wait(1)
    await audit.refused(change, code)
    await audit.refused(change, code)
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.slice(19).map(({ principal, left_out }) => [principal, left_out]),
      [
        [change.principal, undefined],
        ['tok_other', undefined],
        [change.principal, 5],
        [change.principal, undefined],
      ],
    )
    assert.equal((await audit.verify()).ok, true)
  })

  test('that were left out take nothing from the store', async () => {
    let commits = 0
    const store = withCommit(createMemoryStore(), async (each, commit) => {
      commits += 1
      return await commit(each)
    })
    const { audit } = createRoom(store)
    for (let asked = 0; asked < 500; asked += 1) await audit.refused(change, code)
    assert.equal(commits, 20)
  })

  test('do not keep a change of the same credential out of the log', async () => {
    const { audit } = createRoom()
    for (let asked = 0; asked < 25; asked += 1) await audit.refused(change, code)
    await audit.track(change, async () => undefined)
    assert.equal((await audit.read()).entries.length, 22)
  })

  test('that could not be written count as left out, and nobody is told so', async () => {
    let isBroken = true
    const store = withCommit(createMemoryStore(), (each, commit) =>
      isBroken ? Promise.reject(new OrchestrationError('store_unavailable', 'It is gone.')) : commit(each),
    )
    const { audit } = createRoom(store)
    await audit.refused(change, code)
    await audit.refused(change, code)
    isBroken = false
    await audit.refused(change, code)
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.map(({ left_out }) => left_out),
      [2],
    )
  })

  test('do not wait for a store that does not answer, and are written when it does', async () => {
    const gate = Promise.withResolvers<void>()
    const store = withCommit(createMemoryStore(), async (each, commit) => {
      await gate.promise
      return await commit(each)
    })
    const audit = createAudit({ store, clock: () => new Date(0), refusalPatienceMs: 1 })
    await audit.refused(change, code)
    assert.deepEqual((await audit.read()).entries, [])
    gate.resolve()
    await audit.track(change, async () => undefined)
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.map(({ outcome }) => outcome),
      ['refused', null, 'done'],
    )
  })
})

describe('The quota', () => {
  test('begins anew a minute after a credential’s first refusal, whatever came in between', () => {
    const { quota, set } = setUp()
    assert.deepEqual([quota.take('a'), quota.take('a'), quota.take('a')], [0, 0, undefined])
    set(59_999)
    assert.equal(quota.take('a'), undefined)
    set(60_000)
    assert.deepEqual([quota.take('a'), quota.take('a'), quota.take('a')], [2, 0, undefined])
  })

  test('begins anew when the clock was set back', () => {
    const { quota, set } = setUp()
    set(600_000)
    for (let asked = 0; asked < 3; asked += 1) quota.take('a')
    set(0)
    assert.equal(quota.take('a'), 1)
  })

  test('remembers so many credentials; the one whose window began first is forgotten', () => {
    const { quota } = setUp()
    for (const principal of ['a', 'a', 'a', 'b', 'b', 'b', 'c']) quota.take(principal)
    assert.equal(quota.take('b'), undefined)
    assert.equal(quota.take('a'), 0)
    assert.equal(quota.take('b'), 0)
  })
})

function setUp() {
  let now = 0
  const quota = createRefusalQuota({ clock: () => new Date(now), limit: 2, maxPrincipals: 2 })
  return {
    quota,
    set(time: number) {
      now = time
    },
  }
}
