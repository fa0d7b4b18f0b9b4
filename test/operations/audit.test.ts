import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { digestOf } from '../../src/artifacts/canonical.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { OrchestrationError } from '../../src/errors.ts'
import { listAudit, toStart } from '../../src/operations/audit.ts'
import { callOperation, defineOperation, type OperationContext } from '../../src/operations/operation.ts'
import { getOperation } from '../../src/operations/operations.ts'
import type { AuditEntry, Orchestrator } from '../../src/orchestrator.ts'
import type { Store } from '../../src/store/store.ts'
import { type JsonObject, type Scope, scopes } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const ref = { client_id: 'cursor', profile_id: 'work' }
const priya = { id: 'tok_0123456789abcdef', scopes }

describe('A change by an operation', () => {
  test('stands in the log with its door and request id, and what it was about', async (t) => {
    const { call, log } = await setUp(t, { door: 'http', requestId: 'request-1' })
    await call('add_server_to_config', { ...ref, server_id: 'memory' })
    const entries = await log()
    assert.deepEqual(
      entries.map(({ phase, principal, door, operation, target, outcome, request_id }) => [
        phase,
        principal,
        door,
        operation,
        target,
        outcome,
        request_id,
      ]),
      [
        ['begun', priya.id, 'http', 'add_server_to_config', 'cursor/work', null, 'request-1'],
        ['ended', priya.id, 'http', 'add_server_to_config', 'cursor/work', 'done', 'request-1'],
      ],
    )
  })

  test('by a host that says no door came by the library', async (t) => {
    const { call, log } = await setUp(t)
    await call('initialize_keys', {})
    assert.deepEqual(
      (await log()).map(({ door, target, request_id }) => [door, target, request_id]),
      Array.from({ length: 2 }, () => ['library', 'keys', null]),
    )
  })

  test('of a draft is told by the artifacts that the draft would have been', async (t) => {
    const { call, ends, orchestrator } = await setUp(t)
    const draft = async () => {
      const { payload } = await orchestrator.drafts.view({ clientId: 'cursor', profileId: 'work' })
      return digestOf(payload)
    }
    await call('clear_draft_config', ref)
    await call('add_server_to_config', { ...ref, server_id: 'memory' })
    const added = await draft()
    await call('add_server_to_config', { ...ref, server_id: 'time' })
    const both = await draft()
    await call('remove_server_from_config', { ...ref, server_name: 'time' })
    await call('clear_draft_config', ref)
    const empty = await draft()
    await call('clear_draft_config', ref)
    assert.deepEqual(await ends(), [
      [null, null],
      [null, added],
      [added, both],
      [both, added],
      [added, empty],
      [empty, empty],
    ])
  })

  test('of releases and deployments is told by their artifacts', async (t) => {
    const { call, ends } = await setUp(t)
    const keyId = (await call('initialize_keys', {})).signing_key_id
    await call('initialize_keys', {})
    const nextId = (await call('initialize_keys', { regenerate: true })).signing_key_id
    await call('add_server_to_config', { ...ref, server_id: 'memory' })
    const first = (await call('publish_config', ref)).artifact_id
    await call('publish_config', ref)
    await call('deploy_config', ref)
    await call('add_server_to_config', { ...ref, server_id: 'time' })
    const second = (await call('publish_config', ref)).artifact_id
    await call('deploy_config', ref)
    assert.deepEqual(await ends(), [
      [null, keyId],
      [keyId, keyId],
      [keyId, nextId],
      [null, first],
      [null, first],
      [first, first],
      [null, first],
      [first, second],
      [first, second],
      [first, second],
    ])
  })

  test('of tokens is told by their ids, never by the tokens', async (t) => {
    const { call, log, orchestrator } = await setUp(t)
    const made = await call('create_token', { name: 'canary' })
    const rotated = await call('rotate_token', { token_id: made.token_id })
    await call('revoke_token', { token_id: rotated.token_id })
    const entries = await log()
    assert.deepEqual(
      entries.map(({ target }) => target),
      ['tokens', made.token_id, made.token_id, rotated.token_id, rotated.token_id, rotated.token_id],
    )
    const [created, rotation, revocation] = entries.filter(({ phase }) => phase === 'ended')
    assert.equal(created?.before, null)
    assert.match(created?.after ?? '', /^[0-9a-f]{64}$/)
    assert.equal(rotation?.before, created?.after)
    assert.deepEqual([revocation?.before, revocation?.after], [rotation?.after, null])
    const stored = JSON.stringify(await orchestrator.store.list('audit'))
    for (const secret of [made.token, rotated.token, 'canary']) assert.ok(!stored.includes(String(secret)))
  })

  test('that is refused says why, and that is a fault of ours that it failed', async (t) => {
    const { call, log } = await setUp(t)
    await assert.rejects(call('publish_config', ref))
    const operation = defineOperation({
      ...change,
      handler: () => Promise.reject(new OrchestrationError('write_failed', 'canary')),
    })
    await assert.rejects(call(operation, {}))
    assert.deepEqual(
      (await log()).map(({ outcome, code }) => [outcome, code]),
      [
        [null, null],
        ['refused', 'profile_not_found'],
        [null, null],
        ['failed', 'write_failed'],
      ],
    )
  })

  test('does not happen when the log cannot take it', async (t) => {
    const { call, orchestrator } = await setUp(t)
    const { store } = orchestrator
    const audit = {
      ...orchestrator.audit,
      track: () => Promise.reject(new OrchestrationError('store_unavailable', '')),
    }
    const context = { orchestrator: { ...orchestrator, audit }, principal: priya }
    const add = getOperation('add_server_to_config')
    assert.ok(add)
    await assert.rejects(callOperation(add, context, { ...ref, server_id: 'memory' }), {
      code: 'store_unavailable',
    })
    assert.deepEqual(await store.list('drafts/'), [])
    assert.equal((await call('view_draft_config', ref)).server_count, 0)
  })
})

