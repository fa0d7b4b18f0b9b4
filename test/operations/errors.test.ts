import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { type ErrorCode, errorTitles } from '../../src/errors.ts'
import { listClients } from '../../src/operations/clients.ts'
import { callOperation, sharedErrors } from '../../src/operations/operation.ts'
import { getOperation } from '../../src/operations/operations.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { Scope } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const ref = { client_id: 'cursor', profile_id: 'default' }
const profile = { clientId: 'cursor', profileId: 'default' }

interface Way {
  readonly code: ErrorCode
  readonly when: string
  /** What came before, by the back door. */
  readonly given?: (orchestrator: Orchestrator) => Promise<unknown>
  readonly call: string
  readonly input?: object
  readonly scopes?: readonly Scope[]
  readonly expectedRevision?: number
  readonly expectedSequence?: number
}

/** How each code of the domain comes about. Those of HTTP alone are reached over sockets in `test/http`. */
const ways: readonly Way[] = [
  { code: 'invalid_request', when: 'a field is unknown', call: 'list_clients', input: { colour: 'red' } },
  {
    code: 'insufficient_scope',
    when: 'a reader writes',
    call: 'clear_draft_config',
    input: ref,
    scopes: ['read'],
  },
  {
    code: 'insufficient_scope',
    when: 'a publisher replaces the key',
    call: 'initialize_keys',
    input: { regenerate: true },
    scopes: ['publish'],
  },
  {
    code: 'client_not_found',
    when: 'no client has the id',
    call: 'list_profiles',
    input: { client_id: 'emacs' },
  },
  { code: 'profile_not_found', when: 'there is neither draft nor release', call: 'get_config', input: ref },
  {
    code: 'nothing_published',
    when: 'there is only a draft',
    given: withDraft,
    call: 'get_config',
    input: ref,
  },
  {
    code: 'server_not_found',
    when: 'the catalogue has no such server',
    call: 'describe_server',
    input: { server_id: 'nope' },
  },
  {
    code: 'artifact_not_found',
    when: 'the profile has no such release',
    given: withRelease,
    call: 'get_config',
    input: { ...ref, sequence: 2 },
  },
  {
    code: 'server_not_in_draft',
    when: 'the draft has no such server',
    given: withDraft,
    call: 'remove_server_from_config',
    input: { ...ref, server_name: 'time' },
  },
  {
    code: 'server_already_in_draft',
    when: 'the draft has the server',
    given: withDraft,
    call: 'add_server_to_config',
    input: { ...ref, server_id: 'memory' },
  },
  {
    code: 'validation_failed',
    when: 'a parameter is missing',
    call: 'add_server_to_config',
    input: { ...ref, server_id: 'filesystem' },
  },
  {
    code: 'precondition_failed',
    when: 'the draft has another revision',
    given: withDraft,
    call: 'clear_draft_config',
    input: ref,
    expectedRevision: 4711,
  },
  {
    code: 'precondition_failed',
    when: 'the draft to be published has another revision',
    given: withRelease,
    call: 'publish_config',
    input: ref,
    expectedRevision: 4711,
  },
  {
    code: 'precondition_failed',
    when: 'the release to be deployed is not the latest',
    given: withRelease,
    call: 'deploy_config',
    input: ref,
    expectedSequence: 2,
  },
  {
    code: 'signing_key_missing',
    when: 'no key was made',
    given: withDraft,
    call: 'publish_config',
    input: ref,
  },
  {
    code: 'secret_unresolved',
    when: 'a variable is not set',
    given: withUnresolvedSecret,
    call: 'deploy_config',
    input: ref,
  },
  {
    code: 'config_entry_conflict',
    when: 'the user has an entry of that name',
    given: withFile('{"mcpServers":{"memory":{"command":"mine"}}}'),
    call: 'deploy_config',
    input: ref,
  },
  {
    code: 'config_file_unreadable',
    when: 'the file is malformed',
    given: withFile('{"mcpServers":'),
    call: 'deploy_config',
    input: ref,
  },
  {
    code: 'write_failed',
    when: 'a file is in the way of the backups',
    given: withBlockedBackups,
    call: 'deploy_config',
    input: ref,
  },
  {
    code: 'signature_invalid',
    when: 'no trusted key is left',
    given: withoutTrust,
    call: 'get_config',
    input: ref,
  },
  ...['get_config', 'publish_config', 'deploy_config'].map((call) => withMalformedHeadAt(call, ref)),
  withMalformedHeadAt('diff_config', { ...ref, local_payload: { mcpServers: {} } }),
  withMalformedHeadAt('list_profiles', { client_id: 'cursor' }),
  {
    code: 'artifact_corrupt',
    when: 'the artifact was altered in the store',
    given: withAlteredArtifact,
    call: 'get_config',
    input: ref,
  },
]

