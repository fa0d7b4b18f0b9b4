import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import { type Attempt, createIdempotency, type Idempotency } from '../../src/idempotency/idempotency.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createFolder } from '../support/folder.ts'
import { runTogether } from '../support/processes.ts'

const answer = { status: 200, mediaType: 'application/json', body: '{"status":"published"}' }
const minute = 60_000
const day = 24 * 60 * minute

describe('a key', () => {
  test('is new once, then running, then answered as at first', async () => {
    const { begin } = setUp()
    const turn = isNew(await begin('key'))
    assert.deepEqual(await begin('key'), { status: 'running' })
    await turn.finish(answer)
    for (let time = 0; time < 2; time += 1) assert.deepEqual(await begin('key'), { status: 'done', answer })
  })

  test('belongs to one request, while that runs and afterwards', async () => {
    const { begin } = setUp()
    const turn = isNew(await begin('key'))
    assert.deepEqual(await begin('key', 'something else'), { status: 'other_request' })
    await turn.finish(answer)
    assert.deepEqual(await begin('key', 'something else'), { status: 'other_request' })
  })

  test('belongs to its credential', async () => {
    const { idempotency, begin } = setUp()
    isNew(await begin('key'))
    isNew(await idempotency.begin('api_key', 'key', 'request'))
    isNew(await idempotency.begin('tok_1"', 'key', 'request'))
  })

  test('is free again when nothing was done', async () => {
    const { begin, count } = setUp()
    await isNew(await begin('key')).abandon()
    assert.equal(await count(), 0)
    isNew(await begin('key', 'something else'))
  })

  test('is free again when what was answered is too large to be kept', async () => {
    const { begin } = setUp()
    const body = 'é'.repeat(64 * 1024)
    await isNew(await begin('one')).finish({ ...answer, body })
    assert.deepEqual((await begin('one')).status, 'done')
    await isNew(await begin('two')).finish({ ...answer, body: `${body}!` })
    isNew(await begin('two'))
  })

  test('is kept for a day', async () => {
    const { begin, pass } = setUp()
    await isNew(await begin('key')).finish(answer)
    pass(day - 1)
    assert.equal((await begin('key')).status, 'done')
    pass(1)
    isNew(await begin('key', 'something else'))
  })

  test('of a process that is gone is free after a minute', async () => {
    const { begin, pass } = setUp()
    isNew(await begin('key'))
    pass(minute - 1)
    assert.equal((await begin('key')).status, 'running')
    pass(1)
    isNew(await begin('key'))
    assert.equal((await begin('key')).status, 'running')
  })

  test('is not answered by whoever lost it in the meantime', async () => {
    const { begin, pass } = setUp()
    const late = isNew(await begin('key'))
    pass(minute)
    const second = isNew(await begin('key'))
    await late.finish({ ...answer, body: 'late' })
    await late.abandon()
    assert.equal((await begin('key')).status, 'running')
    await second.finish(answer)
    assert.deepEqual(await begin('key'), { status: 'done', answer })
  })

  test('that was answered late, at the moment of the second try, is answered to that', async () => {
    const { store, idempotency } = setUp()
    const late = isNew(await idempotency.begin('tok_1', 'key', 'request'))
    const lateStore: Store = {
      ...store,
      async commit(change) {
        await late.finish(answer)
        return await store.commit(change)
      },
    }
    const clock = () => new Date(2 * minute)
    const second = createIdempotency({ store: lateStore, clock }).begin('tok_1', 'key', 'request')
    assert.deepEqual(await second, { status: 'done', answer })
  })
})

describe('the store', () => {
  test('never holds a key or a request in plain text', async () => {
    const { store, begin } = setUp()
    await isNew(await begin('my-own-key', 'what-is-asked')).finish(answer)
    const text = JSON.stringify(await store.list(''))
    assert.doesNotMatch(text, /my-own-key|what-is-asked|tok_1/)
  })

  test('with something else under a key is written over', async () => {
    const { store, begin } = setUp()
    isNew(await begin('key'))
    const [kept] = await store.list('idempotency/requests/')
    assert.ok(kept)
    const half = { owner: 'a', fingerprint: 'b', begunAt: 0 }
    for (const value of [
      'damaged',
      { owner: 1 },
      { owner: 'a', fingerprint: 1 },
      { ...half, begunAt: '0' },
      half,
    ]) {
      await store.commit({ put: { [kept.key]: value } })
      isNew(await begin('key'))
      assert.deepEqual(await begin('key'), { status: 'running' })
    }
  })

  test('with half an answer has none', async () => {
    const { store, begin } = setUp()
    await isNew(await begin('key')).finish(answer)
    const [kept] = await store.list('idempotency/requests/')
    assert.ok(kept)
    const halves = [{ status: 200 }, { status: 200, mediaType: 'text/plain' }, { ...answer, status: '200' }]
    for (const half of halves) {
      await store.commit({ put: { [kept.key]: { ...(kept.value as object), answer: half } } })
      assert.deepEqual(await begin('key'), { status: 'running' })
    }
  })
})

