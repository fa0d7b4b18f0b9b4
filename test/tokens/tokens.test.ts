import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { OrchestrationError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createTokens, type TokensOptions } from '../../src/tokens/tokens.ts'

describe('making a token', () => {
  test('gives 43 URL-safe characters out of 32 random bytes, another each time', async (t) => {
    const { tokens } = setUp(t)
    const made = await Promise.all(Array.from({ length: 20 }, () => tokens.generate()))
    for (const { token } of made) assert.match(token, /^[A-Za-z0-9_-]{43}$/)
    assert.equal(new Set(made.map(({ token }) => token)).size, 20)
    assert.equal(new Set(made.map(({ record }) => record.id)).size, 20)
  })

  test('asks the random source for 32 bytes and uses them all', async (t) => {
    const asked: number[] = []
    const bytes = Uint8Array.from({ length: 32 }, (_, index) => index * 8)
    const random = (size: number) => {
      asked.push(size)
      return bytes
    }
    const { tokens } = setUp(t, { random })
    const { token } = await tokens.generate()
    assert.deepEqual(asked, [32])
    assert.deepEqual(Uint8Array.from(Buffer.from(token, 'base64url')), bytes)
  })

  test('records who it is for; by default it may do all but administer, for ever', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate()
    assert.match(record.id, /^tok_[0-9a-f]{16}$/)
    assert.deepEqual(record, {
      id: record.id,
      name: null,
      scopes: ['read', 'write', 'publish', 'deploy'],
      limits: null,
      createdAt: '2026-11-01T12:00:00.000Z',
      expiresAt: null,
      replacedBy: null,
      lastUsedAt: null,
      usageCount: 0,
    })
    const expiresAt = new Date('2026-12-01T00:00:00Z')
    const named = await tokens.generate({ name: 'n8n', scopes: ['deploy', 'read', 'read'], expiresAt })
    assert.deepEqual(
      [named.record.name, named.record.scopes, named.record.expiresAt],
      ['n8n', ['read', 'deploy'], '2026-12-01T00:00:00.000Z'],
    )
  })

  test('is refused for an unsound request, and nothing is stored', async (t) => {
    const { tokens, store } = setUp(t)
    await assert.rejects(tokens.generate({ name: 'a\nb', scopes: [] }), (error) => {
      assert.ok(error instanceof OrchestrationError)
      assert.equal(error.code, 'invalid_request')
      assert.deepEqual(
        error.errors?.map(({ pointer }) => pointer),
        ['/name', '/scopes'],
      )
      return true
    })
    assert.equal(await store.revision(), 0)
  })

  test('is refused when the random source repeats itself', async (t) => {
    const { tokens } = setUp(t, { random: (size) => new Uint8Array(size) })
    await tokens.generate()
    await assert.rejects(tokens.generate(), hasCode('internal_error'))
  })

  test('leaves nothing of the token in the store or in its files', async (t) => {
    const folder = await newFolder(t)
    const store = createSqliteStore({ file: path.join(folder, 'store.sqlite') })
    const tokens = createTokens({ store, clock: () => new Date() })
    const { token, record } = await tokens.generate({ name: 'findable' })
    tokens.recordUse(record.id)
    await tokens.verify(token)
    await tokens.close()
    assert.equal(JSON.stringify(await store.list('')).includes(token), false)
    assert.equal(await countFilesWith(folder, token, Buffer.from(token, 'base64url')), 0)
    assert.ok((await countFilesWith(folder, hash('sha256', token))) > 0)
    await store.close()
    assert.equal(await countFilesWith(folder, token, Buffer.from(token, 'base64url')), 0)
  })
})

