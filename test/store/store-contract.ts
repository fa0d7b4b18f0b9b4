import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { OrchestrationError } from '../../src/errors.ts'
import {
  type Change,
  type CommitResult,
  type Entry,
  listKeys,
  type Page,
  type Store,
  type StoreEvent,
  type WatchBatch,
} from '../../src/store/store.ts'
import { updateEntry } from '../../src/store/update.ts'
import type { JsonValue } from '../../src/vocabulary.ts'

export interface OpenOptions {
  readonly historyRevisions?: number
  readonly historyBytes?: number
}

/** An empty store of the test's own, closed after it. */
export type OpenStore = (context: TestContext, options?: OpenOptions) => Promise<Store> | Store

/** What every adapter holds to; each runs it in a file of its own. */
export function describeStore(name: string, open: OpenStore): void {
  describe(`${name}: entries`, () => entries(open))
  describe(`${name}: conditions`, () => conditions(open))
  describe(`${name}: lists`, () => lists(open))
  describe(`${name}: watches`, () => watches(open))
  describe(`${name}: stamps`, () => stamps(open))
  describe(`${name}: updateEntry`, () => updates(open))
  describe(`${name}: the end`, () => closing(open))
}

function entries(open: OpenStore): void {
  test('an empty store is at revision 0 and holds nothing', async (t) => {
    const store = await open(t)
    assert.equal(await store.revision(), 0)
    assert.equal(await store.get('drafts/cursor/default'), undefined)
    assert.deepEqual(await store.list(''), [])
  })

  test('each commit raises the one revision, which its entries carry', async (t) => {
    const store = await open(t)
    assert.deepEqual(await store.commit({ put: { a: 1, b: 2 } }), { committed: true, revision: 1 })
    assert.deepEqual(await store.commit({ put: { b: 3 } }), { committed: true, revision: 2 })
    assert.deepEqual(await store.get('a'), { key: 'a', value: 1, revision: 1 })
    assert.deepEqual(await store.get('b'), { key: 'b', value: 3, revision: 2 })
    assert.equal(await store.revision(), 2)
  })

  test('one commit puts and deletes together', async (t) => {
    const store = await open(t)
    await store.commit({ put: { old: 'o' } })
    await store.commit({ put: { new: 'n' }, delete: ['old'] })
    assert.deepEqual(keysOf(await store.list('')), ['new'])
  })

  test('a commit that changes nothing keeps the revision', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    assert.deepEqual(await store.commit({ delete: ['absent'] }), { committed: true, revision: 1 })
    assert.deepEqual(await store.commit({}), { committed: true, revision: 1 })
    assert.equal(await store.revision(), 1)
  })

  test('every JSON value comes back as it went in', async (t) => {
    const store = await open(t)
    const values: readonly JsonValue[] = [
      null,
      false,
      0,
      1.5e300,
      '',
      'snow ☃ key 🔑 half \ud83d NUL \0',
      [],
      [[1], { a: [] }],
      {},
      JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}'),
    ]
    for (const value of values) {
      await store.commit({ put: { k: value } })
      assert.deepEqual((await store.get('k'))?.value, value)
    }
  })

  test('a large value comes back whole', async (t) => {
    const store = await open(t)
    const value = { text: 'ü'.repeat(2_000_000) }
    await store.commit({ put: { large: value } })
    assert.deepEqual((await store.get('large'))?.value, value)
  })

  test('what is edited after the commit, or after the read, stays out of the store', async (t) => {
    const store = await open(t)
    const list = ['a']
    const change = { put: { k: { list } } }
    const committed = store.commit(change)
    list.push('after the call')
    await committed
    const read = (await store.get('k'))?.value as { list: string[] }
    read.list.push('after the read')
    assert.deepEqual((await store.get('k'))?.value, { list: ['a'] })
  })

  test('keys may hold anything that text can, and stay apart', async (t) => {
    const store = await open(t)
    const keys = [
      '__proto__',
      'constructor',
      'a',
      'A',
      'á',
      'a\u0301',
      'a\0',
      'a\0b',
      '%',
      "'; DROP TABLE entries; --",
      '🔑',
    ]
    await store.commit({ put: Object.fromEntries(keys.map((key) => [key, key])) })
    for (const key of keys) assert.equal((await store.get(key))?.value, key)
    assert.equal((await store.list('')).length, keys.length)
  })

  test('a key that is empty or no text is refused, and nothing is written', async (t) => {
    const store = await open(t)
    for (const key of ['', 'half \ud83d']) {
      await assert.rejects(store.commit({ put: { fine: 1, [key]: 1 } }), hasCode('internal_error'))
      await assert.rejects(store.commit({ if: [{ key, revision: 0 }] }), hasCode('internal_error'))
      await assert.rejects(store.get(key), hasCode('internal_error'))
    }
    await assert.rejects(store.list('half \ud83d'), hasCode('internal_error'))
    await assert.rejects(
      collect(store.watch('half \ud83d', { fromRevision: 0 }), 1),
      hasCode('internal_error'),
    )
    assert.equal(await store.revision(), 0)
  })

  test('a value that is no JSON is refused, and nothing is written', async (t) => {
    const store = await open(t)
    const put = { fine: 1, broken: undefined } as unknown as Record<string, JsonValue>
    await assert.rejects(store.commit({ put }), hasCode('internal_error'))
    assert.equal(await store.revision(), 0)
  })

  test('a change that puts and deletes the same key is refused', async (t) => {
    const store = await open(t)
    await assert.rejects(store.commit({ put: { a: 1 }, delete: ['a'] }), hasCode('internal_error'))
  })
}

