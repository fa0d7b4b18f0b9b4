import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import type { ChainEnd } from '../../src/audit/audit.ts'
import { type AuditEntry, entryKey, headKey } from '../../src/audit/audit-entry.ts'
import type { Store } from '../../src/store/store.ts'
import type { JsonValue } from '../../src/vocabulary.ts'
import { change, createRoom, makeChanges, makeRefusals, zeros } from './fixture.ts'

describe('A log that nobody touched is whole', () => {
  test('without any entry', async () => {
    const { audit } = createRoom()
    assert.deepEqual(await audit.verify(), {
      ok: true,
      end: { sequence: 0, hash: zeros },
      unknownOutcomes: [],
    })
  })

  test('however many pages it takes', async () => {
    const { audit } = createRoom()
    await makeRefusals(audit, 600)
    const verification = await audit.verify()
    assert.ok(verification.ok)
    assert.equal(verification.end.sequence, 600)
  })

  test('from an end on that somebody remembers', async () => {
    const { audit } = createRoom()
    await makeChanges(audit, 1)
    const { end } = await whole(audit.verify())
    await makeChanges(audit, 1)
    assert.ok((await audit.verify(end)).ok)
    assert.ok((await audit.verify({ sequence: 0, hash: zeros })).ok)
  })

  test('while others go on writing', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 1)
    let lists = 0
    const busy: Store = {
      ...store,
      async list(prefix, page) {
        lists += 1
        const entries = await store.list(prefix, page)
        if (lists < 3) await makeChanges(audit, 1)
        return entries
      },
    }
    const { end } = await whole(createRoom(busy).audit.verify())
    assert.equal(end.sequence, 6)
  })

  test('by the rules that are written down, in a hand other than its own', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 2)
    let previous = zeros
    for (const { value } of await store.list('audit/')) {
      const { hash, ...rest } = value as unknown as AuditEntry
      const names = Object.keys(rest).toSorted() as (keyof typeof rest)[]
      const canonical = `{${names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(rest[name])}`).join(',')}}`
      assert.equal(rest.previous_hash, previous)
      assert.equal(createHash('sha256').update(canonical).digest('hex'), hash)
      previous = hash
    }
  })
})

describe('What is begun and not ended has an unknown outcome', () => {
  test('as long as it goes on', async () => {
    const { audit } = createRoom()
    await makeChanges(audit, 1)
    await audit.track(change, async () => {
      const { unknownOutcomes } = await whole(audit.verify())
      assert.deepEqual(
        unknownOutcomes.map(({ change_id, sequence }) => [change_id, sequence]),
        [['change-2', 3]],
      )
    })
    assert.deepEqual((await whole(audit.verify())).unknownOutcomes, [])
  })
})

/** What Mallory does to a log of six entries (three changes), and the first place where that shows. */
const tamperings: readonly (readonly [string, string, number, (store: Store) => Promise<unknown>])[] = [
  ['alters an entry', 'altered', 3, (store) => rewrite(store, 3, { principal: 'mallory' })],
  ['adds to an entry', 'altered', 3, (store) => rewrite(store, 3, { note: 'nothing to see here' })],
  ['puts something else in the place of an entry', 'altered', 2, (store) => put(store, 2, 'nothing')],
  ['removes an entry', 'missing', 3, (store) => store.commit({ delete: [entryKey(3)] })],
  ['removes the first entries', 'missing', 1, (store) => store.commit({ delete: [1, 2].map(entryKey) })],
  ['swaps two entries', 'misplaced', 3, (store) => swap(store, 3, 4)],
  ['copies an entry over another', 'misplaced', 5, async (store) => put(store, 5, await valueAt(store, 3))],
  ['puts something beside the entries', 'misplaced', 1, (store) => store.commit({ put: { 'audit/0': {} } })],
  ['alters an entry and computes its hash', 'unlinked', 4, (store) => forge(store, 3)],
  ['cuts the last entries off', 'truncated', 5, (store) => store.commit({ delete: [5, 6].map(entryKey) })],
  [
    'removes all entries',
    'truncated',
    1,
    (store) => store.commit({ delete: [1, 2, 3, 4, 5, 6].map(entryKey) }),
  ],
  ['removes the head', 'head_lost', 6, (store) => store.commit({ delete: [headKey] })],
  ['alters the last entry and computes its hash', 'rewritten', 6, (store) => forge(store, 6)],
]

describe('It shows when Mallory', () => {
  for (const [what, fault, sequence, tamper] of tamperings)
    test(what, async () => {
      const { store, audit } = createRoom()
      await makeChanges(audit, 3)
      await tamper(store)
      const verification = await audit.verify()
      assert.ok(!verification.ok)
      assert.deepEqual([verification.fault, verification.sequence], [fault, sequence])
      assert.match(verification.message, new RegExp(`^Entry ${sequence} of the audit log is .+: .+\\.$`))
    })

  test('writes the log anew from an entry on, to whoever remembers a head', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 3)
    const { end } = await whole(audit.verify())
    await rechain(store, 3)
    assert.ok((await audit.verify()).ok, 'The chain alone can not tell.')
    assert.deepEqual(await faultOf(audit.verify(end)), ['rewritten', 6])
  })

  test('cuts the log short and puts the head back, to whoever remembers a head', async () => {
    const { store, audit } = createRoom()
    await makeChanges(audit, 3)
    const { end } = await whole(audit.verify())
    const { hash } = (await valueAt(store, 4)) as unknown as AuditEntry
    await store.commit({ put: { [headKey]: { sequence: 4, hash } }, delete: [5, 6].map(entryKey) })
    assert.ok((await audit.verify()).ok, 'The chain alone can not tell.')
    assert.deepEqual(await faultOf(audit.verify(end)), ['truncated', 5])
  })
})

type Verification = ReturnType<ReturnType<typeof createRoom>['audit']['verify']>

async function whole(verification: Verification) {
  const found = await verification
  assert.ok(found.ok, JSON.stringify(found))
  return found
}

async function faultOf(verification: Verification): Promise<unknown> {
  const found = await verification
  return found.ok ? 'none' : [found.fault, found.sequence]
}

async function valueAt(store: Store, sequence: number): Promise<JsonValue> {
  const entry = await store.get(entryKey(sequence))
  assert.ok(entry)
  return entry.value
}

function put(store: Store, sequence: number, value: JsonValue): Promise<unknown> {
  return store.commit({ put: { [entryKey(sequence)]: value } })
}

async function rewrite(store: Store, sequence: number, members: object): Promise<void> {
  await put(store, sequence, { ...(await entryAt(store, sequence)), ...members })
}

async function swap(store: Store, left: number, right: number): Promise<void> {
  const [first, second] = await Promise.all([valueAt(store, left), valueAt(store, right)])
  await store.commit({ put: { [entryKey(left)]: second, [entryKey(right)]: first } })
}

async function entryAt(store: Store, sequence: number): Promise<AuditEntry> {
  return (await valueAt(store, sequence)) as unknown as AuditEntry
}

/** Mallory knows the rules, too. */
async function forge(store: Store, sequence: number, previous?: string): Promise<ChainEnd> {
  const { hash: _, ...rest } = await entryAt(store, sequence)
  const forged = { ...rest, principal: 'mallory', ...(previous !== undefined && { previous_hash: previous }) }
  const sorted = Object.fromEntries(Object.entries(forged).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const hash = createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
  await put(store, sequence, { ...forged, hash })
  return { sequence, hash }
}

async function rechain(store: Store, from: number): Promise<void> {
  let previous = (await entryAt(store, from - 1)).hash
  for (let sequence = from; sequence <= 6; sequence += 1) {
    const { hash } = await forge(store, sequence, previous)
    previous = hash
  }
  await store.commit({ put: { [headKey]: { sequence: 6, hash: previous } } })
}