describe('verifying', () => {
  test('a token answers what it grants', async (t) => {
    const { tokens } = setUp(t)
    const { token, record } = await tokens.generate({ name: 'CI', scopes: ['publish'] })
    const { lastUsedAt, usageCount, ...grant } = record
    assert.deepEqual(await tokens.verify(token), grant)
  })

  test('another token, or the token with one character changed, is nothing', async (t) => {
    const { tokens } = setUp(t)
    const { token } = await tokens.generate()
    const other = token.startsWith('A') ? `B${token.slice(1)}` : `A${token.slice(1)}`
    assert.equal(await tokens.verify(other), undefined)
    assert.equal(await tokens.verify('A'.repeat(43)), undefined)
  })

  test('an id alone, or a hash, opens nothing', async (t) => {
    const { tokens } = setUp(t)
    const { token, record } = await tokens.generate()
    assert.equal(await tokens.verify(record.id), undefined)
    assert.equal(await tokens.verify(hash('sha256', token)), undefined)
  })

  test('an entry under the id whose hash differs is nothing', async (t) => {
    const { tokens, store } = setUp(t)
    const { token, record } = await tokens.generate()
    const entry = await store.get(`tokens/${record.id}`)
    const forged = { ...(entry?.value as object), hash: '0'.repeat(64) }
    await store.commit({ put: { [`tokens/${record.id}`]: forged } })
    assert.equal(await tokens.verify(token), undefined)
  })

  test('what has not the shape of a token is refused without asking the store', async (t) => {
    const store = createMemoryStore()
    const { tokens } = setUp(t, { store })
    await store.close()
    for (const text of ['', 'short', 'A'.repeat(44), `${'A'.repeat(42)}é`, '../'.repeat(15)]) {
      assert.equal(await tokens.verify(text), undefined)
    }
    await assert.rejects(tokens.verify('A'.repeat(43)), hasCode('store_unavailable'))
  })

  test('a token ends at its time', async (t) => {
    const time = { now: new Date('2026-11-01T12:00:00Z') }
    const { tokens } = setUp(t, { clock: () => time.now })
    const { token, record } = await tokens.generate({ expiresAt: new Date('2026-11-01T13:00:00Z') })
    time.now = new Date('2026-11-01T12:59:59.999Z')
    assert.equal((await tokens.verify(token))?.id, record.id)
    time.now = new Date('2026-11-01T13:00:00Z')
    assert.equal(await tokens.verify(token), undefined)
    assert.equal((await tokens.list()).length, 1)
  })

  test('a token that another process made or revoked is known at the next request', async (t) => {
    const file = path.join(await newFolder(t), 'store.sqlite')
    const [server, command] = [setUpSqlite(t, file), setUpSqlite(t, file)]
    assert.equal(await server.isEmpty(), true)
    const { token, record } = await command.generate()
    assert.equal((await server.verify(token))?.id, record.id)
    await command.revoke(record.id)
    assert.equal(await server.verify(token), undefined)
  })
})

describe('keeping tokens', () => {
  test('they are listed, the oldest first, without their hashes', async (t) => {
    const time = { now: 0 }
    const { tokens, store } = setUp(t, { clock: () => new Date(Date.UTC(2026, 10, 1) + time.now) })
    const made = []
    for (time.now = 0; time.now < 5; time.now += 1)
      made.push((await tokens.generate({ name: `no ${time.now}` })).record)
    await store.commit({ put: { 'tokens/tok_damaged': 'no grant' } })
    assert.deepEqual(await tokens.list(), made)
  })

  test('one is found by its id', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate()
    assert.deepEqual(await tokens.get(record.id), record)
  })

  test('a revoked one is gone with its usage', async (t) => {
    const { tokens, store } = setUp(t)
    const { token, record } = await tokens.generate()
    tokens.recordUse(record.id)
    await tokens.flush()
    await tokens.revoke(record.id)
    assert.equal(await tokens.verify(token), undefined)
    assert.deepEqual(await store.list(''), [])
    assert.equal(await tokens.isEmpty(), true)
    await assert.rejects(tokens.revoke(record.id), hasCode('token_not_found', new RegExp(record.id)))
    await assert.rejects(tokens.get(record.id), hasCode('token_not_found'))
  })

  test('a token that is given in place of an id is not repeated in the refusal', async (t) => {
    const { tokens } = setUp(t)
    const { token } = await tokens.generate()
    for (const refused of [tokens.revoke(token), tokens.get(token)]) {
      await assert.rejects(
        refused,
        (error: Error) => !error.message.includes(token) && hasCode('token_not_found')(error),
      )
    }
  })
})

