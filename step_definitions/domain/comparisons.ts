import assert from 'node:assert/strict'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import type { Person } from '../support/parameter-types.ts'
import { toInput, type World } from '../support/world.ts'
import { artifactIdOf } from './releases.ts'

interface Comparison {
  readonly status: string
  readonly diff: {
    readonly servers_added: readonly string[]
    readonly servers_removed: readonly string[]
    readonly servers_modified: readonly {
      readonly server_name: string
      readonly changes: readonly {
        readonly path: string
        readonly old_value: unknown
        readonly new_value: unknown
      }[]
    }[]
  }
}

When<World>('{person} compares {profile} with nothing', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'diff_config', toInput(ref))
})

When<World>(
  '{person} compares {profile} with an artifact that was never made',
  async function (person: Person, ref: ProfileRef) {
    await this.perform(person, 'diff_config', toInput(ref, { local_artifact_id: '0'.repeat(64) }))
  },
)

When<World>(
  '{person} compares {profile} with the artifact of release {int}',
  async function (person: Person, ref: ProfileRef, sequence: number) {
    const artifactId = await artifactIdOf(this, ref, sequence)
    await this.perform(person, 'diff_config', toInput(ref, { local_artifact_id: artifactId }))
  },
)

When<World>(
  '{person} compares {profile} with:',
  async function (person: Person, ref: ProfileRef, payload: string) {
    await this.perform(person, 'diff_config', toInput(ref, { local_payload: JSON.parse(payload) }))
  },
)

Then<World>(
  'it is {string}, with {names} added and {names} removed',
  function (status: string, added: readonly string[], removed: readonly string[]) {
    const comparison = this.result<Comparison>()
    assert.equal(comparison.status, status)
    assert.deepEqual([comparison.diff.servers_added, comparison.diff.servers_removed], [added, removed])
  },
)

Then<World>('the server {string} differs in:', function (serverName: string, table: DataTable) {
  const [server, ...more] = this.result<Comparison>().diff.servers_modified
  assert.deepEqual([server?.server_name, more], [serverName, []])
  assert.deepEqual(
    server?.changes.map((change) => [
      change.path,
      JSON.stringify(change.old_value),
      JSON.stringify(change.new_value),
    ]),
    table.raw(),
  )
})