function conditions(open: OpenStore): void {
  test('a key that has changed since is a conflict, and nothing is written', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    await store.commit({ put: { a: 2 } })
    const stale = await store.commit({ if: [{ key: 'a', revision: 1 }], put: { a: 3, b: 3 }, delete: ['a2'] })
    assert.deepEqual(stale, { committed: false, conflict: 'a' })
    assert.equal((await store.get('a'))?.value, 2)
    assert.equal(await store.get('b'), undefined)
    assert.equal(await store.revision(), 2)
  })

  test('revision 0 demands that the key is absent', async (t) => {
    const store = await open(t)
    const create = { if: [{ key: 'a', revision: 0 }], put: { a: 1 } }
    assert.deepEqual(await store.commit(create), { committed: true, revision: 1 })
    assert.deepEqual(await store.commit(create), { committed: false, conflict: 'a' })
    await store.commit({ delete: ['a'] })
    assert.deepEqual(await store.commit(create), { committed: true, revision: 3 })
  })

  test('the first condition that does not hold is named', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    const result = await store.commit({
      if: [
        { key: 'a', revision: 1 },
        { key: 'b', revision: 7 },
        { key: 'c', revision: 7 },
      ],
    })
    assert.deepEqual(result, { committed: false, conflict: 'b' })
  })

  test('two commits of the same turn see each other in order', async (t) => {
    const store = await open(t)
    const results = await Promise.all([
      store.commit({ if: [{ key: 'a', revision: 0 }], put: { a: 'first' } }),
      store.commit({ if: [{ key: 'a', revision: 0 }], put: { a: 'second' } }),
      store.commit({ if: [{ key: 'a', revision: 1 }], put: { a: 'third' } }),
      store.commit({ delete: ['a'], put: { b: 1 } }),
      store.commit({ if: [{ key: 'a', revision: 0 }], put: { c: 1 } }),
    ])
    assert.deepEqual(results, [
      { committed: true, revision: 1 },
      { committed: false, conflict: 'a' },
      { committed: true, revision: 2 },
      { committed: true, revision: 3 },
      { committed: true, revision: 4 },
    ] satisfies CommitResult[])
    assert.deepEqual(keysOf(await store.list('')), ['b', 'c'])
  })

  test('of many that claim a key at once exactly one gets it', async (t) => {
    const store = await open(t)
    const claims = Array.from({ length: 50 }, (_, claimant) =>
      store.commit({ if: [{ key: 'seat', revision: 0 }], put: { seat: claimant } }),
    )
    const won = (await Promise.all(claims)).filter(({ committed }) => committed)
    assert.equal(won.length, 1)
  })
}

