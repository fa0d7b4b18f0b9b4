import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createEndings } from '../../src/tokens/endings.ts'
import { createTokens, type Tokens } from '../../src/tokens/tokens.ts'

describe('the end of a token', () => {
  test('is told to everyone who waits for it when it is revoked, once, and to nobody else', async (t) => {
    const { tokens, make } = setUp(t)
    const [id, other] = [await make(), await make()]
    const told: string[] = []
    const ended = Promise.withResolvers<void>()
    tokens.whenEnded(other, () => told.push('other'))
    tokens.whenEnded(id, () => told.push('first'))
    tokens.whenEnded(id, () => {
      told.push('second')
      ended.resolve()
    })
    await tokens.revoke(id)
    await ended.promise
    assert.deepEqual(told, ['first', 'second'])
  })

  test('is told when it is past already', async (t) => {
    const { tokens, make } = setUp(t)
    const id = await make()
    await tokens.revoke(id)
    await new Promise<void>((resolve) => tokens.whenEnded(id, resolve))
    await new Promise<void>((resolve) => tokens.whenEnded('tok_0000000000000000', resolve))
  })

  test('is told when it expires', async (t) => {
    const { tokens, make, set } = setUp(t)
    const id = await make({ expiresAt: new Date(start + 30) })
    const ended = new Promise<void>((resolve) => tokens.whenEnded(id, resolve))
    set(start + 30)
    await ended
  })

  test('is not told while the token is valid, however often its timer runs', async (t) => {
    const { tokens, make, set } = setUp(t)
    const id = await make({ expiresAt: new Date(start + 5) })
    let looks = 0
    const looked = Promise.withResolvers<void>()
    set(() => {
      looks += 1
      if (looks === 4) looked.resolve()
      return looks <= 4 ? start : start + 5
    })
    let ended = false
    const end = new Promise<void>((resolve) => tokens.whenEnded(id, resolve)).then(() => {
      ended = true
    })
    await looked.promise
    assert.equal(ended, false)
    await end
  })

  test('is waited for longer than a timer can count', async (t) => {
    const { tokens, make } = setUp(t)
    const id = await make({ expiresAt: new Date(start + 2 ** 40) })
    let ended = false
    t.after(tokens.whenEnded(id, () => (ended = true)))
    await settle()
    assert.equal(ended, false)
  })

  test('is not told to those who stopped waiting, and the store is let go with the last of them', async (t) => {
    const memory = createMemoryStore()
    const signals: (AbortSignal | undefined)[] = []
    const store: Store = {
      ...memory,
      watch: (prefix, options) => {
        signals.push(options?.signal)
        return memory.watch(prefix, options)
      },
    }
    const { tokens, make } = setUp(t, store)
    const id = await make()
    const told: string[] = []
    const stops = ['first', 'second'].map((name) => tokens.whenEnded(id, () => told.push(name)))
    await settle()
    stops[0]?.()
    assert.deepEqual([signals.length, signals[0]?.aborted], [1, false])
    stops[1]?.()
    stops[1]?.()
    assert.equal(signals[0]?.aborted, true)
    await tokens.revoke(id)
    await settle()
    assert.deepEqual(told, [])
    await new Promise<void>((resolve) => tokens.whenEnded(id, resolve))
  })

  test('is told to nobody once the tokens are closed', async (t) => {
    const { tokens, make, store } = setUp(t)
    const id = await make()
    let ended = false
    tokens.whenEnded(id, () => (ended = true))
    await tokens.close()
    await store.commit({ delete: [`tokens/${id}`] })
    await settle()
    assert.equal(ended, false)
  })

  test('is seen within a second when another process revokes it', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-endings-'))
    const stores = [0, 1].map(() => createSqliteStore({ file: path.join(folder, 'store.sqlite') }))
    t.after(async () => {
      for (const store of stores) await store.close()
      await rm(folder, { recursive: true, force: true })
    })
    const [ours, theirs] = stores.map((store) => createTokens({ store, clock: () => new Date() }))
    assert.ok(ours && theirs)
    const { record } = await ours.generate()
    const ended = new Promise<void>((resolve) => ours.whenEnded(record.id, resolve))
    const before = performance.now()
    await theirs.revoke(record.id)
    await ended
    assert.ok(performance.now() - before < 1_000)
    await ours.close()
  })

  test('is seen after the history in between is gone', async (t) => {
    const store = createMemoryStore({ historyRevisions: 1 })
    const { tokens, make } = setUp(t, store)
    const id = await make()
    const ended = new Promise<void>((resolve) => tokens.whenEnded(id, resolve))
    await settle()
    // In one turn, so that the reader finds the history compacted when it wakes.
    void store.commit({ delete: [`tokens/${id}`] })
    for (let value = 0; value < 3; value += 1) void store.commit({ put: { other: value } })
    await ended
  })

  for (const broken of ['get', 'revision'] as const) {
    test(`is seen after the store's ${broken} did not answer for a while`, async (t) => {
      const memory = createMemoryStore()
      const failing = { times: 2 }
      const store: Store = {
        ...memory,
        [broken]: (key: string) => {
          failing.times -= 1
          if (failing.times >= 0) return Promise.reject(new Error('Not now.'))
          return memory[broken](key)
        },
      }
      const { make } = setUp(t, memory)
      const id = await make()
      const endings = createEndings({ store, clock: () => new Date(start), retryMs: 1 })
      const ended = new Promise<void>((resolve) => endings.whenEnded(id, resolve))
      await memory.commit({ delete: [`tokens/${id}`] })
      await ended
    })
  }

  test('is not looked for any more when it is given up while the store is asked', async (t) => {
    const answers: PromiseWithResolvers<number>[] = []
    const revision = () => {
      const answer = Promise.withResolvers<number>()
      answers.push(answer)
      return answer.promise
    }
    const { make, store } = setUp(t)
    const endings = createEndings({ store: { ...store, revision }, clock: () => new Date(start), retryMs: 0 })
    const id = await make()
    endings.whenEnded(id, () => assert.fail('The token has not ended.'))
    endings.close()
    answers[0]?.reject(new Error('Closed.'))
    endings.whenEnded(id, () => assert.fail('The token has not ended.'))()
    answers[1]?.resolve(0)
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.equal(answers.length, 2)
  })

  test('leaves no listener behind for each time that the store did not answer', async (t) => {
    const { make, store } = setUp(t)
    const signals: AbortSignal[] = []
    const tried = Promise.withResolvers<void>()
    const watch: Store['watch'] = (_prefix, { signal } = {}) => {
      if (signal) signals.push(signal)
      if (signals.length === 10) tried.resolve()
      throw new Error('Never.')
    }
    const endings = createEndings({ store: { ...store, watch }, clock: () => new Date(start), retryMs: 1 })
    t.after(endings.whenEnded(await make(), () => assert.fail('The token has not ended.')))
    await tried.promise
    const [signal] = signals
    assert.ok(signal)
    assert.ok(getEventListeners(signal, 'abort').length <= 1)
  })

  test('is not looked for any more when a store that does not answer is given up', async (t) => {
    let asked = 0
    const revision = () => {
      asked += 1
      return Promise.reject(new Error('Never.'))
    }
    const { make, store } = setUp(t)
    const endings = createEndings({ store: { ...store, revision }, clock: () => new Date(start), retryMs: 1 })
    endings.whenEnded(await make(), () => assert.fail('The token has not ended.'))
    await settle()
    endings.close()
    const before = asked
    await settle()
    assert.equal(asked, before)
  })
})

const start = Date.parse('2026-11-01T12:00:00Z')

interface SetUp {
  readonly tokens: Tokens
  readonly store: Store
  /** Answers the id of a new token. */
  readonly make: (request?: Parameters<Tokens['generate']>[0]) => Promise<string>
  readonly set: (now: number | (() => number)) => void
}

function setUp(t: TestContext, store: Store = createMemoryStore()): SetUp {
  let now: number | (() => number) = start
  const tokens = createTokens({ store, clock: () => new Date(typeof now === 'number' ? now : now()) })
  t.after(() => tokens.close())
  return {
    tokens,
    store,
    make: async (request) => (await tokens.generate(request)).record.id,
    set: (time) => {
      now = time
    },
  }
}

/** Long enough for everything that needs no timer. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
