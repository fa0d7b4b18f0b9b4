import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { Payload, ProfileRef } from '../../src/index.ts'
import { publish } from '../releases.ts'
import type { Person } from '../support/parameter-types.ts'
import { toInput, type World } from '../support/world.ts'
import { assertVariables } from './drafts.ts'

export interface Release {
  readonly artifact_id: string
  readonly payload: Payload
  readonly signing_key_id: string
  readonly metadata: { readonly sequence: number; readonly changelog: string | null }
  readonly history?: History
}

type History = readonly { readonly sequence: number; readonly changelog: string | null }[]

Given<World>(
  '{person} has published {profile} again with {string} as well',
  async function (_person: Person, ref: ProfileRef, serverId: string) {
    await publish(this, ref, [serverId])
  },
)

Given<World>(
  '{person} has published {profile} again with the changelog {string}',
  async function (_person: Person, ref: ProfileRef, changelog: string) {
    await this.orchestrator.releases.publish(ref, { changelog })
  },
)

Given<World>(
  '{person} has removed {string} and published {profile} again',
  async function (_person: Person, serverName: string, ref: ProfileRef) {
    await this.orchestrator.drafts.remove(ref, serverName)
    await this.orchestrator.releases.publish(ref)
  },
)

Given<World>(
  '{person} has withdrawn everything from {profile}',
  async function (_person: Person, ref: ProfileRef) {
    await this.orchestrator.drafts.clear(ref)
    await this.orchestrator.releases.publish(ref)
  },
)

When<World>(
  '{person} publishes {profile} with the changelog {string}',
  async function (person: Person, ref: ProfileRef, changelog: string) {
    await this.perform(person, 'publish_config', toInput(ref, { changelog }))
  },
)

When<World>(
  '{person} fetches release {int} of {profile}',
  async function (person: Person, sequence: number, ref: ProfileRef) {
    await this.perform(person, 'get_config', toInput(ref, { sequence }))
  },
)

When<World>(
  '{person} fetches {profile} by the artifact of release {int} of {profile}',
  async function (person: Person, ref: ProfileRef, sequence: number, other: ProfileRef) {
    const artifactId = await artifactIdOf(this, other, sequence)
    await this.perform(person, 'get_config', toInput(ref, { artifact_id: artifactId }))
  },
)

When<World>(
  '{person} lists the {int} release(s) of {profile} before release {int}',
  async function (person: Person, history: number, ref: ProfileRef, before: number) {
    await this.perform(person, 'get_config', toInput(ref, { history, before }))
  },
)

Then<World>('it lists these releases:', function (table: DataTable) {
  assertHistory(this.result<Release>().history, table)
})

Then<World>(
  'the {int} release(s) of {profile} before release {int} are:',
  async function (history: number, ref: ProfileRef, before: number, table: DataTable) {
    const release = await this.look<Release>('get_config', toInput(ref, { history, before }))
    assertHistory(release.history, table)
  },
)

Then<World>('it says {string}, as release {int}', function (status: string, sequence: number) {
  const published = this.result<{ status: string; sequence: number }>()
  assert.deepEqual([published.status, published.sequence], [status, sequence])
})

Then<World>(
  'it has the artifact of release {int} of {profile}',
  async function (sequence: number, ref: ProfileRef) {
    const { artifact_id } = this.result<Release>()
    assert.equal(artifact_id, (await releaseOf(this, ref, sequence)).artifact_id)
  },
)

Then<World>('it is release {int} and holds {names}', function (sequence: number, names: readonly string[]) {
  assertRelease(this.result<Release>(), sequence, names)
})

Then<World>(
  'release {int} of {profile} now holds {names}',
  async function (sequence: number, ref: ProfileRef, names: readonly string[]) {
    assertRelease(await releaseOf(this, ref, sequence), sequence, names)
  },
)

Then<World>(
  'release {int} of {profile} now holds {names} and says {string}',
  async function (sequence: number, ref: ProfileRef, names: readonly string[], changelog: string) {
    const release = await releaseOf(this, ref, sequence)
    assertRelease(release, sequence, names)
    assert.equal(release.metadata.changelog, changelog)
  },
)

Then<World>(
  'release {int} of {profile} now gives {string} the variables:',
  async function (sequence: number, ref: ProfileRef, serverName: string, table: DataTable) {
    const { payload } = await releaseOf(this, ref, sequence)
    assertVariables(payload.mcpServers[serverName], table)
  },
)

Then<World>(
  'release {int} of {profile} is still the latest',
  async function (sequence: number, ref: ProfileRef) {
    const { metadata } = await this.look<Release>('get_config', toInput(ref))
    assert.equal(metadata.sequence, sequence)
  },
)

/** As it is fetched through the door under proof. */
export function releaseOf(world: World, ref: ProfileRef, sequence: number): Promise<Release> {
  return world.look('get_config', toInput(ref, { sequence }))
}

/** By the back door. */
export async function artifactIdOf(
  { orchestrator }: World,
  ref: ProfileRef,
  sequence: number,
): Promise<string> {
  return (await orchestrator.releases.get(ref, { sequence })).artifactId
}

function assertRelease({ payload, metadata }: Release, sequence: number, names: readonly string[]): void {
  assert.equal(metadata.sequence, sequence)
  assert.deepEqual(Object.keys(payload.mcpServers).toSorted(), names.toSorted())
}

function assertHistory(history: History | undefined, table: DataTable): void {
  assert.deepEqual(
    history?.map(({ sequence, changelog }) => [String(sequence), changelog ?? '']),
    table.raw(),
  )
}