describe('An attempt for want of rights', () => {
  test('is one entry, whether by scope, by limits or by what the input asks for', async (t) => {
    const { call, log } = await setUp(t)
    const reader = { id: 'tok_reader', scopes: ['read'] as const }
    const limited = { id: 'tok_limited', scopes, limits: { clients: ['vscode'], profiles: [] } }
    const publisher = { id: 'tok_publisher', scopes: ['publish'] as const }
    await refused(call('publish_config', ref, { principal: reader }))
    await refused(call('clear_draft_config', ref, { principal: limited }))
    await refused(call('initialize_keys', { regenerate: true }, { principal: publisher }))
    assert.deepEqual(
      (await log()).map(({ principal, target, phase, code }) => [principal, target, phase, code]),
      [
        ['tok_reader', 'cursor/work', 'ended', 'insufficient_scope'],
        ['tok_limited', 'cursor/work', 'ended', 'insufficient_scope'],
        ['tok_publisher', 'keys', 'ended', 'insufficient_scope'],
      ],
    )
  })

  test('counts as a dry run, too: a door may not have read yet whether it is one', async (t) => {
    const { call, log } = await setUp(t)
    const dryRun = { ...ref, dry_run: true }
    await refused(call('deploy_config', dryRun, { principal: { id: 'tok_reader', scopes: ['read'] } }))
    const limits = { clients: ['vscode'], profiles: [] }
    await refused(call('deploy_config', dryRun, { principal: { id: 'tok_limited', scopes, limits } }))
    assert.deepEqual(
      (await log()).map(({ principal, target, outcome }) => [principal, target, outcome]),
      [
        ['tok_reader', 'cursor/work', 'refused'],
        ['tok_limited', 'cursor/work', 'refused'],
      ],
    )
  })

  test('is told as it is when the log cannot take it', async (t) => {
    const { orchestrator } = await setUp(t)
    const store: Store = {
      ...orchestrator.store,
      commit: () => Promise.reject(new OrchestrationError('store_unavailable', 'It is locked.')),
    }
    const audit = createAudit({ store, clock: () => new Date() })
    const operation = getOperation('clear_draft_config')
    assert.ok(operation)
    const principal = { id: 'tok_reader', scopes: ['read'] as const }
    await refused(callOperation(operation, { orchestrator: { ...orchestrator, audit }, principal }, ref))
  })

  test('names nothing that could be a secret: its input has not been checked', async (t) => {
    const { call, log } = await setUp(t)
    const principal = { id: 'tok_reader', scopes: ['read'] as const }
    const token = 'dGhpcyBpcyBubyB0b2tlbiBhbmQgb3BlbnMgbm90aGk'
    const key = 'e3b0c44298fc1c149afbf4c8996fb924'
    for (const input of [{ token_id: token }, { token_id: key }, { token_id: 7 }, {}, undefined])
      await refused(call('revoke_token', input, { principal }))
    await refused(call('clear_draft_config', { client_id: '../etc', profile_id: 'work' }, { principal }))
    await refused(call('revoke_token', { token_id: 'tok_0123456789abcdef' }, { principal }))
    const path = '/v1/notes/{note_id}'
    const input = Type.Object({ note_id: Type.String() })
    const handler = async () => ({})
    await refused(call(defineOperation({ ...change, path, input, handler }), { note_id: key }, { principal }))
    await refused(call(defineOperation({ ...change, path, handler }), { note_id: key }, { principal }))
    assert.deepEqual(
      (await log()).map(({ target }) => target),
      [null, null, null, null, null, null, 'tok_0123456789abcdef', null, null],
    )
  })
})