function lists(open: OpenStore): void {
  test('a prefix is taken literally, wildcards and quotes too', async (t) => {
    const store = await open(t)
    const keys = ['100%', '100%/a', '100x', 'a_b', 'aXb', 'a*b', "a'b", 'a[b', 'a']
    await store.commit({ put: Object.fromEntries(keys.map((key) => [key, 0])) })
    assert.deepEqual(await keysUnder(store, '100%'), ['100%', '100%/a'])
    assert.deepEqual(await keysUnder(store, 'a_'), ['a_b'])
    assert.deepEqual(await keysUnder(store, 'a*'), ['a*b'])
    assert.deepEqual(await keysUnder(store, "a'"), ["a'b"])
    assert.deepEqual(await keysUnder(store, 'b'), [])
  })

  test('the order is that of the UTF-8 bytes', async (t) => {
    const store = await open(t)
    const keys = ['a', 'B', 'ä', 'z', '～', '🔑', 'a/', 'a\0', '\ue000', '\ud7ff']
    await store.commit({ put: Object.fromEntries(keys.map((key) => [key, 0])) })
    assert.deepEqual(await keysUnder(store, ''), keys.toSorted(byBytes))
  })

  test('thousands of keys come in that order, too, and none is lost', async (t) => {
    const store = await open(t)
    const keys = Array.from({ length: 3_000 }, (_, index) => `p/${(index * 7919) % 3_000}`)
    await store.commit({ put: Object.fromEntries(keys.map((key) => [key, 0])) })
    assert.deepEqual(await keysUnder(store, 'p/'), keys.toSorted())
  })

  for (const prefix of ['\ud7ff', '\u{10ffff}', 'x\u{10ffff}', '\u007f', '\u07ff', '\uffff', '🔑', 'x\0']) {
    test(`the prefix ${JSON.stringify(prefix)} finds its keys and no neighbour's`, async (t) => {
      const store = await open(t)
      const inside = [prefix, `${prefix}\0`, `${prefix}a`, `${prefix}\u{10ffff}`]
      const outside = ['a', 'w', 'x', 'x\u0001', 'y', '\u0080', '\u0800', '\ue000', '\u{10000}', '\u{1f512}']
      await store.commit({ put: Object.fromEntries([...inside, ...outside].map((key) => [key, 0])) })
      assert.deepEqual(await keysUnder(store, prefix), inside.toSorted(byBytes))
    })
  }

  test('pages join without a gap or an overlap', async (t) => {
    const store = await open(t)
    const keys = ['p/1', 'p/10', 'p/2', 'p/2\0', 'p/3']
    await store.commit({ put: { ...Object.fromEntries(keys.map((key) => [key, 0])), o: 0, q: 0 } })
    assert.deepEqual(await keysUnder(store, 'p/', { limit: 2 }), ['p/1', 'p/10'])
    assert.deepEqual(await keysUnder(store, 'p/', { limit: 2, after: 'p/10' }), ['p/2', 'p/2\0'])
    assert.deepEqual(await keysUnder(store, 'p/', { after: 'p/2\0' }), ['p/3'])
    assert.deepEqual(await keysUnder(store, 'p/', { after: 'p/3' }), [])
  })

  test('"after" may lie outside of the prefix, and limit 0 lists nothing', async (t) => {
    const store = await open(t)
    await store.commit({ put: { 'p/1': 0, 'p/2': 0 } })
    assert.deepEqual(await keysUnder(store, 'p/', { after: 'a' }), ['p/1', 'p/2'])
    assert.deepEqual(await keysUnder(store, 'p/', { after: 'z' }), [])
    assert.deepEqual(await keysUnder(store, 'p/', { limit: 0 }), [])
  })
}

