import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { callOperation, type Principal } from '../../src/operations/operation.ts'
import { adminOperations, getOperation, operations } from '../../src/operations/operations.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { JsonObject } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const dayMs = 86_400_000

describe('the operations on tokens', () => {
  test('are in the catalogue beside the others, need the scope admin and are no tools', () => {
    const own = adminOperations.filter(({ path }) => path.startsWith('/admin/tokens'))
    assert.deepEqual(
      own.map(({ id, method, path }) => `${method} ${path} ${id}`),
      [
        'GET /admin/tokens list_tokens',
        'POST /admin/tokens create_token',
        'POST /admin/tokens/{token_id}/rotate rotate_token',
        'DELETE /admin/tokens/{token_id} revoke_token',
      ],
    )
    for (const each of own) {
      assert.deepEqual([each.scope, each.tool], ['admin', null])
      assert.equal(operations.includes(each), false)
      assert.equal(getOperation(each.id), each)
      // What is kept to be answered again would keep the token.
      assert.equal(each.takesIdempotencyKey, undefined)
    }
  })

  test('are refused to all scopes but admin', async (t) => {
    const { callAs } = await setUp(t)
    const principal: Principal = { id: 'tok_x', scopes: ['read', 'write', 'publish', 'deploy'] }
    for (const { id } of adminOperations)
      await assert.rejects(callAs(principal, id, { token_id: 'tok_0000000000000000' }), {
        code: 'insufficient_scope',
        requiredScope: 'admin',
      })
  })
})

describe('create_token', () => {
  test('makes what was asked for and shows it this once', async (t) => {
    const { call, orchestrator } = await setUp(t)
    const limits = { clients: ['zed'], profiles: ['cursor/work'] }
    const asked = { name: 'n8n', scopes: ['publish', 'read'], limits, expires_in: '30d' }
    const { token, ...made } = await call('create_token', asked)
    assert.match(String(token), /^[A-Za-z0-9_-]{43}$/)
    const record = await orchestrator.tokens.get(String(made.token_id))
    assert.deepEqual(made, {
      token_id: record.id,
      name: 'n8n',
      scopes: ['read', 'publish'],
      limits,
      created_at: record.createdAt,
      expires_at: record.expiresAt,
    })
    assert.equal(Date.parse(record.expiresAt ?? '') - Date.parse(record.createdAt), 30 * dayMs)
    assert.equal(JSON.stringify(await call('list_tokens', {})).includes(String(token)), false)
    assert.equal((await orchestrator.tokens.verify(String(token)))?.id, record.id)
  })

  test('takes a date instead of a duration, and nothing at all', async (t) => {
    const { call } = await setUp(t)
    const { expires_at } = await call('create_token', { expires_at: '2999-01-31' })
    assert.equal(expires_at, '2999-01-31T00:00:00.000Z')
    const { scopes, limits, name } = await call('create_token', {})
    assert.deepEqual([scopes, limits, name], [['read', 'write', 'publish', 'deploy'], null, null])
  })

  for (const [input, code, pointer] of [
    [{ name: '' }, 'invalid_request', '/name'],
    [{ name: 'x'.repeat(1_000_000) }, 'invalid_request', '/name'],
    [{ name: 'a\u202eb' }, 'invalid_request', '/name'],
    [{ scopes: [] }, 'invalid_request', '/scopes'],
    [{ scopes: ['root'] }, 'invalid_request', '/scopes/0'],
    [{ scopes: ['__proto__'] }, 'invalid_request', '/scopes/0'],
    [{ limits: {} }, 'invalid_request', '/limits'],
    [{ limits: { clients: ['../etc'] } }, 'invalid_request', '/limits/clients/0'],
    [{ limits: { profiles: ['cursor'] } }, 'invalid_request', '/limits/profiles/0'],
    [{ limits: { __proto__x: [] } }, 'invalid_request', '/limits/__proto__x'],
    [{ limits: { clients: ['cursur'] } }, 'client_not_found', undefined],
    [{ limits: { profiles: ['constructor/work'] } }, 'client_not_found', undefined],
    [{ expires_in: '30' }, 'invalid_request', '/expires_in'],
    [{ expires_in: '0d' }, 'invalid_request', '/expires_at'],
    [{ expires_at: 'tomorrow' }, 'invalid_request', '/expires_at'],
    [{ expires_at: '2999-02-30' }, 'invalid_request', '/expires_at'],
    [{ expires_at: '2001-01-01' }, 'invalid_request', '/expires_at'],
    [{ expires_at: '2999-01-01', expires_in: '1d' }, 'invalid_request', '/expires_in'],
  ] as const)
    test(`refuses ${JSON.stringify(input).slice(0, 60)}, and stores nothing`, async (t) => {
      const { call, orchestrator } = await setUp(t)
      await assert.rejects(call('create_token', input), (error: JsonObject & Error) => {
        assert.equal(error.code, code)
        const pointers = (error.errors as readonly { pointer: string }[] | undefined)?.map(
          (each) => each.pointer,
        )
        if (pointer !== undefined) assert.ok(pointers?.includes(pointer), JSON.stringify(pointers))
        assert.ok(error.message.length < 2_000)
        return true
      })
      assert.equal(await orchestrator.tokens.isEmpty(), true)
    })
})

