import assert from 'node:assert/strict'
import { beforeEach, describe, test } from 'node:test'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { listKeys, type Store } from '../../src/store/store.ts'
import { createTokens, type Grant, type Tokens } from '../../src/tokens/tokens.ts'

let store: Store
let tokens: Tokens
/** What was asked of the store, as `list tokens/`. */
let asked: string[]
let nowMs: number

beforeEach(() => setUp(createMemoryStore()))

function setUp(inner: Store): void {
  asked = []
  nowMs = Date.UTC(2026, 10, 1)
  store = {
    ...inner,
    get: (key) => noting(`get ${key}`, inner.get(key)),
    list: (prefix, page) => noting(`list ${prefix}`, inner.list(prefix, page)),
    keys: (prefix, page) => noting(`list ${prefix}`, listKeys(inner, prefix, page)),
    commit: (change) => noting('commit', inner.commit(change)),
  }
  tokens = open()
}

function noting<T>(what: string, answer: T): T {
  asked.push(what)
  return answer
}

/** As another process has them. */
function open(over: Partial<Store> = {}): Tokens {
  return createTokens({ store: { ...store, ...over }, clock: () => new Date(nowMs) })
}

/** In pairs of one age each. */
async function generate(count: number): Promise<readonly Grant[]> {
  const made: Grant[] = []
  for (let each = 0; each < count; each += 1) {
    nowMs += each % 2
    made.push((await tokens.generate({ name: `no ${each}` })).record)
  }
  return made
}

/** As an earlier version writes and deletes grants: without their places. */
async function writeAsEarlier(ids: readonly string[]): Promise<void> {
  const value = { hash: 'a'.repeat(64), name: null, scopes: ['read'], expiresAt: null }
  for (const [index, id] of ids.entries())
    await store.commit({ put: { [`tokens/${id}`]: { ...value, createdAt: `2026-10-0${9 - index}` } } })
}

async function idsOf(from: Tokens = tokens, limit = 3): Promise<readonly string[]> {
  const ids: string[] = []
  let after: string | undefined
  do {
    const page = await from.page({ limit, ...(after !== undefined && { after }) })
    assert.ok(page.tokens.length <= limit)
    ids.push(...page.tokens.map(({ id }) => id))
    assert.ok(page.next === undefined || page.next > (after ?? ''))
    after = page.next
  } while (after !== undefined)
  return ids
}

async function allIds(): Promise<readonly string[]> {
  return (await tokens.list()).map(({ id }) => id)
}

const readsAll = () => asked.includes('list tokens/')

describe('a page of the tokens', () => {
  test('has them by age and id, as all of them are listed', async () => {
    await generate(10)
    assert.deepEqual(await idsOf(), await allIds())
    assert.deepEqual(await idsOf(tokens, 5), await allIds())
  })

  test('costs as much as it holds, and writes nothing', async () => {
    await generate(50)
    asked = []
    const { tokens: page, next } = await tokens.page({ limit: 3 })
    assert.equal(page.length, 3)
    assert.ok(next)
    assert.deepEqual([asked.filter((each) => each.startsWith('get tokens/')).length, readsAll()], [4, false])
    assert.equal(asked.includes('commit'), false)
  })

  test('says how far its tokens are used', async () => {
    const [first] = await generate(2)
    tokens.recordUse(first?.id ?? '')
    assert.deepEqual((await tokens.page({ limit: 5 })).tokens, await tokens.list())
    assert.equal((await tokens.page({ limit: 1 })).tokens[0]?.usageCount, 1)
  })

  test('is without those that were revoked, and with those that were rotated and their successors', async () => {
    const [revoked, rotated] = await generate(3)
    nowMs += 1
    await tokens.rotate(rotated?.id ?? '')
    await tokens.revoke(revoked?.id ?? '')
    assert.equal((await idsOf()).length, 3)
    assert.deepEqual(await idsOf(), await allIds())
    for (const id of await allIds()) await tokens.revoke(id)
    assert.deepEqual(await store.list(''), [])
  })

  test('of those that are wanted looks at so many others and no more, and says where to go on', async () => {
    const made = await generate(1_600)
    const wanted = made.at(-1)?.id
    const isWanted = ({ id }: Grant) => id === wanted
    asked = []
    const first = await tokens.page({ limit: 2, isWanted })
    assert.deepEqual(first.tokens, [])
    assert.ok(asked.filter((each) => each.startsWith('get tokens/')).length < 1_600)
    const second = await tokens.page({ limit: 2, after: first.next ?? '', isWanted })
    assert.deepEqual([second.tokens.map(({ id }) => id), second.next], [[wanted], undefined])
  })
})

