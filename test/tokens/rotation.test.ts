import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createOrchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { areWithin, type Rights } from '../../src/tokens/rights.ts'
import { createTokens, type GrantRequest } from '../../src/tokens/tokens.ts'
import { type Limits, scopes } from '../../src/vocabulary.ts'
import { eventually } from '../support/eventually.ts'
import { runTogether } from '../support/processes.ts'

const start = Date.parse('2026-11-01T12:00:00Z')
const hourMs = 3_600_000
const dayMs = 24 * hourMs

describe('rotating a token', () => {
  test('makes another with the same name and rights, for as long again; both are good for a day', async (t) => {
    const { tokens, time } = setUp(t)
    const limits = { clients: [], profiles: ['cursor/work'] }
    const asked: GrantRequest = { name: 'CI', scopes: ['publish'], limits, expiresInMs: 30 * dayMs }
    const old = await tokens.generate(asked)
    time.now += 10 * dayMs
    const { token, record, former } = await tokens.rotate(old.record.id)
    assert.deepEqual(
      { ...record, id: '', createdAt: '', expiresAt: '' },
      { ...old.record, id: '', createdAt: '', expiresAt: '' },
    )
    assert.equal(record.expiresAt, at(40 * dayMs))
    assert.deepEqual([former.replacedBy, former.expiresAt], [record.id, at(11 * dayMs)])
    assert.deepEqual((await tokens.get(old.record.id)).replacedBy, record.id)
    assert.equal((await tokens.verify(token))?.id, record.id)
    time.now += dayMs - 1
    assert.equal((await tokens.verify(old.token))?.id, old.record.id)
    time.now += 1
    assert.equal(await tokens.verify(old.token), undefined)
    assert.equal((await tokens.verify(token))?.id, record.id)
  })

  test('without an overlap ends the former one at once, and what waits for its end hears of it', async (t) => {
    const { tokens } = setUp(t)
    const old = await tokens.generate()
    let ends = 0
    tokens.whenEnded(old.record.id, () => (ends += 1))
    const { token } = await tokens.rotate(old.record.id, { overlapMs: 0 })
    assert.equal(await tokens.verify(old.token), undefined)
    assert.ok(await tokens.verify(token))
    await eventually(() => assert.equal(ends, 1))
  })

  test('never makes the former one good for longer than it was', async (t) => {
    const { tokens } = setUp(t)
    const old = await tokens.generate({ expiresInMs: hourMs })
    const { former } = await tokens.rotate(old.record.id, { overlapMs: 2 * hourMs })
    assert.equal(former.expiresAt, at(hourMs))
  })

  test('takes another end than the former one had', async (t) => {
    const { tokens } = setUp(t)
    const old = await tokens.generate()
    const { record } = await tokens.rotate(old.record.id, { expiresInMs: hourMs })
    assert.equal(record.expiresAt, at(hourMs))
  })

  test('of one that ends with the calendar ends with it, too', async (t) => {
    const { tokens, time } = setUp(t)
    const old = await tokens.generate({ expiresAt: new Date(8.64e15) })
    time.now += dayMs
    const { record } = await tokens.rotate(old.record.id)
    assert.equal(record.expiresAt, new Date(8.64e15).toISOString())
  })

  test('is refused for one that has a successor, that has ended, or that there is none of', async (t) => {
    const { tokens, time, store } = setUp(t)
    const [rotated, expired] = [await tokens.generate(), await tokens.generate({ expiresInMs: hourMs })]
    const { record } = await tokens.rotate(rotated.record.id)
    time.now += hourMs
    const before = await store.revision()
    await assert.rejects(tokens.rotate(rotated.record.id), {
      code: 'invalid_request',
      message: new RegExp(record.id),
    })
    await assert.rejects(tokens.rotate(expired.record.id), {
      code: 'invalid_request',
      message: /ended at 2026-11-01T13/,
    })
    await assert.rejects(tokens.rotate('tok_0000000000000000'), { code: 'token_not_found' })
    await assert.rejects(tokens.rotate('__proto__'), { code: 'token_not_found' })
    await assert.rejects(tokens.rotate(record.id, { overlapMs: -1 }), { code: 'invalid_request' })
    assert.equal(await store.revision(), before)
  })

  test('of one and the same token by four at once succeeds once', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate()
    const all = await Promise.allSettled(Array.from({ length: 4 }, () => tokens.rotate(record.id)))
    assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal((await tokens.list()).length, 2)
  })

  for (const acts of [
    ['rotate', 'rotate', 'rotate'],
    ['rotate', 'revoke'],
  ])
    test(`by processes that ${acts.join(', ')} at the same moment leaves one outcome`, async (t) => {
      const home = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-'))
      t.after(() => rm(home, { recursive: true, force: true }))
      await using orchestrator = createOrchestrator({ home, store: 'sqlite' })
      const { record } = await orchestrator.tokens.generate()
      const outcomes = await runTogether<{ act: string; code: string }>(
        new URL('rotation-process.ts', import.meta.url),
        [home, record.id, ...acts],
        acts.length,
      )
      const rotations = outcomes.filter(({ act, code }) => act === 'rotate' && code === 'done').length
      const left = await orchestrator.tokens.list()
      assert.equal(left.filter(({ id }) => id !== record.id).length, rotations)
      if (!acts.includes('revoke')) assert.equal(rotations, 1)
      // Whichever was first: a revoked token is gone, and got no successor after that.
      else
        assert.equal(
          left.some(({ id }) => id === record.id),
          false,
        )
    })
})

