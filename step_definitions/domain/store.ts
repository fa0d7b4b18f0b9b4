import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Given } from '@cucumber/cucumber'
import { createOrchestrator, type Entry, type JsonValue, type ProfileRef } from '../../src/index.ts'
import type { Envelope } from '../support/envelope.ts'
import { statementOf } from '../support/envelope.ts'
import type { World } from '../support/world.ts'

/** What Mallory does to the store, whose keys she has read off it. */

Given<World>('Mallory has altered the artifact of {profile} in the store', async function (ref: ProfileRef) {
  const { artifactId } = await this.orchestrator.releases.get(ref)
  await rewrite(this, `artifacts/${artifactId}`, (text) => String(text).replace('npx', 'pwn'))
})

Given<World>('Mallory has altered the changelog of {profile} in the store', async function (ref: ProfileRef) {
  await rewrite(this, releaseKey(ref, 1), (value) => {
    const envelope = value as unknown as Envelope
    const { predicate, ...statement } = statementOf(envelope)
    const altered = { ...statement, predicate: { ...predicate, changelog: 'Approved by Omar.' } }
    return {
      ...envelope,
      payload: Buffer.from(JSON.stringify(altered)).toString('base64'),
    } as unknown as JsonValue
  })
})

Given<World>(
  'Mallory has passed the release of {profile} off as one of {profile}',
  async function (ref: ProfileRef, other: ProfileRef) {
    const own = `/${ref.clientId}/${ref.profileId}`
    const copies = (await this.orchestrator.store.list(''))
      .filter(({ key }) => /^(releases|heads|newest)\//.test(key) && key.includes(own))
      .map(({ key, value }) => [key.replace(own, `/${other.clientId}/${other.profileId}`), value])
    assert.equal(copies.length, 3)
    await this.orchestrator.store.commit({ put: Object.fromEntries(copies) })
  },
)

Given<World>(
  'Mallory has published {profile} with {string} under a key of her own',
  async function (ref: ProfileRef, serverId: string) {
    await this.orchestrator.keys.initialize()
    const { store } = this.orchestrator
    await using mallory = createOrchestrator({ home: join(this.sandbox.userHome, 'mallory'), store })
    await mallory.keys.initialize()
    await mallory.drafts.add(ref, { serverId })
    await mallory.releases.publish(ref)
  },
)

Given<World>(
  'Mallory has removed release {int} of {profile} from the store',
  async function (sequence: number, ref: ProfileRef) {
    const { key } = await entryAt(this, releaseKey(ref, sequence))
    await this.orchestrator.store.commit({ delete: [key] })
  },
)

Given<World>(
  'Mallory has hidden release {int} of {profile} in the store',
  async function (sequence: number, ref: ProfileRef) {
    const [before] = await this.orchestrator.releases.history(ref, { limit: 1, before: sequence })
    assert.ok(before)
    await rewrite(this, `heads/${ref.clientId}/${ref.profileId}`, () => ({ ...before }))
  },
)

async function rewrite(world: World, key: string, change: (value: JsonValue) => JsonValue): Promise<void> {
  const { value } = await entryAt(world, key)
  const changed = change(value)
  assert.notDeepEqual(changed, value)
  await world.orchestrator.store.commit({ put: { [key]: changed } })
}

async function entryAt({ orchestrator }: World, key: string): Promise<Entry> {
  const entry = await orchestrator.store.get(key)
  assert.ok(entry, `The store has nothing at ${key}.`)
  return entry
}

function releaseKey({ clientId, profileId }: ProfileRef, sequence: number): string {
  return `releases/${clientId}/${profileId}/${String(sequence).padStart(16, '0')}`
}