describe('list_tokens', () => {
  test('shows each token once, page by page, the oldest first', async (t) => {
    const { call, orchestrator } = await setUp(t)
    const made: string[] = []
    for (let each = 0; each < 5; each += 1) made.push((await orchestrator.tokens.generate()).record.id)
    const all = await orchestrator.tokens.list()
    const listed: unknown[] = []
    let cursor: object = {}
    do {
      const page = await call('list_tokens', { limit: 2, ...cursor })
      listed.push(...(page.tokens as readonly JsonObject[]).map(({ token_id }) => token_id))
      cursor = page.next_cursor === undefined ? {} : { cursor: page.next_cursor }
    } while ('cursor' in cursor)
    assert.deepEqual(
      listed,
      all.map(({ id }) => id),
    )
    assert.deepEqual(listed.toSorted(), made.toSorted())
  })

  test('shows how far a token is used and what took its place', async (t) => {
    const { call, orchestrator } = await setUp(t)
    const { record } = await orchestrator.tokens.generate({ name: 'CI' })
    orchestrator.tokens.recordUse(record.id)
    const { token_id } = await call('rotate_token', { token_id: record.id, overlap: '1h' })
    const { tokens } = await call('list_tokens', {})
    const former = (tokens as readonly JsonObject[]).find((each) => each.token_id === record.id)
    assert.equal(former?.usage_count, 1)
    assert.equal(former?.replaced_by, token_id)
    assert.match(String(former?.last_used_at), /Z$/)
  })
})

describe('rotate_token and revoke_token', () => {
  test('put another in its place, and end it', async (t) => {
    const { call, orchestrator } = await setUp(t)
    const { token, record } = await orchestrator.tokens.generate({ name: 'CI' })
    const rotated = await call('rotate_token', { token_id: record.id, overlap: '0s', expires_in: '1w' })
    assert.equal(await orchestrator.tokens.verify(token), undefined)
    const { id, expiresAt } = await orchestrator.tokens.get(record.id)
    assert.deepEqual(rotated.replaces, { token_id: id, expires_at: expiresAt })
    assert.equal(rotated.name, 'CI')
    const revoked = await call('revoke_token', { token_id: rotated.token_id })
    assert.deepEqual(revoked, { status: 'revoked', token_id: rotated.token_id })
    assert.equal(await orchestrator.tokens.verify(String(rotated.token)), undefined)
    await assert.rejects(call('revoke_token', { token_id: rotated.token_id }), { code: 'token_not_found' })
  })

  for (const id of ['rotate_token', 'revoke_token'])
    test(`${id} never repeats a token that was given in the id's place`, async (t) => {
      const { call, orchestrator } = await setUp(t)
      const { token } = await orchestrator.tokens.generate()
      await assert.rejects(call(id, { token_id: token }), (error: Error & JsonObject) => {
        assert.equal(error.code, 'invalid_request')
        assert.equal(JSON.stringify([error.message, error.errors]).includes(token), false)
        return true
      })
    })
})

describe('an admin that is limited itself', () => {
  const limits = { clients: [], profiles: ['cursor/work'] }
  const soon = new Date(Date.now() + dayMs).toISOString()
  const limited: Principal = { id: 'tok_limited', scopes: ['admin'], limits, expiresAt: soon }

  test('makes tokens within its limits and its lifetime only', async (t) => {
    const { callAs, orchestrator } = await setUp(t)
    const { limits: given, expires_at } = await callAs(limited, 'create_token', {})
    assert.deepEqual([given, expires_at], [limits, soon])
    for (const input of [
      { limits: { clients: ['cursor'] } },
      { limits: { profiles: ['zed/work'] } },
      { expires_in: '2d' },
      { expires_at: '2999-01-01' },
    ])
      await assert.rejects(callAs(limited, 'create_token', input), {
        code: 'insufficient_scope',
        requiredScope: undefined,
      })
    assert.equal((await orchestrator.tokens.list()).length, 1)
  })

  test('neither sees, rotates nor revokes what reaches beyond', async (t) => {
    const { callAs, orchestrator } = await setUp(t)
    const { record: wide } = await orchestrator.tokens.generate()
    const { record: theirs } = await orchestrator.tokens.generate({ limits: { clients: ['cursor'] } })
    const { record: own } = await orchestrator.tokens.generate({ limits })
    const { tokens, count } = await callAs(limited, 'list_tokens', {})
    assert.deepEqual(
      [(tokens as readonly JsonObject[]).map(({ token_id }) => token_id), count],
      [[own.id], 1],
    )
    for (const { id } of [wide, theirs])
      for (const operation of ['rotate_token', 'revoke_token'])
        await assert.rejects(callAs(limited, operation, { token_id: id }), { code: 'token_not_found' })
    assert.equal((await orchestrator.tokens.list()).length, 3)
    assert.equal((await callAs(limited, 'rotate_token', { token_id: own.id })).expires_at, soon)
    await callAs(limited, 'revoke_token', { token_id: own.id })
  })
})

async function setUp(t: TestContext) {
  const orchestrator: Orchestrator = await createTestOrchestrator(t)
  const callAs = (principal: Principal, id: string, input: object) =>
    callOperation(getOperation(id) ?? assert.fail(id), { orchestrator, principal }, input)
  const call = (id: string, input: object) => callAs({ id: 'library', scopes: ['admin'] }, id, input)
  return { orchestrator, call, callAs }
}
