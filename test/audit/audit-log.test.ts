import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createAudit } from '../../src/audit/audit.ts'
import { type AuditFacts, entryKey, headKey } from '../../src/audit/audit-entry.ts'
import { createAuditLog } from '../../src/audit/audit-log.ts'
import { verifyChain } from '../../src/audit/chain.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createFolder } from '../support/folder.ts'
import { runTogether } from '../support/processes.ts'
import { change, createRoom, makeChanges, withCommit } from './fixture.ts'

const facts: AuditFacts = {
  ...change,
  change_id: 'change-1',
  phase: 'ended',
  before: null,
  after: null,
  outcome: 'done',
  code: null,
}
const clock = () => new Date('2026-11-22T10:00:00.000Z')

describe('Appending', () => {
  test('a thousand at once takes a handful of commits, loses none and keeps their order', async () => {
    const { store, commits } = counting(createMemoryStore())
    const log = createAuditLog({ store, clock })
    const ids = Array.from({ length: 1000 }, (_, index) => `change-${index}`)
    await Promise.all(ids.map((change_id) => log.append({ ...facts, change_id })))
    assert.ok(commits() <= 4, `${commits()} commits`)
    const stored = await store.list('audit/')
    assert.deepEqual(
      stored.map(({ value }) => (value as { change_id?: unknown } | null)?.change_id),
      ids,
    )
    assert.ok((await verifyChain(store)).ok)
  })

  test('what comes while a commit is on its way shares the next one', async () => {
    const gate = Promise.withResolvers<void>()
    const underWay = Promise.withResolvers<void>()
    const slow = withCommit(createMemoryStore(), async (each, commit) => {
      underWay.resolve()
      await gate.promise
      return await commit(each)
    })
    const { store, commits } = counting(slow)
    const log = createAuditLog({ store, clock })
    const first = log.append(facts)
    await underWay.promise
    const rest = Array.from({ length: 100 }, () => log.append(facts))
    gate.resolve()
    await Promise.all([first, ...rest])
    assert.equal(commits(), 2)
    assert.ok((await verifyChain(store)).ok)
  })

  test('what others were faster than is written after them', async () => {
    const shared = createMemoryStore()
    let others = 3
    const store = withCommit(shared, async (each, commit) => {
      if (others > 0) {
        others -= 1
        await createAuditLog({ store: shared, clock }).append({ ...facts, principal: 'other' })
      }
      return await commit(each)
    })
    await createAuditLog({ store, clock }).append(facts)
    const verification = await verifyChain(shared)
    assert.ok(verification.ok)
    assert.equal(verification.end.sequence, 4)
    const last = await shared.get(entryKey(4))
    assert.equal((last?.value as unknown as AuditFacts | undefined)?.principal, change.principal)
  })

  test('is given up when others are always faster, and tried again by the next', async () => {
    let isCrowded = true
    const store = withCommit(createMemoryStore(), async (each, commit) =>
      isCrowded ? { committed: false, conflict: headKey } : await commit(each),
    )
    const log = createAuditLog({ store, clock, timeoutMs: 30 })
    const crowded = { code: 'store_unavailable', message: /for 30 ms/ }
    await Promise.all([
      assert.rejects(log.append(facts), crowded),
      assert.rejects(log.append(facts), crowded),
    ])
    isCrowded = false
    await log.append(facts)
    assert.equal((await store.list('audit/')).length, 1)
  })

  test('fails with the store, for all who wait, and goes on with it', async () => {
    const reason = new OrchestrationError('store_unavailable', 'The disk is full.')
    let isFull = true
    const memory = createMemoryStore()
    const store = withCommit(memory, async (each, commit) =>
      isFull ? await Promise.reject(reason) : await commit(each),
    )
    const log = createAuditLog({ store, clock })
    const outcomes = await Promise.allSettled([log.append(facts), log.append(facts)])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason),
      [reason, reason],
    )
    isFull = false
    await log.append(facts)
    assert.equal((await memory.list('audit/')).length, 1)
  })

  test('fails when the end of the log cannot be read', async () => {
    const reason = new OrchestrationError('store_unavailable', 'It is gone.')
    const store: Store = { ...createMemoryStore(), get: () => Promise.reject(reason) }
    await assert.rejects(createAuditLog({ store, clock }).append(facts), reason)
  })
})

describe('A head that was put back', () => {
  const heads = [
    ['gone', undefined],
    ['behind', { sequence: 1, hash: 'a' }],
    ['no head', 'nonsense'],
    ['a head without a hash', { sequence: 2 }],
  ] as const
  for (const [what, value] of heads)
    test(`(${what}) makes nobody write over what is there`, async () => {
      const { store, audit } = createRoom()
      await makeChanges(audit, 2)
      await store.commit(value === undefined ? { delete: [headKey] } : { put: { [headKey]: value } })
      await makeChanges(audit, 1)
      const verification = await audit.verify()
      assert.ok(verification.ok)
      assert.equal(verification.end.sequence, 6)
    })

  test('does not hide that the last entry is none', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 1)
    await store.commit({ put: { [entryKey(3)]: 'nonsense' } })
    await makeChanges(audit, 1)
    assert.deepEqual(await faultOf(audit.verify()), ['altered', 3])
  })
})

test('several processes at once lose nothing and break no link', async (context) => {
  const file = await newFile(context)
  const answers = await runTogether<number>(new URL('append-process.ts', import.meta.url), [file], 3)
  const store = createSqliteStore({ file })
  context.after(() => store.close())
  const verification = await createAudit({ store, clock }).verify()
  assert.ok(verification.ok, JSON.stringify(verification))
  assert.deepEqual(verification.unknownOutcomes, [])
  assert.equal(
    verification.end.sequence,
    answers.reduce((sum, count) => sum + count, 0),
  )
  const principals = (await store.list('audit/')).map(
    ({ value }) => (value as unknown as AuditFacts).principal,
  )
  assert.equal(new Set(principals).size, 3)
})

async function faultOf(verification: ReturnType<typeof verifyChain>): Promise<unknown> {
  const found = await verification
  return found.ok ? 'none' : [found.fault, found.sequence]
}

function counting(store: Store): { readonly store: Store; readonly commits: () => number } {
  let commits = 0
  const counted = withCommit(store, (each, commit) => {
    commits += 1
    return commit(each)
  })
  return { store: counted, commits: () => commits }
}

async function newFile(context: TestContext): Promise<string> {
  return path.join(await createFolder(context), 'store.sqlite')
}