function watches(open: OpenStore): void {
  test('a watch tells what happens under its prefix, in order', async (t) => {
    const store = await open(t)
    await store.commit({ put: { 'drafts/old': 0 } })
    const events = collect(store.watch('drafts/'), 3)
    await store.commit({ put: { 'drafts/b': 1, 'drafts/a': 2, 'tokens/x': 3 } })
    await store.commit({ delete: ['drafts/b'] })
    assert.deepEqual(await events, [
      { type: 'put', key: 'drafts/a', value: 2, revision: 2 },
      { type: 'put', key: 'drafts/b', value: 1, revision: 2 },
      { type: 'delete', key: 'drafts/b', revision: 3 },
    ] satisfies StoreEvent[])
  })

  test('a watch from a revision tells what has happened since', async (t) => {
    const store = await open(t)
    for (const value of [1, 2, 3]) await store.commit({ put: { a: value } })
    assert.deepEqual(await collect(store.watch('', { fromRevision: 1 }), 2), [
      { type: 'put', key: 'a', value: 2, revision: 2 },
      { type: 'put', key: 'a', value: 3, revision: 3 },
    ] satisfies StoreEvent[])
  })

  test('"from now on" begins at the call, not at the first read', async (t) => {
    const store = await open(t)
    await store.commit({ put: { before: 1 } })
    const watch = store.watch('')
    await store.commit({ put: { after: 1 } })
    assert.deepEqual(keysOf(await collect(watch, 1)), ['after'])
  })

  test('a refused commit is not told', async (t) => {
    const store = await open(t)
    const events = collect(store.watch(''), 1)
    await store.commit({ if: [{ key: 'a', revision: 9 }], put: { a: 1 } })
    await store.commit({ delete: ['absent'] })
    await store.commit({ put: { b: 1 } })
    assert.deepEqual(keysOf(await events), ['b'])
  })

  test('a long past is told whole', async (t) => {
    const store = await open(t)
    const commits = Array.from({ length: 600 }, (_, index) => store.commit({ put: { [`k${index}`]: index } }))
    await Promise.all(commits)
    const events = await collect(store.watch('', { fromRevision: 0 }), 600)
    assert.deepEqual(
      events.map(({ revision }) => revision),
      Array.from({ length: 600 }, (_, index) => index + 1),
    )
  })

  test('a revision whose successors are gone is answered with "compacted", and that is the end', async (t) => {
    const store = await open(t, { historyRevisions: 3 })
    for (let value = 1; value <= 5; value += 1) await store.commit({ put: { a: value } })
    assert.deepEqual(await collectAll(store.watch('', { fromRevision: 1 })), [
      { type: 'compacted', revision: 2 },
    ])
    assert.deepEqual(keysOf(await collect(store.watch('', { fromRevision: 2 }), 3)), ['a', 'a', 'a'])
  })

  test('history is bounded in bytes too, and goes by whole commits, the oldest first', async (t) => {
    const store = await open(t, { historyBytes: 3_000 })
    const large = 'x'.repeat(1_000)
    await store.commit({ put: { a: 1 } })
    for (let value = 2; value <= 4; value += 1) await store.commit({ put: { a: large, b: value } })
    await store.commit({ delete: ['a'] })
    assert.deepEqual(await collectAll(store.watch('', { fromRevision: 0 })), [
      { type: 'compacted', revision: 1 },
    ])
    const kept = await collect(store.watch('', { fromRevision: 1 }), 7)
    assert.deepEqual(
      kept.map(({ revision }) => revision),
      [2, 2, 3, 3, 4, 4, 5],
    )
  })

  test('small commits reach far back, one that fills the bound by itself leaves only itself', async (t) => {
    const store = await open(t, { historyBytes: 1_000 })
    for (let value = 1; value <= 9; value += 1) await store.commit({ put: { a: value } })
    assert.equal((await collect(store.watch('', { fromRevision: 0 }), 9)).length, 9)
    await store.commit({ put: { a: 'x'.repeat(1_000) } })
    assert.deepEqual(await collectAll(store.watch('', { fromRevision: 8 })), [
      { type: 'compacted', revision: 9 },
    ])
    assert.deepEqual(keysOf(await collect(store.watch('', { fromRevision: 9 }), 1)), ['a'])
  })

  test('even without history the revision goes on', async (t) => {
    const store = await open(t, { historyRevisions: 0, historyBytes: 0 })
    await store.commit({ put: { a: 1 } })
    assert.deepEqual(await store.commit({ put: { a: 2 } }), { committed: true, revision: 2 })
    assert.equal(await store.revision(), 2)
  })

  test('a reader that falls behind the history is told so', async (t) => {
    const store = await open(t, { historyRevisions: 2 })
    const events = store.watch('')[Symbol.asyncIterator]()
    await store.commit({ put: { a: 1 } })
    assert.equal((await events.next()).value.through, 1)
    for (let value = 2; value <= 5; value += 1) await store.commit({ put: { a: value } })
    assert.deepEqual((await events.next()).value, { type: 'compacted', revision: 3 })
  })

  test('a revision that is yet to come belongs to another store: "compacted"', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    assert.deepEqual(await collectAll(store.watch('', { fromRevision: 9 })), [
      { type: 'compacted', revision: 1 },
    ])
  })

  test('an abort before the first event ends the watch without an error', async (t) => {
    const store = await open(t)
    assert.deepEqual(await collectAll(store.watch('', { signal: AbortSignal.abort() })), [])
  })

  test('an abort ends a watch that waits', async (t) => {
    const store = await open(t)
    const stop = new AbortController()
    const waiting = collectAll(store.watch('', { signal: stop.signal }))
    await store.revision()
    stop.abort()
    assert.deepEqual(await waiting, [])
  })

  test('an abort between two batches keeps the second one back', async (t) => {
    const store = await open(t)
    const stop = new AbortController()
    await store.commit({ put: { a: 1 } })
    const seen: WatchBatch[] = []
    for await (const batch of store.watch('', { fromRevision: 0, signal: stop.signal })) {
      seen.push(batch)
      await store.commit({ put: { b: 2 } })
      stop.abort()
    }
    assert.equal(seen.length, 1)
  })

  test('an abort while the history is read keeps back what was read', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    const stop = new AbortController()
    const next = store.watch('', { fromRevision: 0, signal: stop.signal })[Symbol.asyncIterator]().next()
    stop.abort()
    assert.equal((await next).done, true)
  })

  test('a commit stays whole: one batch has all of its events', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1, b: 2, 'other/c': 3 } })
    const batches = store.watch('', { fromRevision: 0 })[Symbol.asyncIterator]()
    const { value } = await batches.next()
    assert.equal(value.through, 1)
    assert.deepEqual(keysOf(value.events), ['a', 'b', 'other/c'])
    await batches.return?.()
  })

  test('a batch says how far it is complete, even when nothing under the prefix has changed', async (t) => {
    const store = await open(t)
    const batches = store.watch('drafts/', { fromRevision: 0 })[Symbol.asyncIterator]()
    await store.commit({ put: { 'tokens/a': 1 } })
    assert.deepEqual((await batches.next()).value, { type: 'changes', through: 1, events: [] })
    const next = batches.next()
    await store.commit({ put: { 'drafts/a': 1 } })
    assert.deepEqual((await next).value, {
      type: 'changes',
      through: 2,
      events: [{ type: 'put', key: 'drafts/a', value: 1, revision: 2 }],
    })
    await batches.return?.()
  })

  test('a long past comes in several batches, which join', async (t) => {
    const store = await open(t)
    await Promise.all(Array.from({ length: 600 }, (_, index) => store.commit({ put: { [`k${index}`]: 0 } })))
    let [revision, batches] = [0, 0]
    for await (const batch of store.watch('', { fromRevision: 0 })) {
      assert.ok(batch.type === 'changes' && batch.events.length < 600)
      const told = batch.events.map((event) => event.revision)
      assert.deepEqual(
        told,
        told.map((_, index) => revision + index + 1),
      )
      revision += told.length
      assert.equal(batch.through, revision)
      batches += 1
      if (revision === 600) break
    }
    assert.ok(batches > 1)
  })

  test('a watch can be left while it waits', async (t) => {
    const store = await open(t)
    const events = store.watch('')[Symbol.asyncIterator]()
    const next = events.next()
    await events.return?.()
    assert.equal((await next).done, true)
  })
}