/** Raised below the operations, each with a test of its own. */
const elsewhere: readonly ErrorCode[] = [
  'config_file_changed', // test/deployments/config-file.test.ts
  'token_not_found', // test/tokens/tokens.test.ts
  'store_unavailable', // test/store/sqlite-store.test.ts and test/http
  'internal_error', // test/http
]

/** Reached over sockets in test/http. */
const ofHttp: readonly ErrorCode[] = [
  'invalid_json',
  'authentication_required',
  'invalid_credentials',
  'host_not_allowed',
  'origin_not_allowed',
  'not_found',
  'method_not_allowed',
  'not_acceptable',
  'request_timeout',
  'body_too_large',
  'uri_too_long',
  'unsupported_media_type',
  'idempotency_in_progress',
  'idempotency_key_reused',
  'rate_limited',
  'headers_too_large',
  'overloaded',
  'shutting_down',
]

describe('an operation fails', () => {
  for (const { code, when, given, call, input = {}, scopes = ['admin'] as const, ...expectation } of ways) {
    test(`with ${code} when ${when}`, async (context) => {
      const orchestrator = await createTestOrchestrator(context)
      await given?.(orchestrator)
      const operation = getOperation(call)
      assert.ok(operation)
      const principal = { id: 'library', scopes }
      const calling = callOperation(operation, { orchestrator, principal, ...expectation }, input)
      await assert.rejects(calling, { code })
      const declared: readonly ErrorCode[] = [...operation.errors, ...sharedErrors]
      assert.ok(declared.includes(code), `${call} doesn't declare ${code}`)
    })
  }
})

test('list_clients names every profile, also one whose head is malformed', async (context) => {
  const orchestrator = await createTestOrchestrator(context)
  await withMalformedHead(orchestrator)
  // From here on nothing but the head tells of the profile.
  await orchestrator.store.commit({ delete: ['drafts/cursor/default'] })
  const principal = { id: 'library', scopes: ['read'] as const }
  const { clients } = await callOperation(listClients, { orchestrator, principal }, {})
  assert.ok(Array.isArray(clients))
  const named = clients.flatMap(({ client_id, profiles }) => profiles.map((id: string) => [client_id, id]))
  assert.deepEqual(named, [['cursor', 'default']])
})

test('every code is reached by a test', () => {
  const reached = new Set([...ways.map(({ code }) => code), ...elsewhere, ...ofHttp])
  assert.deepEqual([...reached].sort(), Object.keys(errorTitles).sort())
})

async function withDraft(orchestrator: Orchestrator): Promise<void> {
  await orchestrator.drafts.add(profile, { serverId: 'memory' })
}

async function withRelease(orchestrator: Orchestrator): Promise<void> {
  await orchestrator.keys.initialize()
  await withDraft(orchestrator)
  await orchestrator.releases.publish(profile)
}

async function withUnresolvedSecret(orchestrator: Orchestrator): Promise<void> {
  const reference = '${env:NOBODY_SETS_THIS}'
  await orchestrator.keys.initialize()
  await orchestrator.drafts.add(profile, {
    serverId: 'github',
    envVars: { GITHUB_PERSONAL_ACCESS_TOKEN: reference },
  })
  await orchestrator.releases.publish(profile)
}

function withFile(text: string) {
  return async (orchestrator: Orchestrator) => {
    await withRelease(orchestrator)
    const file = (await orchestrator.deployments.configPath('cursor')) ?? assert.fail('no path')
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

async function withBlockedBackups(orchestrator: Orchestrator): Promise<void> {
  await withFile('{}')(orchestrator)
  writeFileSync(path.join(orchestrator.home, 'backups'), 'in the way')
}

async function withoutTrust(orchestrator: Orchestrator): Promise<void> {
  await withRelease(orchestrator)
  const trusted = path.join(orchestrator.home, 'keys/trusted')
  for (const file of readdirSync(trusted)) rmSync(path.join(trusted, file))
}

async function withMalformedHead(orchestrator: Orchestrator): Promise<void> {
  await withRelease(orchestrator)
  await orchestrator.store.commit({ put: { 'heads/cursor/default': { sequence: 'first' } } })
}

function withMalformedHeadAt(call: string, input: object): Way {
  const when = `${call} meets a malformed head`
  return { code: 'signature_invalid', when, given: withMalformedHead, call, input }
}

async function withAlteredArtifact(orchestrator: Orchestrator): Promise<void> {
  await withRelease(orchestrator)
  const [artifact] = await orchestrator.store.list('artifacts/')
  assert.ok(artifact)
  await orchestrator.store.commit({ put: { [artifact.key]: '{"mcpServers":{}}' } })
}