describe('counting uses', () => {
  test('a use is seen at once, and written within a second', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { tokens, store } = setUp(t)
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    tokens.recordUse(record.id)
    const used = { ...record, usageCount: 2, lastUsedAt: '2026-11-01T12:00:00.000Z' }
    assert.deepEqual(await tokens.get(record.id), used)
    assert.deepEqual(await tokens.list(), [used])
    assert.equal(await store.get(`token-usage/${record.id}`), undefined)
    t.mock.timers.tick(999)
    assert.deepEqual(await tokens.get(record.id), used)
    assert.deepEqual((await store.get(`token-usage/${record.id}`))?.value, {
      usageCount: 2,
      lastUsedAt: '2026-11-01T12:00:00.000Z',
    })
  })

  test('the timer does not keep a process alive', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    assert.equal(process.getActiveResourcesInfo().includes('Timeout'), false)
  })

  test('closing writes what is left, and counting afterwards starts no timer', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { tokens, store } = setUp(t)
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    await tokens.close()
    assert.equal((await usageIn(store, record.id))?.usageCount, 1)
    tokens.recordUse(record.id)
    t.mock.timers.tick(10_000)
    await tokens.list()
    assert.equal((await usageIn(store, record.id))?.usageCount, 1)
  })

  test('uses during a flush are neither lost nor counted twice', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate()
    const reads = []
    for (let round = 1; round <= 50; round += 1) {
      tokens.recordUse(record.id)
      void tokens.flush()
      reads.push(tokens.get(record.id).then(({ usageCount }) => usageCount))
      await Promise.resolve()
    }
    const counts = await Promise.all(reads)
    assert.deepEqual(
      counts.toSorted((left, right) => left - right),
      counts,
    )
    assert.ok(counts.every((count) => count <= 50))
    await tokens.flush()
    assert.equal((await tokens.get(record.id)).usageCount, 50)
  })

  test('several processes add up', async (t) => {
    const file = path.join(await newFolder(t), 'store.sqlite')
    const servers = [setUpSqlite(t, file), setUpSqlite(t, file), setUpSqlite(t, file)]
    const { record } = (await servers[0]?.generate()) ?? assert.fail()
    for (let round = 0; round < 5; round += 1) {
      for (const server of servers) server.recordUse(record.id)
      await Promise.all(servers.map((server) => server.flush()))
    }
    for (const server of servers) assert.equal((await server.get(record.id)).usageCount, 15)
  })

  test('what the store can not take is kept, told, and written with the next flush', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const told: unknown[] = []
    const { failing, store } = createFailingStore()
    const { tokens } = setUp(t, { store, onFlushFailed: (error) => told.push(error) })
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    failing.now = true
    t.mock.timers.tick(1_000)
    await assert.rejects(tokens.flush(), hasCode('store_unavailable'))
    assert.equal(told.length, 1)
    await assert.rejects(tokens.list(), hasCode('store_unavailable'))
    failing.now = false
    tokens.recordUse(record.id)
    assert.equal((await tokens.get(record.id)).usageCount, 2)
    t.mock.timers.tick(1_000)
    await tokens.list()
    assert.equal((await usageIn(store, record.id))?.usageCount, 2)
  })

  test('that it can not is told once, until it can again', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const told: unknown[] = []
    const { failing, store } = createFailingStore()
    const { tokens } = setUp(t, { store, onFlushFailed: (error) => told.push(error) })
    const { record } = await tokens.generate()
    const flushByItself = async () => {
      tokens.recordUse(record.id)
      t.mock.timers.tick(1_000)
      // Flushes take turns, so the one above is over when this one is.
      await tokens.flush().catch(() => {})
    }
    failing.now = true
    for (let time = 0; time < 3; time += 1) await flushByItself()
    assert.equal(told.length, 1)
    failing.now = false
    await flushByItself()
    failing.now = true
    await flushByItself()
    assert.equal(told.length, 2)
  })

  test('a store that is down does not keep the tokens from closing', async (t) => {
    const told: unknown[] = []
    const { failing, store } = createFailingStore()
    const { tokens } = setUp(t, { store, onFlushFailed: (error) => told.push(error) })
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    failing.now = true
    await tokens.close()
    assert.equal(told.length, 1)
  })

  test('uses of a token that is revoked, or of no token at all, leave no trace', async (t) => {
    const { tokens, store } = setUp(t)
    const { record } = await tokens.generate()
    tokens.recordUse(record.id)
    tokens.recordUse('api_key')
    await tokens.revoke(record.id)
    await tokens.flush()
    assert.deepEqual(await store.list(''), [])
    assert.deepEqual(await tokens.list(), [])
  })

  test('counting never stands in the way of revoking, nor brings a token back', async (t) => {
    const { tokens, store } = setUp(t)
    const { token, record } = await tokens.generate()
    tokens.recordUse(record.id)
    await Promise.all([tokens.flush(), tokens.revoke(record.id)])
    assert.equal(await tokens.verify(token), undefined)
    assert.deepEqual(await store.list(''), [])
  })
})

function setUp(t: TestContext, options: Partial<TokensOptions> = {}) {
  const { store = createMemoryStore() } = options
  const tokens = createTokens({ clock: () => new Date('2026-11-01T12:00:00Z'), ...options, store })
  t.after(() => tokens.close())
  return { store, tokens }
}

/** As a process of its own would have it: its own connection, its own counts. */
function setUpSqlite(t: TestContext, file: string) {
  const store = createSqliteStore({ file })
  const tokens = createTokens({ store, clock: () => new Date() })
  t.after(async () => {
    await tokens.close()
    await store.close()
  })
  return tokens
}

function createFailingStore() {
  const memory = createMemoryStore()
  const failing = { now: false }
  const refuse = async () => {
    throw new OrchestrationError('store_unavailable', 'The disk is full.')
  }
  const store: Store = {
    ...memory,
    list: (prefix, page) => (failing.now ? refuse() : memory.list(prefix, page)),
    get: (key) => (failing.now ? refuse() : memory.get(key)),
    commit: (change) => (failing.now ? refuse() : memory.commit(change)),
  }
  return { failing, store }
}

async function usageIn(store: Store, id: string): Promise<{ usageCount?: unknown } | undefined> {
  return (await store.get(`token-usage/${id}`))?.value as { usageCount?: unknown } | undefined
}

async function newFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-tokens-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function countFilesWith(folder: string, ...wanted: readonly (string | Buffer)[]): Promise<number> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(path.join(folder, name))))
  return files.filter((bytes) => wanted.some((one) => bytes.includes(one))).length
}

function hasCode(code: string, message = /./): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof OrchestrationError, String(error))
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}