function stamps(open: OpenStore): void {
  test('a stamp is the same object while nothing is committed, whatever is read', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    const stamp = await stampOf(store)
    await Promise.all([store.get('a'), store.list(''), store.revision()])
    assert.equal(await stampOf(store), stamp)
  })

  for (const [what, change] of Object.entries<Change>({
    'puts a key': { put: { new: 1 } },
    'puts what is there already': { put: { a: 1 } },
    'deletes a key': { delete: ['a'] },
    'puts on a condition': { if: [{ key: 'a', revision: 1 }], put: { a: 2 } },
  }))
    test(`it is another one after a commit that ${what}`, async (t) => {
      const store = await open(t)
      await store.commit({ put: { a: 1 } })
      const stamp = await stampOf(store)
      await store.commit(change)
      const next = await stampOf(store)
      assert.notEqual(next, stamp)
      assert.equal(await stampOf(store), next)
    })

  test('none comes again, though what is there does', async (t) => {
    const store = await open(t)
    const stamps = new Set<object>()
    for (let round = 0; round < 10; round += 1) {
      await store.commit(round % 2 ? { delete: ['a'] } : { put: { a: 1 } })
      stamps.add(await stampOf(store))
    }
    assert.equal(stamps.size, 10)
  })

  test('one that is asked for together with a commit does not outlast it', async (t) => {
    const store = await open(t)
    const [stamp] = await Promise.all([stampOf(store), store.commit({ put: { a: 1 } })])
    const after = await stampOf(store)
    const value = (await store.get('a'))?.value
    assert.equal(value, 1)
    await store.commit({ put: { a: 2 } })
    assert.notEqual(await stampOf(store), after)
    assert.notEqual(await stampOf(store), stamp)
  })

  test('a closed store has none', async (t) => {
    const store = await open(t)
    await store.close()
    await assert.rejects(stampOf(store), hasCode('store_unavailable', /closed/))
  })
}