describe('No trace is left by', () => {
  test('a look, a validation, a dry run, and what the schema refuses', async (t) => {
    const { call, log, orchestrator } = await setUp(t)
    await call('initialize_keys', {})
    await call('add_server_to_config', { ...ref, server_id: 'memory' })
    await call('publish_config', ref)
    const { length } = await log()
    for (const id of ['view_draft_config', 'validate_config', 'get_config', 'list_tokens', 'list_audit'])
      await call(id, id.startsWith('list') ? {} : ref)
    await call('deploy_config', { ...ref, dry_run: true })
    await assert.rejects(call('publish_config', { ...ref, changelog: 7 }), { code: 'invalid_request' })
    const principal = { id: 'tok_nobody', scopes: [] }
    await refused(call('view_draft_config', ref, { principal }))
    assert.equal((await log()).length, length)
    assert.ok((await orchestrator.audit.verify()).ok)
  })
})

describe('list_audit', () => {
  test('pages, and finds by credential, target and start', async (t) => {
    const { call } = await setUp(t)
    await call('initialize_keys', {})
    await call('add_server_to_config', { ...ref, server_id: 'memory' })
    await call('clear_draft_config', ref, { principal: { id: 'tok_omar', scopes } })
    const first = await call('list_audit', { limit: 4 })
    assert.ok(Compile(listAudit.output).Check(first))
    assert.deepEqual(sequencesOf(first), [1, 2, 3, 4])
    const next = await call('list_audit', { cursor: first.next_cursor })
    assert.deepEqual([sequencesOf(next), next.next_cursor, next.count], [[5, 6], undefined, 2])
    assert.deepEqual(sequencesOf(await call('list_audit', { principal: 'tok_omar' })), [5, 6])
    assert.deepEqual(sequencesOf(await call('list_audit', { target: 'keys' })), [1, 2])
    assert.deepEqual(sequencesOf(await call('list_audit', { since: '5' })), [5, 6])
    assert.deepEqual(sequencesOf(await call('list_audit', { since: '0' })), [1, 2, 3, 4, 5, 6])
    assert.deepEqual(sequencesOf(await call('list_audit', { since: '2999-01-01' })), [])
    assert.equal(sequencesOf(await call('list_audit', { since: '1h' })).length, 6)
  })

  test('shows a limited credential what is within its limits, and its own', async (t) => {
    const { call } = await setUp(t)
    await call('initialize_keys', {})
    await call('clear_draft_config', ref)
    await call('clear_draft_config', { ...ref, profile_id: 'home' })
    const omar = { id: 'tok_omar', scopes, limits: { clients: [], profiles: ['cursor/home'] } }
    await call('initialize_keys', {}, { principal: omar })
    assert.deepEqual(sequencesOf(await call('list_audit', {}, { principal: omar })), [5, 6, 7, 8])
  })

  test('refuses a start and a cursor that are none', async (t) => {
    const { call } = await setUp(t)
    const refuses = async (input: object, pointer: string) =>
      assert.rejects(call('list_audit', input), (error: OrchestrationError) => {
        assert.equal(error.code, 'invalid_request')
        assert.deepEqual(
          error.errors?.map((each) => each.pointer),
          [pointer],
        )
        return true
      })
    await refuses({ since: 'yesterday' }, '/since')
    await refuses({ cursor: Buffer.from('nothing').toString('base64url') }, '/cursor')
    await refuses({ cursor: '!' }, '/cursor')
    assert.equal(toStart('yesterday'), undefined)
  })

  test('needs the scope admin', async (t) => {
    const { call, log } = await setUp(t)
    await refused(
      call('list_audit', {}, { principal: { id: 'tok_1', scopes: ['read', 'write', 'publish', 'deploy'] } }),
    )
    assert.deepEqual(await log(), [])
  })
})

const change = {
  id: 'change',
  method: 'POST',
  path: '/v1/notes',
  tool: null,
  scope: 'write' as Scope,
  summary: 'For tests',
  description: 'For tests.',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({}),
  errors: [],
} as const

type Asked = Parameters<typeof callOperation>[0] | string

async function setUp(t: TestContext, context: Partial<OperationContext> = {}) {
  const orchestrator: Orchestrator = await createTestOrchestrator(t)
  const call = (asked: Asked, input: unknown, more: Partial<OperationContext> = {}): Promise<JsonObject> => {
    const operation = typeof asked === 'string' ? getOperation(asked) : asked
    assert.ok(operation)
    return callOperation(operation, { orchestrator, principal: priya, ...context, ...more }, input)
  }
  const log = async (): Promise<readonly AuditEntry[]> =>
    (await orchestrator.audit.read({ limit: 1000 })).entries
  const ends = async () =>
    (await log()).flatMap(({ phase, before, after }) => (phase === 'ended' ? [[before, after]] : []))
  return { orchestrator, call, log, ends }
}

function refused(call: Promise<unknown>): Promise<void> {
  return assert.rejects(call, { code: 'insufficient_scope' })
}

function sequencesOf({ entries }: JsonObject): readonly number[] {
  return (entries as unknown as readonly AuditEntry[]).map(({ sequence }) => sequence)
}
