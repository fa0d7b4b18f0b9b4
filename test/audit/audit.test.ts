import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createAudit } from '../../src/audit/audit.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { change, createRoom, withCommit, zeros } from './fixture.ts'

describe('A change', () => {
  test('stands in the log before it happens, and with its outcome before it is answered', async () => {
    const { audit } = createRoom()
    const answer = await audit.track(change, async (note) => {
      const { entries } = await audit.read()
      assert.deepEqual(
        entries.map(({ phase, outcome }) => [phase, outcome]),
        [['begun', null]],
      )
      note({ before: 'a' })
      note({ after: 'b' })
      return 'answer'
    })
    assert.equal(answer, 'answer')
    const { entries } = await audit.read()
    const [begun, ended] = entries
    assert.deepEqual(begun, {
      sequence: 1,
      at: '2026-11-22T10:00:00.000Z',
      change_id: 'change-1',
      phase: 'begun',
      ...change,
      before: null,
      after: null,
      outcome: null,
      code: null,
      previous_hash: zeros,
      hash: begun?.hash,
    })
    assert.deepEqual(ended, {
      ...begun,
      sequence: 2,
      phase: 'ended',
      before: 'a',
      after: 'b',
      outcome: 'done',
      previous_hash: begun?.hash,
      hash: ended?.hash,
    })
    assert.equal(entries.length, 2)
  })

  test('that is about something which only it can name says so when it ends', async () => {
    const { audit } = createRoom()
    await audit.track({ ...change, target: 'tokens' }, async (note) => note({ target: 'tok_1' }))
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.map(({ target }) => target),
      ['tokens', 'tok_1'],
    )
  })

  const failures = [
    ['refused', 'profile_not_found', new OrchestrationError('profile_not_found', 'None.')],
    ['failed', 'write_failed', new OrchestrationError('write_failed', 'Full.')],
    ['failed', 'internal_error', new TypeError('canary-in-a-message')],
  ] as const
  for (const [outcome, code, error] of failures)
    test(`that throws ${error.name} ${code} is ${outcome}, and throws just that`, async () => {
      const { audit } = createRoom()
      const thrown = await audit.track(change, () => Promise.reject(error)).catch((caught: unknown) => caught)
      assert.equal(thrown, error)
      const { entries } = await audit.read()
      assert.deepEqual(
        entries.map((entry) => [entry.phase, entry.outcome, entry.code]),
        [
          ['begun', null, null],
          ['ended', outcome, code],
        ],
      )
      assert.doesNotMatch(JSON.stringify(entries), /canary|Full|None/)
    })

  test('that could not be announced does not happen', async () => {
    const broken = withCommit(createMemoryStore(), () => Promise.reject(unavailable))
    const { audit } = createRoom(broken)
    let hasHappened = false
    const tracked = audit.track(change, async () => {
      hasHappened = true
    })
    await assert.rejects(tracked, unavailable)
    assert.equal(hasHappened, false)
  })

  test('that happened and could not be closed is not answered, and its outcome is unknown', async () => {
    let commits = 0
    const store = withCommit(createMemoryStore(), async (each, commit) => {
      commits += 1
      return commits === 1 ? await commit(each) : await Promise.reject(unavailable)
    })
    const { audit } = createRoom(store)
    await assert.rejects(
      audit.track(change, async () => 'answer'),
      unavailable,
    )
    const verification = await audit.verify()
    assert.ok(verification.ok)
    assert.deepEqual(
      verification.unknownOutcomes.map(({ change_id }) => change_id),
      ['change-1'],
    )
  })

  test('that failed and could not be closed throws why it failed', async () => {
    let commits = 0
    const store = withCommit(createMemoryStore(), async (each, commit) => {
      commits += 1
      return commits === 1 ? await commit(each) : await Promise.reject(unavailable)
    })
    const { audit } = createRoom(store)
    const reason = new OrchestrationError('config_file_changed', 'Somebody was there.')
    await assert.rejects(
      audit.track(change, () => Promise.reject(reason)),
      reason,
    )
  })

  test('takes nothing else of what describes it into the log', async () => {
    const { audit } = createRoom()
    const more = { ...change, token: 'canary' }
    await audit.track(more, async () => undefined)
    await audit.refused(more, 'insufficient_scope')
    assert.doesNotMatch(JSON.stringify(await audit.read()), /canary/)
  })
})

describe('An attempt that was refused before it began', () => {
  test('is one entry', async () => {
    const { audit } = createRoom()
    await audit.refused(change, 'insufficient_scope')
    const { entries } = await audit.read()
    assert.deepEqual(
      entries.map(({ phase, outcome, code }) => [phase, outcome, code]),
      [['ended', 'refused', 'insufficient_scope']],
    )
    assert.equal((await audit.verify()).ok, true)
  })
})

test('two changes have two ids', async () => {
  const audit = createAudit({ store: createMemoryStore(), clock: () => new Date() })
  await audit.track(change, async () => audit.track(change, async () => undefined))
  const ids = (await audit.read()).entries.map(({ change_id }) => change_id)
  assert.deepEqual([ids[0] === ids[3], ids[1] === ids[2], ids[0] === ids[1]], [true, true, false])
})

const unavailable = new OrchestrationError('store_unavailable', 'It is gone.')
