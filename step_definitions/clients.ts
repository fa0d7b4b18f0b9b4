import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Then, When } from '@cucumber/cucumber'
import { clientFile } from './support/client-file.ts'
import { attemptDeed } from './support/deed.ts'
import { resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { configPath, type World } from './support/world.ts'

interface Clients {
  readonly clients: readonly {
    readonly client_id: string
    readonly display_name: string
    readonly config_path: string
    readonly profiles: readonly string[]
  }[]
  readonly count: number
}

interface Profiles {
  readonly profiles: readonly {
    readonly profile_id: string
    readonly latest_artifact_id: string | null
    readonly sequence: number | null
    readonly updated_at: string
    readonly deployment: Readonly<Record<string, unknown>> | null
  }[]
}

interface Release {
  readonly artifact_id: string
  readonly metadata: { readonly sequence: number }
}

When<World>('{person} lists the clients', async function (person: Person) {
  await this.ask(person, '/v1/clients')
})

When<World>('{person} lists the profiles of {string}', async function (person: Person, clientId: string) {
  await this.perform(person, 'list_profiles', { client_id: clientId })
})

When<World>('the client {string} gets a file of another name', async function (clientId: string) {
  const file = await clientFile(this, clientId)
  await attemptDeed(this, async () => {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}c`, '{}')
  })
})

Then<World>('each client has an id, a name, a file and a list of profiles', function () {
  const { clients, count } = resultOf<Clients>(this.answer())
  assert.ok(clients.length >= 8, `${clients.length} clients.`)
  assert.equal(count, clients.length)
  for (const client of clients) {
    assert.match(client.client_id, /^[a-z0-9][a-z0-9._-]{0,63}$/)
    assert.match(client.display_name, /\S/)
    assert.ok(client.config_path.startsWith(this.sandbox.userHome), client.config_path)
    assert.ok(Array.isArray(client.profiles))
  }
})

Then<World>(
  'the client {string} keeps its file at {string} in her home',
  function (clientId: string, path: string) {
    const client = findClient(this, clientId)
    assert.equal(
      client.config_path.replaceAll('\\', '/'),
      `${this.sandbox.userHome.replaceAll('\\', '/')}/${path}`,
    )
  },
)

Then<World>(
  'the client {string} has the profile {string} and no other',
  function (clientId: string, profileId: string) {
    assert.deepEqual(findClient(this, clientId).profiles, [profileId])
  },
)

Then<World>(
  'the profile {string} shows release {int}, as its configuration does, and release {int} as deployed but outdated',
  async function (profileId: string, latest: number, deployed: number) {
    const { latest_artifact_id, sequence, deployment } = findProfile(this, profileId)
    const configuration = await fetchRelease(this, profileId)
    assert.deepEqual(
      [latest_artifact_id, sequence],
      [configuration.artifact_id, configuration.metadata.sequence],
    )
    assert.equal(sequence, latest)
    const { deployed_at, ...rest } = deployment ?? {}
    assert.ok(Date.parse(String(deployed_at)) <= this.attempted().startedAt, `${deployed_at}`)
    assert.deepEqual(rest, {
      artifact_id: (await fetchRelease(this, profileId, deployed)).artifact_id,
      sequence: deployed,
      deployed_by: 'library',
      config_path: this.cursorFile,
      file_state: 'in_sync',
      outdated: true,
    })
  },
)

Then<World>('the profile {string} shows no release and no deployment', function (profileId: string) {
  const { updated_at, ...profile } = findProfile(this, profileId)
  assert.ok(Date.parse(updated_at) <= this.attempted().startedAt, updated_at)
  const nothing = { latest_artifact_id: null, sequence: null, deployment: null }
  assert.deepEqual(profile, { profile_id: profileId, ...nothing })
})

function findClient(world: World, clientId: string) {
  const { clients } = resultOf<Clients>(world.answer())
  const client = clients.find((each) => each.client_id === clientId)
  assert.ok(client, `"${clientId}" is not among the clients.`)
  return client
}

function findProfile(world: World, profileId: string) {
  const { profiles } = resultOf<Profiles>(world.answer())
  const profile = profiles.find((each) => each.profile_id === profileId)
  assert.ok(profile, `"${profileId}" is not among the profiles.`)
  return profile
}

/** What `get_config` answers: the latest release, or the one with that sequence number. */
async function fetchRelease(world: World, profileId: string, sequence?: number): Promise<Release> {
  const path = configPath({ clientId: 'cursor', profileId })
  const query = sequence === undefined ? '' : `?sequence=${sequence}`
  return resultOf<Release>(await world.request('Priya', path + query))
}
