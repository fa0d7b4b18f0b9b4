import assert from 'node:assert/strict'
import { rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Given, Then } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import type { Person } from '../support/parameter-types.ts'
import { filesBelow } from '../support/snapshot.ts'
import type { World } from '../support/world.ts'

Given<World>('the machine has the variable {string} set to {string}', function (name: string, value: string) {
  this.variables[name] = value
})

Given<World>(
  'the draft of {profile} can be signed and holds {string} with the secret {string}',
  async function (ref: ProfileRef, serverId: string, secret: string) {
    await this.orchestrator.keys.initialize()
    await addWithSecret(this, ref, serverId, secret)
  },
)

Given<World>(
  '{person} has published {profile} with {string} and the secret {string}',
  async function (_person: Person, ref: ProfileRef, serverId: string, secret: string) {
    await this.orchestrator.keys.initialize()
    await addWithSecret(this, ref, serverId, secret)
    await this.orchestrator.releases.publish(ref)
  },
)

Given<World>('Omar has moved to a machine without the vault', async function () {
  await rm(vault(this), { recursive: true })
})

Then<World>(
  '{string} stands in the vault and in no other file, and nobody is told it',
  async function (secret: string) {
    assert.ok(!JSON.stringify(this.result()).includes(secret))
    const files = await filesBelow(this.sandbox.userHome)
    const holders = [...files].filter(([, bytes]) => bytes.includes(secret)).map(([path]) => path)
    assert.deepEqual(
      holders.map((path) => dirname(path)),
      [vault(this)],
    )
    assert.equal((await stat(vault(this))).mode & 0o777, 0o700)
    for (const path of holders) assert.equal((await stat(path)).mode & 0o777, 0o600)
  },
)

function vault({ sandbox }: World): string {
  return join(sandbox.home, 'secrets')
}

/** The one variable that the server requires. */
async function addWithSecret(
  { orchestrator }: World,
  ref: ProfileRef,
  serverId: string,
  secret: string,
): Promise<void> {
  const { variables } = await orchestrator.catalogue.get(serverId)
  const variable = variables.find(({ required }) => required)
  assert.ok(variable?.secret, `${serverId} requires no secret.`)
  await orchestrator.drafts.add(ref, { serverId, envVars: { [variable.name]: secret } })
}
