import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { callOperation, type Principal } from '../../src/operations/operation.ts'
import { getOperation, operations } from '../../src/operations/operations.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { JsonObject, Limits, Scope } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const profileOnly: Limits = { clients: [], profiles: ['cursor/work'] }
const clientOnly: Limits = { clients: ['cursor'], profiles: [] }

describe('a credential that is limited', () => {
  const inputs: Readonly<Record<string, object>> = {
    add_server_to_config: { server_id: 'memory' },
    remove_server_from_config: { server_name: 'memory' },
    diff_config: { local_payload: { mcpServers: {} } },
  }
  const ofProfiles = operations.filter(({ input }) => 'profile_id' in input.properties)

  for (const { id } of ofProfiles)
    test(`is refused ${id} of another client, and of another profile`, async (t) => {
      const { call } = await setUp(t, profileOnly)
      for (const place of [
        { client_id: 'claude-desktop', profile_id: 'default' },
        { client_id: 'cursor', profile_id: 'default' },
        { client_id: 'cursor', profile_id: 'workbench' },
      ])
        await assert.rejects(call(id, { ...place, ...inputs[id] }), {
          code: 'insufficient_scope',
          requiredScope: undefined,
          message: `${place.client_id}/${place.profile_id} is beyond the limits of the credential: cursor/work.`,
        })
    })

  test('does within them what its scopes let it', async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly)
    await orchestrator.keys.initialize()
    const place = { client_id: 'cursor', profile_id: 'work' }
    await call('add_server_to_config', { ...place, server_id: 'memory' })
    const { artifact_id } = await call('publish_config', place)
    const { status } = await call('diff_config', { ...place, local_artifact_id: artifact_id })
    assert.equal(status, 'up-to-date')
  })

  test('reaches every profile of a client that it is limited to', async (t) => {
    const { call } = await setUp(t, clientOnly)
    for (const profile_id of ['default', 'work'])
      await call('add_server_to_config', { client_id: 'cursor', profile_id, server_id: 'memory' })
  })

  test('sees the clients and profiles that are within, and no others', async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly)
    for (const profileId of ['default', 'work', 'x'])
      await orchestrator.drafts.add({ clientId: 'cursor', profileId }, { serverId: 'memory' })
    const { clients, count } = await call('list_clients', {})
    assert.equal(count, 1)
    assert.deepEqual(
      (clients as readonly JsonObject[]).map(({ client_id, profiles }) => [client_id, profiles]),
      [['cursor', ['work']]],
    )
    const { profiles, next_cursor } = await call('list_profiles', { client_id: 'cursor' })
    assert.deepEqual(
      (profiles as readonly JsonObject[]).map(({ profile_id }) => profile_id),
      ['work'],
    )
    assert.equal(next_cursor, undefined)
    await assert.rejects(call('list_profiles', { client_id: 'zed' }), { code: 'insufficient_scope' })
  })

  test('lists its profiles without a look at others, whatever is the matter with those', async (t) => {
    const { call, orchestrator } = await setUp(t, { clients: [], profiles: ['cursor/work', 'cursor/later'] })
    for (const profileId of ['ours', 'work'])
      await orchestrator.drafts.add({ clientId: 'cursor', profileId }, { serverId: 'memory' })
    await orchestrator.store.commit({ put: { 'heads/cursor/ours': 'malformed' } })
    const { profiles } = await call('list_profiles', { client_id: 'cursor' })
    assert.deepEqual(
      (profiles as readonly JsonObject[]).map(({ profile_id }) => profile_id),
      ['work'],
    )
  })

  test('pages through its profiles, however many others stand between', async (t) => {
    const { call, orchestrator } = await setUp(t, {
      clients: [],
      profiles: ['cursor/p01', 'cursor/p08', 'cursor/p09'],
    })
    for (let each = 0; each < 12; each += 1)
      await orchestrator.drafts.add(
        { clientId: 'cursor', profileId: `p${String(each).padStart(2, '0')}` },
        { serverId: 'memory' },
      )
    const first = await call('list_profiles', { client_id: 'cursor', limit: 2 })
    const rest = await call('list_profiles', { client_id: 'cursor', limit: 2, cursor: first.next_cursor })
    const ids = [first, rest].map(({ profiles }) =>
      (profiles as readonly JsonObject[]).map(({ profile_id }) => profile_id),
    )
    assert.deepEqual(ids, [['p01', 'p08'], ['p09']])
    assert.equal(rest.next_cursor, undefined)
  })

  test("can't compare with what another client published", async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly)
    await orchestrator.keys.initialize()
    const theirs = { clientId: 'zed', profileId: 'default' }
    await orchestrator.drafts.add(theirs, { serverId: 'time' })
    const { release } = await orchestrator.releases.publish(theirs)
    const place = { client_id: 'cursor', profile_id: 'work' }
    await orchestrator.drafts.add({ clientId: 'cursor', profileId: 'work' }, { serverId: 'memory' })
    await call('publish_config', place)
    const comparison = { ...place, local_artifact_id: release.artifactId }
    await assert.rejects(call('diff_config', comparison), { code: 'artifact_not_found' })
    const unlimited = await setUp(t, null, orchestrator)
    assert.equal((await unlimited.call('diff_config', comparison)).status, 'diverged')
  })

  for (const [reference, isTheirs] of [
    ['${secret:claude-desktop/default/github/GITHUB_PERSONAL_ACCESS_TOKEN}', true],
    ['${secret:cursor/default/github/GITHUB_PERSONAL_ACCESS_TOKEN}', true],
    ['${secret:theirs}', true],
    ['Bearer ${env:A} ${secret:zed/x/y/Z}', true],
    ['${secret:cursor/work/github/GITHUB_PERSONAL_ACCESS_TOKEN}', false],
    ['${env:GITHUB_TOKEN}', false],
  ] as const)
    test(`${isTheirs ? "can't" : 'can'} put ${reference} into a draft`, async (t) => {
      const { call } = await setUp(t, profileOnly)
      const env_vars = { GITHUB_PERSONAL_ACCESS_TOKEN: reference }
      const adding = call('add_server_to_config', {
        ...{ client_id: 'cursor', profile_id: 'work', server_id: 'github' },
        env_vars,
      })
      if (isTheirs) await assert.rejects(adding, { code: 'insufficient_scope' })
      else await adding
    })

  test("can't have a template put together a reference to what is another profile's", async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly)
    await addUserServer(orchestrator)
    const place = { client_id: 'cursor', profile_id: 'work', server_id: 'db' }
    const params = { user: `\${secret:claude-desktop`, db: 'default/github/TOKEN}' }
    await assert.rejects(call('add_server_to_config', { ...place, params }), { code: 'validation_failed' })
    const draft = await orchestrator.drafts.view({ clientId: 'cursor', profileId: 'work' })
    assert.deepEqual(draft.payload, { mcpServers: {} })
    await call('add_server_to_config', { ...place, params: { user: 'priya', db: 'notes' } })
  })

  test("sees in a dry run of another profile's entries their names only", async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly)
    await orchestrator.keys.initialize()
    const theirs = { clientId: 'cursor', profileId: 'default' }
    const params = { path: '/srv/merger' }
    await orchestrator.drafts.add(theirs, { serverId: 'filesystem', serverName: 'files', params })
    await orchestrator.drafts.add(theirs, { serverId: 'memory' })
    await orchestrator.releases.publish(theirs)
    await orchestrator.deployments.deploy(theirs, { deployedBy: 'library' })
    const place = { client_id: 'cursor', profile_id: 'work' }
    await call('add_server_to_config', { ...place, server_id: 'memory' })
    await call('publish_config', place)
    const { diff } = await call('deploy_config', { ...place, dry_run: true })
    assert.match(String(diff), /^-.*"files": \{\}/m)
    assert.doesNotMatch(String(diff), /merger|^[-+].*server-memory/m)
    const unlimited = await setUp(t, null, orchestrator)
    const shown = await unlimited.call('deploy_config', { ...place, dry_run: true })
    assert.match(String(shown.diff), /merger/)
  })

  test('does what belongs to no client by its scopes alone', async (t) => {
    const { call } = await setUp(t, profileOnly)
    await call('list_available_servers', {})
    await call('describe_server', { server_id: 'memory' })
    await call('initialize_keys', {})
    await assert.rejects(call('initialize_keys', { regenerate: true }), {
      code: 'insufficient_scope',
      requiredScope: 'admin',
    })
  })

  test("can't replace the signing key, which is everybody's, even as an admin", async (t) => {
    const { call, orchestrator } = await setUp(t, profileOnly, undefined, ['admin'])
    const { signingKeyId } = await orchestrator.keys.initialize()
    await assert.rejects(call('initialize_keys', { regenerate: true }), {
      code: 'insufficient_scope',
      requiredScope: undefined,
      message: "Everybody's signing key is beyond the limits of the credential: cursor/work.",
    })
    assert.equal((await orchestrator.keys.initialize()).signingKeyId, signingKeyId)
    const unlimited = await setUp(t, null, orchestrator, ['admin'])
    assert.equal((await unlimited.call('initialize_keys', { regenerate: true })).status, 'regenerated')
  })

  test('is told of five limits at the most', async (t) => {
    const clients = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const { call } = await setUp(t, { clients, profiles: [] })
    await assert.rejects(call('list_profiles', { client_id: 'zed' }), {
      message: 'zed is beyond the limits of the credential: a, b, c, d, e and 2 more.',
    })
  })
})

const everythingButAdmin: readonly Scope[] = ['read', 'write', 'publish', 'deploy']

async function setUp(
  t: TestContext,
  limits: Limits | null,
  known?: Orchestrator,
  scopes: readonly Scope[] = everythingButAdmin,
) {
  const orchestrator = known ?? (await createTestOrchestrator(t))
  const principal: Principal = { id: 'tok_limited', scopes, limits }
  const call = (id: string, input: object) =>
    callOperation(getOperation(id) ?? assert.fail(id), { orchestrator, principal }, input)
  return { orchestrator, call }
}

/** A server of the user's own, with an argument that is put together of two parameters. */
async function addUserServer({ home }: Orchestrator): Promise<void> {
  const variables = { user: { isRequired: true }, db: { isRequired: true } }
  const server = {
    name: 'org.example/db',
    description: 'Reads a database',
    version: '1.0.0',
    packages: [
      {
        registryType: 'npm',
        identifier: 'db-mcp',
        transport: { type: 'stdio' },
        packageArguments: [{ type: 'positional', value: '{user}/{db}', variables }],
      },
    ],
  }
  await mkdir(path.join(home, 'servers'), { recursive: true })
  await writeFile(path.join(home, 'servers/db.json'), JSON.stringify(server))
}