function updates(open: OpenStore): void {
  test('a hundred increments at once add up, each decided once', async (t) => {
    const store = await open(t)
    let decisions = 0
    const increments = Array.from({ length: 100 }, () =>
      updateEntry(store, 'n', (entry) => {
        decisions += 1
        return { change: { put: { n: Number(entry?.value ?? 0) + 1 } }, result: undefined }
      }),
    )
    await Promise.all(increments)
    assert.equal((await store.get('n'))?.value, 100)
    assert.equal(decisions, 100)
  })

  test('the decision is taken anew when the entry has changed meanwhile', async (t) => {
    const store = await open(t)
    const seen: (JsonValue | undefined)[] = []
    const { result, revision } = await updateEntry(store, 'a', async (entry) => {
      seen.push(entry?.value)
      if (seen.length === 1) await store.commit({ put: { a: 'theirs' } })
      return { change: { put: { a: 'ours' } }, result: seen.length }
    })
    assert.deepEqual(seen, [undefined, 'theirs'])
    assert.deepEqual({ result, revision }, { result: 2, revision: 2 })
    assert.equal((await store.get('a'))?.value, 'ours')
  })

  test('further conditions of the decision hold too', async (t) => {
    const store = await open(t)
    await store.commit({ put: { guard: 1 } })
    let tries = 0
    await updateEntry(store, 'a', async () => {
      tries += 1
      const revision = tries === 1 ? 7 : 1
      return { change: { if: [{ key: 'guard', revision }], put: { a: tries } }, result: undefined }
    })
    assert.equal((await store.get('a'))?.value, 2)
  })

  test('without a change nothing is written', async (t) => {
    const store = await open(t)
    assert.deepEqual(await updateEntry(store, 'a', () => ({ result: 'seen' })), {
      result: 'seen',
      revision: undefined,
    })
    assert.equal(await store.revision(), 0)
  })

  test('a decision that throws stops its own update only', async (t) => {
    const store = await open(t)
    const failing = updateEntry(store, 'n', () => {
      throw new OrchestrationError('server_not_in_draft', 'no such server')
    })
    const next = increment(store, 'n')
    await assert.rejects(failing, hasCode('server_not_in_draft'))
    await next
    assert.equal((await store.get('n'))?.value, 1)
  })

  test('the wait behind other updates of the key does not count against an update', async (t) => {
    const store = await open(t)
    const timeoutMs = 100
    const slow = updateEntry(store, 'n', () => {
      const until = performance.now() + timeoutMs
      while (performance.now() <= until);
      return { result: 'slow' }
    })
    const behind = updateEntry(store, 'n', () => ({ result: 'behind' }), { timeoutMs })
    assert.deepEqual([(await slow).result, (await behind).result], ['slow', 'behind'])
  })

  test('an update that never gets through gives up with store_unavailable', async (t) => {
    const store = await open(t)
    const update = updateEntry(
      store,
      'contested',
      async () => {
        await store.commit({ put: { contested: 'theirs' } })
        return { change: { put: { contested: 'ours' } }, result: undefined }
      },
      { timeoutMs: 20 },
    )
    await assert.rejects(update, hasCode('store_unavailable', /"contested"/))
    assert.equal((await store.get('contested'))?.value, 'theirs')
  })
}

