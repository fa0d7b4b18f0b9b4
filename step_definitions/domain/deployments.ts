import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import { publish } from '../releases.ts'
import type { Person } from '../support/parameter-types.ts'
import { toInput, type World } from '../support/world.ts'
import { artifactIdOf } from './releases.ts'

interface Deployed {
  readonly status: string
  readonly backup_path: string | null
  readonly servers_written: readonly string[]
  readonly servers_removed: readonly string[]
  readonly servers_kept: readonly string[]
  readonly diff?: string
}

Given<World>(
  '{person} has published {profile} again with {string} as well, and Omar has deployed it',
  async function (_person: Person, ref: ProfileRef, serverId: string) {
    await publish(this, ref, [serverId])
    await this.orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
  },
)

When<World>(
  '{person} deploys release {int} of {profile}',
  async function (person: Person, sequence: number, ref: ProfileRef) {
    await this.perform(person, 'deploy_config', toInput(ref, { sequence }))
  },
)

When<World>(
  '{person} deploys {profile} by the artifact of release {int} of {profile}',
  async function (person: Person, ref: ProfileRef, sequence: number, other: ProfileRef) {
    const artifactId = await artifactIdOf(this, other, sequence)
    await this.perform(person, 'deploy_config', toInput(ref, { artifact_id: artifactId }))
  },
)

When<World>(
  '{person} deploys {profile} and overwrites what was edited',
  async function (person: Person, ref: ProfileRef) {
    await this.perform(person, 'deploy_config', toInput(ref, { overwrite: true }))
  },
)

When<World>('{person} deploys {profile} as a dry run', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'deploy_config', toInput(ref, { dry_run: true }))
})

Then<World>(
  'it has written {names}, removed {names} and kept {names}',
  function (written: readonly string[], removed: readonly string[], kept: readonly string[]) {
    assertDone(this.result<Deployed>(), 'deployed', [written, removed, kept])
  },
)

Then<World>(
  'it would have written {names}, removed {names} and kept {names}',
  function (written: readonly string[], removed: readonly string[], kept: readonly string[]) {
    assertDone(this.result<Deployed>(), 'dry_run', [written, removed, kept])
  },
)

Then<World>(
  'the difference adds {string} and shows nothing of {string}',
  function (added: string, hidden: string) {
    const { diff = '' } = this.result<Deployed>()
    assert.ok(
      diff.split('\n').some((line) => line.startsWith('+') && line.includes(added)),
      diff,
    )
    assert.ok(!diff.includes(hidden), diff)
  },
)

Then<World>('the backup holds what the file of {string} held before', async function (clientId: string) {
  const { backup_path } = this.result<Deployed>()
  assert.ok(backup_path, 'There is no backup.')
  assert.ok(backup_path.startsWith(join(this.sandbox.home, 'backups')), backup_path)
  assert.equal(await readFile(backup_path, 'utf8'), this.firstFiles.get(clientId))
})

Then<World>('there is no backup', function () {
  assert.equal(this.result<Deployed>().backup_path, null)
})

function assertDone(done: Deployed, status: string, names: readonly (readonly string[])[]): void {
  assert.equal(done.status, status)
  const lists = [done.servers_written, done.servers_removed, done.servers_kept]
  assert.deepEqual(
    lists.map((list) => list.toSorted()),
    names.map((list) => list.toSorted()),
  )
}
