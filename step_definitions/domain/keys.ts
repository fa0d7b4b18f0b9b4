import assert from 'node:assert/strict'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import type { Person } from '../support/parameter-types.ts'
import { toInput, type World } from '../support/world.ts'
import { releaseOf } from './releases.ts'

Given<World>('Omar has taken away the public key that signed it', async function () {
  const trusted = join(this.sandbox.home, 'keys', 'trusted')
  const keys = await readdir(trusted)
  assert.equal(keys.length, 1)
  await rm(trusted, { recursive: true })
})

When<World>('{person} replaces the signing key', async function (person: Person) {
  await this.perform(person, 'initialize_keys', { regenerate: true })
})

Then<World>(
  'release {int} of {profile} still shows the former key',
  async function (sequence: number, ref: ProfileRef) {
    const { signing_key_id } = await releaseOf(this, ref, sequence)
    assert.notEqual(signing_key_id, keyId(this))
    const former = Object.keys(this.attempted().before).filter((path) =>
      path.endsWith(`${signing_key_id}.pem`),
    )
    assert.equal(former.length, 1)
  },
)

Then<World>(
  'the next release of {profile}, with {string}, shows the new key',
  async function (ref: ProfileRef, serverId: string) {
    await this.orchestrator.drafts.add(ref, { serverId })
    const { sequence } = await this.look<{ sequence: number }>('publish_config', toInput(ref))
    assert.equal((await releaseOf(this, ref, sequence)).signing_key_id, keyId(this))
  },
)

function keyId(world: World): string {
  return world.result<{ signing_key_id: string }>().signing_key_id
}