function closing(open: OpenStore): void {
  test('commits that were taken are done before the store closes', async (t) => {
    const store = await open(t)
    const commits = Array.from({ length: 10 }, (_, index) => store.commit({ put: { [`k${index}`]: index } }))
    await store.close()
    assert.deepEqual(
      (await Promise.all(commits)).map((result) => result.committed),
      Array(10).fill(true),
    )
  })

  test('a closed store answers every call with store_unavailable, and closes again in peace', async (t) => {
    const store = await open(t)
    await store.commit({ put: { a: 1 } })
    await Promise.all([store.close(), store.close()])
    await store.close()
    const closed = hasCode('store_unavailable', /closed/)
    await assert.rejects(store.get('a'), closed)
    await assert.rejects(store.list(''), closed)
    await assert.rejects(store.commit({ put: { a: 2 } }), closed)
    await assert.rejects(store.revision(), closed)
    await assert.rejects(collect(store.watch(''), 1), closed)
    await assert.rejects(collect(store.watch('', { fromRevision: 0 }), 1), closed)
  })

  test('a watch that waits meets the end of its store', async (t) => {
    const store = await open(t)
    const events = collect(store.watch(''), 1)
    await store.revision()
    await store.close()
    await assert.rejects(events, hasCode('store_unavailable', /closed/))
  })
}

export function hasCode(code: string, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof OrchestrationError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}

/** Of a store that has them. */
export async function stampOf(store: Store): Promise<object> {
  return (await store.stamp?.()) ?? assert.fail('The store has no stamps.')
}

type Told = StoreEvent | Extract<WatchBatch, { type: 'compacted' }>

/** What is told until there are `count` events. */
export async function collect(watch: AsyncIterable<WatchBatch>, count: number): Promise<readonly Told[]> {
  const told: Told[] = []
  for await (const batch of watch) {
    told.push(...(batch.type === 'changes' ? batch.events : [batch]))
    if (told.length >= count) break
  }
  return told
}

async function collectAll(watch: AsyncIterable<WatchBatch>): Promise<readonly Told[]> {
  return collect(watch, Number.POSITIVE_INFINITY)
}

export function increment(store: Store, key: string): Promise<unknown> {
  return updateEntry(store, key, (entry) => ({
    change: { put: { [key]: Number(entry?.value ?? 0) + 1 } },
    result: 0,
  }))
}

/** As they are listed, which is as they are known by keys alone, whether the store offers those or not. */
async function keysUnder(store: Store, prefix: string, page?: Page): Promise<readonly string[]> {
  const keys = keysOf(await store.list(prefix, page))
  const { keys: _, ...without } = store
  assert.deepEqual(await listKeys(store, prefix, page), keys)
  assert.deepEqual(await listKeys(without, prefix, page), keys)
  return keys
}

function keysOf(list: readonly (Entry | Told)[]): readonly string[] {
  return list.map((item) => ('key' in item ? item.key : item.type))
}

function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}
