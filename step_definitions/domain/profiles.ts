import assert from 'node:assert/strict'
import { type DataTable, Then } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import type { World } from '../support/world.ts'

interface Profiles {
  readonly profiles: readonly Profile[]
}

interface Profile {
  readonly profile_id: string
  readonly sequence: number | null
  readonly deployment: {
    readonly sequence: number
    readonly file_state: string
    readonly outdated: boolean
  } | null
}

Then<World>(
  'the deployment of {profile} is release {int}, {string} and {word}',
  async function (ref: ProfileRef, sequence: number, fileState: string, age: string) {
    const { deployment } = await profileOf(this, ref)
    assert.deepEqual(
      [deployment?.sequence, deployment?.file_state, deployment?.outdated ? 'outdated' : 'current'],
      [sequence, fileState, age],
    )
  },
)

Then<World>('{profile} has no deployment', async function (ref: ProfileRef) {
  assert.equal((await profileOf(this, ref)).deployment, null)
})

Then<World>('there are no profiles', function () {
  assert.deepEqual(this.result<Profiles>().profiles, [])
})

Then<World>('the profiles are:', function (table: DataTable) {
  const { profiles } = this.result<Profiles>()
  assert.deepEqual(
    profiles.map(({ profile_id, sequence }) => [profile_id, String(sequence ?? '')]),
    table.raw(),
  )
})

/** From the answer of the attempt, if it lists the profiles; else from a look. */
async function profileOf(world: World, { clientId, profileId }: ProfileRef): Promise<Profile> {
  const answer = world.result<Partial<Profiles>>()
  const profiles = answer.profiles ?? (await listProfiles(world, clientId))
  const profile = profiles.find((each) => each.profile_id === profileId)
  assert.ok(profile, `"${profileId}" is not among the profiles.`)
  return profile
}

async function listProfiles(world: World, clientId: string): Promise<readonly Profile[]> {
  return (await world.look<Profiles>('list_profiles', { client_id: clientId })).profiles
}