describe('tokens that an earlier version made', () => {
  test('are in their order from the first page on, and later pages cost no more than others', async () => {
    const earlier = ['tok_3', 'tok_1', 'tok_2']
    await writeAsEarlier(earlier)
    await generate(2)
    assert.deepEqual(await idsOf(tokens, 1), [...earlier.toReversed(), ...(await allIds()).slice(3)])
    asked = []
    assert.equal((await idsOf(open())).length, 5)
    assert.equal(readsAll(), false)
  })

  test('are looked for once more for all who ask meanwhile, and nobody misses what was there when he asked', async () => {
    await writeAsEarlier(['tok_2', 'tok_1'])
    const [read, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const reader = open({
      async keys(prefix, page) {
        const found = await listKeys(store, prefix, page)
        read.resolve()
        if (prefix === 'tokens-by-age/') await released.promise
        return found
      },
    })
    const early = idsOf(reader)
    await read.promise
    const [made] = await generate(1)
    const late = Array.from({ length: 10 }, () => idsOf(reader))
    released.resolve()
    assert.deepEqual((await early).slice(0, 2), ['tok_1', 'tok_2'])
    for (const ids of await Promise.all(late)) assert.deepEqual(ids, ['tok_1', 'tok_2', made?.id])
    assert.equal(asked.filter((each) => each === 'list tokens/').length, 2)
  })

  test('are listed to all who ask at once where their order cannot be written', async () => {
    await writeAsEarlier(['tok_2', 'tok_1'])
    const reader = open({ commit: () => Promise.reject(new Error('full')) })
    const found = await Promise.all(Array.from({ length: 3 }, () => idsOf(reader, 1)))
    assert.deepEqual(found, Array(3).fill(['tok_1', 'tok_2']))
  })

  test('are listed where their order cannot be written', async () => {
    await writeAsEarlier(['tok_2', 'tok_1'])
    const reader = open({ commit: () => Promise.reject(new Error('full')) })
    assert.deepEqual(await idsOf(reader, 1), ['tok_1', 'tok_2'])
  })

  test('are seen when it makes and revokes them meanwhile', async () => {
    const [first, second] = await generate(2)
    assert.equal((await idsOf()).length, 2)
    await writeAsEarlier(['tok_1'])
    assert.deepEqual(await idsOf(), ['tok_1', first?.id, second?.id])
    await store.commit({ delete: [`tokens/${first?.id}`] })
    assert.deepEqual(await idsOf(), ['tok_1', second?.id])
    assert.equal((await store.list('tokens-by-age/')).length, 2)
  })

  test('are found where the history that would tell of them is gone', async () => {
    setUp(createMemoryStore({ historyRevisions: 2 }))
    await writeAsEarlier(['tok_1'])
    for (let each = 0; each < 3; each += 1) await store.commit({ put: { other: each } })
    assert.deepEqual(await idsOf(), ['tok_1'])
  })

  test('are not looked for again by each process, however much has happened since', async () => {
    setUp(createMemoryStore({ historyRevisions: 1_500 }))
    await writeAsEarlier(['tok_1'])
    for (let round = 0; round < 3; round += 1) {
      asked = []
      assert.deepEqual(await idsOf(open()), ['tok_1'])
      for (let each = 0; each < 1_100; each += 1) await store.commit({ put: { other: each } })
    }
    assert.equal(readsAll(), false)
  })
})
