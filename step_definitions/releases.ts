import assert from 'node:assert/strict'
import type { JsonWebKey } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Payload, ProfileRef } from '../src/index.ts'
import { attemptDeed } from './support/deed.ts'
import {
  digestOf,
  type Envelope,
  statementBytes,
  statementOf,
  verifies,
  withOneBitFlipped,
} from './support/envelope.ts'
import { resultOf } from './support/http.ts'
import { runOperation } from './support/own-command.ts'
import type { Person } from './support/parameter-types.ts'
import { configPath, toInput, type World } from './support/world.ts'

interface Configuration {
  readonly artifact_id: string
  readonly client_id: string
  readonly profile_id: string
  readonly created_at: string
  readonly payload: Payload
  readonly signature: string
  readonly signing_key_id: string
  readonly envelope: Envelope
  readonly metadata: {
    readonly sequence: number
    readonly server_count: number
    readonly previous_artifact_id: string | null
  }
}

interface Published {
  readonly status: string
  readonly artifact_id: string
  readonly created_at: string
}

interface Comparison {
  readonly status: string
  readonly diff: {
    readonly servers_modified: readonly {
      readonly server_name: string
      readonly changes: readonly unknown[]
    }[]
  }
}

Given<World>(
  '{person} has published {profile} with {servers}',
  async function (_person: Person, ref: ProfileRef, servers: readonly string[]) {
    await publish(this, ref, servers)
  },
)

When<World>(
  '{person} fetches the configuration of {profile}',
  async function (person: Person, ref: ProfileRef) {
    await this.perform(person, 'get_config', toInput(ref))
  },
)

When<World>('{person} publishes {profile}', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'publish_config', toInput(ref))
})

When<World>(
  'Omar publishes {profile} with {string} as well, with the command',
  async function (ref: ProfileRef, serverId: string) {
    await attemptDeed(this, async () => {
      await runOperation(this, 'add_server_to_config', toInput(ref, { server_id: serverId }))
      await runOperation(this, 'publish_config', toInput(ref))
    })
  },
)

When<World>(
  '{person} compares {profile} with a file that holds "memory", her own way of "time", "notes" and "archive"',
  async function (person: Person, ref: ProfileRef) {
    const body = await comparisonWithHerFile(this, ref)
    await this.ask(person, '/v1/config/diff', { method: 'POST', body })
  },
)

Then<World>(
  'it is release {int}, holds {servers}, and its id is the digest of what it holds',
  function (sequence: number, servers: readonly string[]) {
    const { payload, ...release } = resultOf<Configuration>(this.answer())
    assert.deepEqual(Object.keys(payload.mcpServers), servers)
    assert.equal(release.artifact_id, digestOf(payload))
    assert.deepEqual(
      { ...release.metadata, changelog: undefined },
      { changelog: undefined, server_count: servers.length, sequence, previous_artifact_id: null },
    )
  },
)

Then<World>(
  'its signature binds it to {profile}, and fails as soon as Mallory alters one byte',
  async function (ref: ProfileRef) {
    const release = resultOf<Configuration>(this.answer())
    const key = await publicKey(this, release.signing_key_id)
    assert.ok(verifies(release.envelope, key), 'The signature does not verify.')
    assert.ok(!verifies(release.envelope, key, withOneBitFlipped(statementBytes(release.envelope))))
    assert.equal(release.signature, release.envelope.signatures[0]?.sig)
    const { subject, predicate } = statementOf(release.envelope)
    assert.deepEqual(
      subject.map(({ digest }) => digest),
      [{ sha256: release.artifact_id }],
    )
    assert.partialDeepStrictEqual(predicate, {
      client_id: ref.clientId,
      profile_id: ref.profileId,
      sequence: 1,
    })
  },
)

Then<World>('it carries a strong ETag, the same each time it is fetched', async function () {
  const { etag } = this.answer().headers
  assert.match(String(etag), /^"[^"]+"$/)
  const { client_id, profile_id } = resultOf<Configuration>(this.answer())
  const again = await this.request('Priya', `/v1/config/${client_id}/${profile_id}`)
  assert.equal(again.headers.etag, etag)
})

