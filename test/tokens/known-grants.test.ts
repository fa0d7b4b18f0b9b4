import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createKnownGrants } from '../../src/tokens/known-grants.ts'
import type { StoredGrant } from '../../src/tokens/stored-token.ts'
import { createTokens } from '../../src/tokens/tokens.ts'

describe('a grant that was looked up', () => {
  test('is known in that epoch, as the same object', async () => {
    const { known, lookUp, count } = setUp()
    const found = await known.find(1, 'a', lookUp('a'))
    assert.equal(found?.hashHex, 'a')
    assert.equal(await known.find(1, 'a', lookUp('a')), found)
    assert.equal(known.get(1, 'a'), found)
    assert.equal(count(), 1)
  })

  test('is known by its own hash alone', async () => {
    const { known, lookUp } = setUp()
    await known.find(1, 'a', lookUp('a'))
    assert.equal(known.get(1, 'b'), undefined)
    assert.equal((await known.find(1, 'b', lookUp('b')))?.hashHex, 'b')
  })

  test('is not known in the next epoch', async () => {
    const { known, lookUp, count } = setUp()
    const found = await known.find(1, 'a', lookUp('a'))
    assert.equal(known.get(2, 'a'), undefined)
    assert.notEqual(await known.find(2, 'a', lookUp('a')), found)
    assert.equal(count(), 2)
  })

  test('is not forgotten for somebody who still lives in an epoch before', async () => {
    const { known, lookUp, count } = setUp()
    const found = await known.find(2, 'a', lookUp('a'))
    assert.equal(known.get(1, 'a'), undefined)
    await known.find(1, 'a', lookUp('a'))
    assert.equal(known.get(2, 'a'), found)
    assert.equal(count(), 2)
  })

  test('in an epoch that is over is not known in the one that is', async () => {
    const { known, lookUp } = setUp()
    const late = Promise.withResolvers<StoredGrant>()
    const finding = known.find(1, 'a', () => late.promise)
    assert.equal(known.get(2, 'a'), undefined)
    late.resolve(grantOf('a'))
    await finding
    assert.equal(known.get(2, 'a'), undefined)
    assert.notEqual(await known.find(2, 'a', lookUp('a')), await finding)
  })
})

describe('a look-up', () => {
  test('is one, however many ask at once', async () => {
    const { known, lookUp, count } = setUp()
    const found = await Promise.all(Array.from({ length: 100 }, () => known.find(1, 'a', lookUp('a'))))
    assert.equal(new Set(found).size, 1)
    assert.equal(count(), 1)
  })

  test('of one token is not that of another', async () => {
    const { known, lookUp } = setUp()
    const names = ['a', 'b', 'c']
    const found = await Promise.all(names.map((name) => known.find(1, name, lookUp(name))))
    assert.deepEqual(
      found.map((each) => each?.hashHex),
      names,
    )
  })

  test('that fails, fails for all who asked and for nobody after them', async () => {
    const { known, lookUp } = setUp()
    const fail = async () => {
      throw new Error('The disk is gone.')
    }
    const failing = Array.from({ length: 3 }, () => known.find(1, 'a', fail))
    for (const each of failing) await assert.rejects(each, /The disk is gone/)
    assert.equal((await known.find(1, 'a', lookUp('a')))?.hashHex, 'a')
  })

  test('that finds nothing is made again, and takes no room', async () => {
    const { known, lookUp, count } = setUp({ maxGrants: 1 })
    for (let guess = 0; guess < 10; guess += 1)
      assert.equal(await known.find(1, `guess-${guess}`, async () => undefined), undefined)
    await known.find(1, 'a', lookUp('a'))
    await known.find(1, 'a', lookUp('a'))
    assert.equal(count(), 1)
  })

  test('is made each time for what is beyond the bound', async () => {
    const { known, lookUp, count } = setUp({ maxGrants: 2 })
    for (const name of ['a', 'b', 'c', 'a', 'b', 'c']) await known.find(1, name, lookUp(name))
    assert.equal(count(), 4)
    assert.equal(known.get(1, 'c'), undefined)
  })
})

describe('a token that was verified in an epoch', () => {
  test('is recognised there at once, and no other is', async (t) => {
    const { tokens, token } = await createToken(t)
    assert.equal(tokens.verifiedIn(1, token), undefined)
    const grant = await tokens.verify(token, 1)
    assert.equal(tokens.verifiedIn(1, token), grant)
    assert.equal(tokens.verifiedIn(1, 'A'.repeat(43)), undefined)
    assert.equal(tokens.verifiedIn(2, token), undefined)
  })

  test('is refused from its time on, though the epoch lasts', async (t) => {
    const { tokens, token, pass } = await createToken(t, { expiresInMs: 60_000 })
    assert.ok(await tokens.verify(token, 1))
    pass(59_999)
    assert.ok(tokens.verifiedIn(1, token))
    pass(1)
    assert.equal(tokens.verifiedIn(1, token), undefined)
    assert.equal(await tokens.verify(token, 1), undefined)
  })

  test('is refused in the next epoch when it was revoked', async (t) => {
    const { tokens, token, id } = await createToken(t)
    assert.ok(await tokens.verify(token, 1))
    await tokens.revoke(id)
    assert.equal(tokens.verifiedIn(2, token), undefined)
    assert.equal(await tokens.verify(token, 2), undefined)
  })

  test('is looked up anew by whoever names no epoch', async (t) => {
    const { tokens, token, id } = await createToken(t)
    await tokens.verify(token, 1)
    await tokens.revoke(id)
    assert.equal(await tokens.verify(token), undefined)
  })
})

function setUp({ maxGrants = 10 } = {}) {
  const known = createKnownGrants(maxGrants)
  let looks = 0
  const lookUp = (hashHex: string) => async () => {
    looks += 1
    return grantOf(hashHex)
  }
  return { known, lookUp, count: () => looks }
}

function grantOf(hashHex: string): StoredGrant {
  const [createdAt, none] = ['2026-11-01T12:00:00.000Z', null]
  const rights = { scopes: ['read'], limits: none, expiresAt: none } as const
  return { hashHex, grant: { id: `tok_${hashHex}`, name: none, ...rights, createdAt, replacedBy: none } }
}

async function createToken(t: TestContext, request: { readonly expiresInMs?: number } = {}) {
  let now = Date.parse('2026-11-01T12:00:00.000Z')
  const tokens = createTokens({ store: createMemoryStore(), clock: () => new Date(now) })
  t.after(() => tokens.close())
  const { token, record } = await tokens.generate(request)
  const pass = (ms: number) => {
    now += ms
  }
  return { tokens, token, id: record.id, pass }
}