describe('no token is made with more rights than those of whoever asks', () => {
  const own: Rights = {
    scopes: ['read', 'publish'],
    limits: { clients: ['zed'], profiles: ['cursor/work'] },
    expiresAt: at(dayMs),
  }

  test('what is left out is as it is there', async (t) => {
    const { tokens } = setUp(t)
    const { record } = await tokens.generate({}, own)
    assert.deepEqual(
      { ...own },
      { scopes: record.scopes, limits: record.limits, expiresAt: record.expiresAt },
    )
    const byAdmin = await tokens.generate({}, { ...own, scopes: ['admin'] })
    assert.deepEqual(byAdmin.record.scopes, ['read', 'write', 'publish', 'deploy'])
  })

  test('less is given', async (t) => {
    const { tokens } = setUp(t)
    const limits = { clients: ['zed'], profiles: ['zed/home', 'cursor/work', 'cursor/work'] }
    const { record } = await tokens.generate({ scopes: ['read'], limits, expiresInMs: hourMs }, own)
    assert.deepEqual(record.limits, { clients: ['zed'], profiles: ['cursor/work', 'zed/home'] })
    assert.equal(record.expiresAt, at(hourMs))
  })

  for (const request of [
    { scopes: ['read', 'write'] },
    { scopes: ['admin'] },
    { limits: { clients: ['cursor'] } },
    { limits: { profiles: ['cursor/default'] } },
    { limits: { clients: ['zed'], profiles: ['cursor/workbench'] } },
    { expiresInMs: dayMs + 1 },
  ] as const satisfies readonly GrantRequest[])
    test(`${JSON.stringify(request)} is refused, and nothing is stored`, async (t) => {
      const { tokens, store } = setUp(t)
      await assert.rejects(tokens.generate(request, own), { code: 'insufficient_scope' })
      assert.equal(await store.revision(), 0)
    })

  test('a successor neither has more, nor outlives whoever asks for it', async (t) => {
    const { tokens } = setUp(t)
    const admin: Rights = { scopes, limits: null, expiresAt: at(hourMs) }
    const { record } = await tokens.generate()
    await assert.rejects(tokens.rotate(record.id, {}, own), { code: 'insufficient_scope' })
    await assert.rejects(tokens.rotate(record.id, { expiresInMs: dayMs }, admin), {
      code: 'insufficient_scope',
      message: /ends at 2026-11-01T13:00/,
    })
    assert.equal((await tokens.rotate(record.id, {}, admin)).record.expiresAt, at(hourMs))
  })

  test('limits are within others when all that they let in is', () => {
    const outer: Limits = { clients: ['zed'], profiles: ['cursor/work'] }
    assert.equal(areWithin(null, null), true)
    assert.equal(areWithin(outer, null), true)
    assert.equal(areWithin(null, outer), false)
    assert.equal(areWithin(outer, outer), true)
    assert.equal(areWithin({ clients: ['cursor'], profiles: [] }, outer), false)
    assert.equal(areWithin({ clients: [], profiles: ['zed/any'] }, outer), true)
  })
})

function setUp(t: TestContext) {
  const store = createMemoryStore()
  const time = { now: start }
  const tokens = createTokens({ store, clock: () => new Date(time.now) })
  t.after(() => tokens.close())
  return { tokens, store, time }
}

function at(afterMs: number): string {
  return new Date(start + afterMs).toISOString()
}