describe('at the most', () => {
  test('so many of a credential are kept; its oldest goes first, and nobody else’s', async () => {
    const { idempotency, begin, count } = setUp({ perCredential: 3, inAll: 100 })
    isNew(await idempotency.begin('tok_2', 'mine', 'request'))
    for (const key of ['a', 'b', 'c', 'd']) await isNew(await begin(key)).finish(answer)
    assert.equal(await count(), 4)
    assert.deepEqual(await Promise.all(['b', 'c', 'd'].map(async (key) => (await begin(key)).status)), [
      'done',
      'done',
      'done',
    ])
    assert.equal((await idempotency.begin('tok_2', 'mine', 'request')).status, 'running')
    isNew(await begin('a'))
  })

  test('so many are kept in all; the oldest goes first, whosever it is', async () => {
    const { idempotency, count } = setUp({ perCredential: 10, inAll: 3 })
    for (const owner of ['one', 'two', 'three', 'four'])
      await isNew(await idempotency.begin(owner, 'key', 'request')).finish(answer)
    assert.equal(await count(), 3)
    assert.equal((await idempotency.begin('two', 'key', 'request')).status, 'done')
    isNew(await idempotency.begin('one', 'key', 'request'))
  })

  test('one that floods its own line takes nothing from another', async () => {
    const { idempotency, begin, count } = setUp({ perCredential: 2, inAll: 4 })
    await isNew(await idempotency.begin('tok_2', 'mine', 'request')).finish(answer)
    for (let index = 0; index < 20; index += 1) await isNew(await begin(`key-${index}`)).finish(answer)
    for (let index = 0; index < 20; index += 1) await isNew(await begin(`other-${index}`)).abandon()
    assert.equal((await idempotency.begin('tok_2', 'mine', 'request')).status, 'done')
    assert.ok((await count()) <= 3)
  })

  test('what has run out goes as others come, with all that belongs to it', async () => {
    const { store, idempotency, begin, pass, count } = setUp()
    for (const key of ['a', 'b', 'c', 'd']) await isNew(await begin(key)).finish(answer)
    pass(day)
    for (const key of ['x', 'y']) await isNew(await idempotency.begin('tok_2', key, 'request')).finish(answer)
    assert.equal(await count(), 2)
    const keys = (await store.list('idempotency/')).map(({ key }) => key.split('/')[1])
    const kinds = Object.groupBy(keys, (kind = '') => kind)
    assert.deepEqual(Object.fromEntries(Object.entries(kinds).map(([kind, all]) => [kind, all?.length])), {
      ledger: 1,
      lines: 4,
      requests: 2,
      tallies: 1,
    })
  })

  test('a key that lapsed takes its place anew without driving another out', async () => {
    const { begin, pass, count } = setUp({ perCredential: 2, inAll: 2 })
    isNew(await begin('lapses'))
    pass(minute - 1)
    await isNew(await begin('kept')).finish(answer)
    pass(1)
    isNew(await begin('lapses'))
    assert.equal(await count(), 2)
    assert.equal((await begin('kept')).status, 'done')
  })
})

describe('a request that still runs', () => {
  test('is not given up for newer ones of its credential: those that are answered go', async () => {
    const { begin, count } = setUp({ perCredential: 3, inAll: 100 })
    const first = isNew(await begin('a'))
    for (const key of ['b', 'c', 'd', 'e']) await isNew(await begin(key)).finish(answer)
    assert.deepEqual([(await begin('a')).status, await count()], ['running', 3])
    await first.finish(answer)
    assert.deepEqual(await begin('a'), { status: 'done', answer })
    isNew(await begin('b'))
  })

  test('is not given up when all are such: the newcomer is refused, of a credential and in all', async () => {
    const { idempotency, begin, pass } = setUp({ perCredential: 12, inAll: 13 })
    const turns: Turn[] = []
    for (let index = 0; index < 12; index += 1) turns.push(isNew(await begin(`key-${index}`)))
    await assert.rejects(begin('more'), { code: 'overloaded' })
    isNew(await idempotency.begin('tok_2', 'key', 'request'))
    await assert.rejects(idempotency.begin('tok_3', 'key', 'request'), { code: 'overloaded' })
    assert.equal((await begin('key-0')).status, 'running')
    await turns[11]?.finish(answer)
    isNew(await begin('more'))
    pass(minute)
    isNew(await begin('after those are gone'))
  })
})

