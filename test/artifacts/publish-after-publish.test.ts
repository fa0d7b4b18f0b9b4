import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { createReleases } from '../../src/artifacts/releases.ts'
import { releaseKey, releasePrefix } from '../../src/artifacts/store-keys.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import {
  createRoom,
  docs,
  hasCode,
  memory,
  openRoom,
  overwrite,
  type Room,
  ref,
  temporaryFolder,
} from './room.ts'

describe('A process that publishes after its own publication', () => {
  test('does not verify what it has signed and committed itself', async (context) => {
    const { room, store } = await createDamagedRoom(context)
    await room.publish({ memory }, 'First')
    await room.publish({ docs }, 'Second')
    const { release } = await room.publish({ memory, docs }, 'Third')
    assert.equal(release.sequence, 3)
    const sound = createReleases({ ...room, store, clock: () => new Date() })
    const history = await sound.history(ref, { limit: 3 })
    assert.deepEqual(
      history.map(({ changelog }) => changelog),
      ['Third', 'Second', 'First'],
    )
    assert.deepEqual(await sound.get(ref), release)
  })

  test('verifies what another process has published', async (context) => {
    const { room } = await createDamagedRoom(context)
    await room.publish({ memory })
    room.drafts.put(ref, { mcpServers: { docs } })
    await assert.rejects(room.elsewhere().publish(ref), hasCode('signature_invalid'))
  })

  test('verifies what stands there since another commit', async (context) => {
    const room = await createRoom(context)
    const { release } = await room.publish({ memory })
    await overwrite(room.store, releaseKey(ref, 1), { ...release.envelope, payload: 'AAAA' })
    await assert.rejects(room.publish({ docs }), hasCode('signature_invalid'))
  })

  test('goes on from none whose key is no longer trusted', async (context) => {
    const room = await createRoom(context)
    const { publicKeyPath } = await room.keys.initialize()
    await room.publish({ memory })
    await room.keys.initialize({ regenerate: true })
    await rm(publicKeyPath)
    await assert.rejects(room.publish({ docs }), hasCode('signature_invalid'))
  })

  test('keeps nothing of a publication that was not committed', async (context) => {
    const store = createMemoryStore()
    let isFull = true
    const room = await openRoom(await temporaryFolder(context), {
      ...store,
      commit: (change) => (isFull ? Promise.reject(new Error('The disk is full')) : store.commit(change)),
    })
    await assert.rejects(room.publish({ memory }, 'Lost'), /disk is full/)
    isFull = false
    const { release } = await room.publish({ docs }, 'Made')
    assert.equal(release.sequence, 1)
    const { release: next } = await room.publish({ memory }, 'Next')
    assert.equal(next.previousArtifactId, release.artifactId)
    assert.deepEqual(await room.elsewhere().get(ref), next)
  })
})

/** Whoever reads a release in this room gets another value, at the revision that it has; the store below it is sound. */
async function createDamagedRoom(
  context: TestContext,
): Promise<{ readonly room: Room; readonly store: Store }> {
  const store = createMemoryStore()
  const isRelease = (key: string) => key.startsWith(releasePrefix(ref))
  const room = await openRoom(await temporaryFolder(context), {
    ...store,
    async get(key) {
      const entry = await store.get(key)
      return entry && isRelease(key) ? { ...entry, value: 'damaged' } : entry
    },
  })
  return { room, store }
}