Then<World>(
  '{string} is added, {servers} are removed, {string} is modified and {string} is unchanged',
  function (added: string, removed: readonly string[], modified: string, unchanged: string) {
    const { status, diff } = resultOf<Comparison>(this.answer())
    const [change] = diff.servers_modified
    assert.equal(status, 'diverged')
    assert.deepEqual(diff, {
      servers_added: [added],
      servers_removed: removed,
      servers_modified: [{ server_name: modified, changes: change?.changes }],
      servers_unchanged: [unchanged],
    })
  },
)

Then<World>('each change of "time" names its path, its old value and its new value', function () {
  const [time] = resultOf<Comparison>(this.answer()).diff.servers_modified
  assert.deepEqual(time?.changes, [
    { path: '/command', old_value: 'pipx', new_value: 'uvx' },
    { path: '/env/TZ', old_value: 'Europe/Berlin', new_value: null },
  ])
})

Then<World>(
  'the order in which her file lists its servers makes no difference to the answer',
  async function () {
    const ref = { clientId: 'cursor', profileId: 'work' }
    const { local_payload, ...body } = await comparisonWithHerFile(this, ref)
    const mcpServers = Object.fromEntries(Object.entries(local_payload.mcpServers).toReversed())
    const request = { method: 'POST', body: { ...body, local_payload: { mcpServers } } } as const
    const again = await this.request('Priya', '/v1/config/diff', request)
    assert.equal(again.text, this.answer().text)
  },
)

Then<World>('the answer says {string}, with an artifact id and the moment', function (status: string) {
  const published = resultOf<Published>(this.answer())
  assert.equal(published.status, status)
  assert.match(published.artifact_id, /^[0-9a-f]{64}$/)
  assert.equal(new Date(published.created_at).toISOString(), published.created_at)
  const { startedAt, endedAt } = this.attempted()
  assert.ok(Date.parse(published.created_at) >= startedAt && Date.parse(published.created_at) <= endedAt)
})

Then<World>('the configuration of {profile} now has that artifact id', async function (ref: ProfileRef) {
  const { artifact_id } = resultOf<Published>(this.answer())
  const configuration = resultOf<Configuration>(await this.request('Priya', configPath(ref)))
  assert.equal(configuration.artifact_id, artifact_id)
})

Then<World>(
  'publishing {profile} again says {string}, with the same artifact id',
  async function (ref: ProfileRef, status: string) {
    const first = resultOf<Published>(this.answer())
    const again = resultOf<Published>(
      await this.request('Priya', `${configPath(ref)}/publish`, { method: 'POST' }),
    )
    assert.equal(again.status, status)
    assert.equal(again.artifact_id, first.artifact_id)
    assert.equal(again.created_at, first.created_at)
  },
)

/** By the back door: keys, a draft and its release. */
export async function publish(world: World, ref: ProfileRef, servers: readonly string[]): Promise<void> {
  await world.orchestrator.keys.initialize()
  for (const serverId of servers) await world.orchestrator.drafts.add(ref, { serverId })
  const { release } = await world.orchestrator.releases.publish(ref)
  world.artifactId = release.artifactId
}

/** Her file lacks "fetch", starts "time" in her own way, and has two servers that were never published. */
async function comparisonWithHerFile(world: World, { clientId, profileId }: ProfileRef) {
  const { payload } = await world.orchestrator.releases.get({ clientId, profileId })
  const { memory, time } = payload.mcpServers
  const mcpServers = {
    time: { ...time, command: 'pipx', env: { TZ: 'Europe/Berlin' } },
    notes: { type: 'stdio', command: 'notes-server', args: [], env: {} },
    memory,
    archive: { type: 'stdio', command: 'archive-server', args: [], env: {} },
  }
  return { client_id: clientId, profile_id: profileId, local_payload: { mcpServers } }
}

/** The public key under which the server itself, to anyone, vouches for its signatures. */
async function publicKey(world: World, keyId: string): Promise<JsonWebKey> {
  const answer = await world.request('Mallory', '/.well-known/jwks.json')
  const key = resultOf<{ keys: readonly (JsonWebKey & { kid: string })[] }>(answer).keys.find(
    ({ kid }) => kid === keyId,
  )
  assert.ok(key, `The server publishes no key "${keyId}".`)
  return key
}
