import assert from 'node:assert/strict'
import type { JsonObject, JsonValue } from '../../src/index.ts'
import { digestOf } from './envelope.ts'
import type { World } from './world.ts'

/** Something that is done to the audit log behind its back, in the store itself. */
export type Tampering = (world: World) => Promise<unknown>

/** What Mallory does with a log of six entries. */
export const tamperings: Readonly<Record<string, Tampering>> = {
  'altered entry 3 of the log': async (world) =>
    put(world, 3, { ...(await entryAt(world, 3)), principal: 'cli' }),
  'removed entry 3 of the log': ({ orchestrator }) => orchestrator.store.commit({ delete: [keyOf(3)] }),
  'swapped entries 3 and 4 of the log': async (world) => {
    const [third, fourth] = await Promise.all([entryAt(world, 3), entryAt(world, 4)])
    await put(world, 3, fourth)
    await put(world, 4, third)
  },
  'cut the log off after entry 4': ({ orchestrator }) =>
    orchestrator.store.commit({ delete: [keyOf(5), keyOf(6)] }),
  'wrote the log anew from entry 3 on': rewrite,
}

function keyOf(sequence: number): string {
  return `audit/${String(sequence).padStart(16, '0')}`
}

async function entryAt({ orchestrator }: World, sequence: number): Promise<JsonObject> {
  const entry = await orchestrator.store.get(keyOf(sequence))
  assert.ok(entry)
  return entry.value as JsonObject
}

async function put({ orchestrator }: World, sequence: number, value: JsonValue): Promise<void> {
  await orchestrator.store.commit({ put: { [keyOf(sequence)]: value } })
}

/** Mallory knows how the hashes are made. */
async function rewrite(world: World): Promise<void> {
  let previous = (await entryAt(world, 2)).hash ?? null
  for (const sequence of [3, 4, 5, 6]) {
    const { hash: _, ...entry } = await entryAt(world, sequence)
    const forged = { ...entry, principal: 'cli', previous_hash: previous }
    previous = digestOf(forged)
    await put(world, sequence, { ...forged, hash: previous })
  }
  await world.orchestrator.store.commit({ put: { 'audit-head': { sequence: 6, hash: previous } } })
}