describe('of the bytes that are kept', () => {
  const large = { ...answer, body: 'x'.repeat(1000) }

  test('so many are a credential’s; its oldest answers go for a new one, and nobody else’s', async () => {
    const { idempotency, begin, bytes } = setUp(undefined, { perCredential: 4000, inAll: 2 ** 20 })
    await isNew(await idempotency.begin('tok_2', 'mine', 'request')).finish(large)
    const running = isNew(await begin('running'))
    for (const key of ['a', 'b', 'c', 'd']) await isNew(await begin(key)).finish(large)
    const { written, counted } = await bytes()
    assert.equal(counted, written)
    assert.equal((await idempotency.begin('tok_2', 'mine', 'request')).status, 'done')
    assert.equal((await begin('running')).status, 'running')
    for (const key of ['c', 'd']) assert.equal((await begin(key)).status, 'done')
    await running.abandon()
    isNew(await begin('a'))
    assert.equal((await bytes()).counted, (await bytes()).written)
  })

  test('so many are kept in all, and what is counted is what is written', async () => {
    const { idempotency, bytes } = setUp(undefined, { perCredential: 2 ** 20, inAll: 5000 })
    for (let index = 0; index < 20; index += 1) {
      const turn = isNew(await idempotency.begin(`tok_${index % 7}`, `key-${index}`, 'request'))
      await turn.finish({ ...large, body: 'é"'.repeat(index * 30) })
      const { written, counted } = await bytes()
      assert.equal(counted, written)
      assert.ok(counted <= 5000, `${counted} bytes`)
    }
    assert.equal((await idempotency.begin('tok_5', 'key-19', 'request')).status, 'done')
    isNew(await idempotency.begin('tok_0', 'key-0', 'request'))
  })

  test('the request that is answered late makes room like any other', async () => {
    const probe = setUp()
    await isNew(await probe.begin('late')).finish(large)
    const { counted: each } = await probe.bytes()
    const most = 3 * each - 50
    const { begin, pass, bytes } = setUp(undefined, { perCredential: most, inAll: 2 ** 20 })
    const late = isNew(await begin('late'))
    for (const key of ['a', 'b']) await isNew(await begin(key)).finish(large)
    pass(minute)
    await late.finish(large)
    const { written, counted } = await bytes()
    assert.equal(counted, written)
    assert.ok(counted <= most, `${counted} bytes of ${most}`)
    assert.deepEqual([(await begin('late')).status, (await begin('b')).status], ['done', 'done'])
  })

  test('too few for an answer leave its key free, and all others as they are', async () => {
    const { begin, count, bytes } = setUp(undefined, { perCredential: 900, inAll: 2 ** 20 })
    await isNew(await begin('kept')).finish(answer)
    await isNew(await begin('too large')).finish(large)
    assert.deepEqual([(await begin('kept')).status, await count()], ['done', 1])
    assert.equal((await bytes()).counted, (await bytes()).written)
  })
})

test('of many that begin at once, in one process, one is new', async () => {
  const { begin } = setUp()
  const attempts = await Promise.all(Array.from({ length: 20 }, () => begin('key')))
  assert.equal(attempts.filter(({ status }) => status === 'new').length, 1)
  assert.equal(attempts.filter(({ status }) => status === 'running').length, 19)
})

test('of many that begin at once, in several processes, one is new, and the counts are exact', async (t) => {
  const file = path.join(await createFolder(t), 'store.sqlite')
  const script = new URL('idempotency-child.ts', import.meta.url)
  const outcomes = await runTogether<readonly string[]>(script, [file], 3)
  for (const at of outcomes[0]?.keys() ?? []) {
    const statuses = outcomes.map((each) => each[at]).toSorted()
    assert.deepEqual(statuses, ['new', 'running', 'running'])
  }
  assert.equal(outcomes[0]?.length, 10)
  const store = createSqliteStore({ file })
  t.after(() => store.close())
  const requests = await store.list('idempotency/requests/')
  const bytes = requests.reduce((sum, { value }) => sum + Buffer.byteLength(JSON.stringify(value)), 0)
  assert.deepEqual((await store.get('idempotency/ledger'))?.value, { next: 10, count: 10, bytes })
})

type Turn = Extract<Attempt, { readonly status: 'new' }>

function isNew(attempt: Attempt): Turn {
  assert.equal(attempt.status, 'new')
  return attempt as Turn
}

function setUp(
  counts = { perCredential: 100, inAll: 100 },
  bytes = { perCredential: 2 ** 20, inAll: 2 ** 20 },
) {
  let now = 0
  const store = createMemoryStore()
  const bounds = {
    perCredential: { count: counts.perCredential, bytes: bytes.perCredential },
    inAll: { count: counts.inAll, bytes: bytes.inAll },
  }
  const idempotency: Idempotency = createIdempotency({ store, clock: () => new Date(now), bounds })
  return {
    store,
    idempotency,
    begin: (key: string, fingerprint = 'request') => idempotency.begin('tok_1', key, fingerprint),
    count: async () => (await store.list('idempotency/requests/')).length,
    /** Of all that is kept, as it is written and as the ledger has it. */
    bytes: async () => {
      const requests = await store.list('idempotency/requests/')
      const ledger = (await store.get('idempotency/ledger'))?.value as { readonly bytes: number }
      return {
        written: requests.reduce((sum, { value }) => sum + Buffer.byteLength(JSON.stringify(value)), 0),
        counted: ledger.bytes,
      }
    },
    pass(ms: number) {
      now += ms
    },
  }
}
