import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createOrchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Change, Store } from '../../src/store/store.ts'

const ref = { clientId: 'cursor', profileId: 'work' }

describe('a draft is published', () => {
  test('at the revision that was expected, and unchanged when it is the latest release already', async (t) => {
    const { releases, drafts } = await setUp(t)
    const { revision: expectedRevision } = await drafts.view(ref)
    assert.equal((await releases.publish(ref, { expectedRevision })).status, 'published')
    assert.equal((await releases.publish(ref, { expectedRevision })).status, 'unchanged')
  })

  test('at no other revision', async (t) => {
    const { releases, drafts } = await setUp(t)
    const { revision: expectedRevision } = await drafts.view(ref)
    await drafts.add(ref, { serverId: 'time' })
    await assert.rejects(releases.publish(ref, { expectedRevision }), { code: 'precondition_failed' })
    assert.equal(await releases.summary(ref), undefined)
  })

  test('or not at all when it changes at the last moment', async (t) => {
    const { releases, drafts, atNextRelease } = await setUp(t)
    const { revision: expectedRevision } = await drafts.view(ref)
    atNextRelease(() => drafts.add(ref, { serverId: 'time' }))
    await assert.rejects(releases.publish(ref, { expectedRevision }), { code: 'precondition_failed' })
    assert.equal(await releases.summary(ref), undefined)
  })

  test('as it was a moment ago when nothing was expected', async (t) => {
    const { releases, drafts, atNextRelease } = await setUp(t)
    atNextRelease(() => drafts.add(ref, { serverId: 'time' }))
    const { release } = await releases.publish(ref)
    assert.equal(release.serverCount, 1)
  })
})

async function setUp(t: TestContext) {
  const home = await mkdtemp(path.join(tmpdir(), 'expected-draft-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  let before: (() => Promise<unknown>) | undefined
  const store = watchReleases(createMemoryStore(), async () => {
    const act = before
    before = undefined
    await act?.()
  })
  const orchestrator = createOrchestrator({ home, store, env: { HOME: home }, platform: 'linux' })
  await orchestrator.keys.initialize()
  await orchestrator.drafts.add(ref, { serverId: 'memory' })
  return {
    ...orchestrator,
    atNextRelease(act: () => Promise<unknown>) {
      before = act
    },
  }
}

/** Does something right before a release is committed. */
function watchReleases(store: Store, before: () => Promise<void>): Store {
  return {
    ...store,
    async commit(change: Change) {
      if (Object.keys(change.put ?? {}).some((key) => key.startsWith('releases/'))) await before()
      return await store.commit(change)
    },
  }
}
