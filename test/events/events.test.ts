import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { toEvent } from '../../src/events/event.ts'
import { createEvents, type EventBatch, type OrchestrationEvent } from '../../src/events/events.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { JsonValue } from '../../src/vocabulary.ts'

const ref = { clientId: 'cursor', profileId: 'default' }

describe('whoever follows is told', () => {
  test('of each change of a draft, with the revision that the draft then has', async (t) => {
    const { drafts, events } = await setUp(t)
    const told = take(events.follow(), 3)
    const { draft } = await drafts.add(ref, { serverId: 'memory' })
    const { draft: removed } = await drafts.remove(ref, 'memory')
    await drafts.add(ref, { serverId: 'memory' })
    assert.deepEqual((await told).slice(0, 2), [
      { type: 'draft_changed', ...ref, revision: draft.revision, serverCount: 1 },
      { type: 'draft_changed', ...ref, revision: removed.revision, serverCount: 0 },
    ])
  })

  test('of what is published and deployed, once each', async (t) => {
    const { drafts, releases, deployments, events, store } = await setUp(t)
    await drafts.add(ref, { serverId: 'memory' })
    const fromRevision = await store.revision()
    const { release } = await releases.publish(ref)
    await releases.publish(ref)
    const { configPath } = await deployments.deploy(ref, { deployedBy: 'tok_1' })
    await deployments.current('cursor')
    const { artifactId, sequence } = release
    assert.deepEqual(withoutRevisions(await takeUntilNow({ events, store }, fromRevision)), [
      { type: 'published', ...ref, artifactId, sequence },
      { type: 'deployed', ...ref, artifactId, sequence, deployedBy: 'tok_1', configPath },
    ])
  })

  test('of what becomes of a deployed file while somebody follows, without anybody asking', async (t) => {
    const { orchestrator, configPath } = await setUpDeployed(t)
    const told = take(orchestrator.events.follow(), 1)
    await writeFile(configPath, '{ "mcpServers": { "memory": { "command": "edited" } } }')
    assert.deepEqual(withoutRevisions(await told), [
      { type: 'file_state_changed', ...ref, configPath, fileState: 'edited' },
    ])
  })

  test('of the past, from a revision on', async (t) => {
    const { drafts, events, store } = await setUp(t)
    const first = await drafts.add(ref, { serverId: 'memory' })
    const { draft: second } = await drafts.remove(ref, 'memory')
    const fromRevision = first.draft.revision
    assert.deepEqual(
      (await takeUntilNow({ events, store }, fromRevision)).map(({ revision }) => revision),
      [second.revision],
    )
  })

  test('how far it knows everything, also when what happened is no event', async (t) => {
    const { events, tokens, store } = await setUp(t)
    const batches = events.follow()[Symbol.asyncIterator]()
    await tokens.generate()
    const { value } = await batches.next()
    assert.deepEqual(value, { type: 'events', through: await store.revision(), events: [] })
    await batches.return?.()
  })

  test('that its past is forgotten', async () => {
    const store = createMemoryStore({ historyRevisions: 2 })
    for (let value = 1; value <= 4; value += 1) await store.commit({ put: { value } })
    const events = createEvents({ store, deployments: { watchFiles: () => () => {} } })
    const batches: EventBatch[] = []
    for await (const batch of events.follow({ fromRevision: 0 })) batches.push(batch)
    assert.deepEqual(batches, [{ type: 'compacted', revision: 2 }])
  })
})

describe('the files are watched for as long as somebody follows', () => {
  const ways: Readonly<Record<string, (follow: Follow) => Promise<unknown>>> = {
    'until it is left': async (follow) => {
      const iterator = follow()[Symbol.asyncIterator]()
      const next = iterator.next()
      await iterator.return?.()
      await next
    },
    'until its signal aborts, though nobody reads': async (follow) => {
      const stop = new AbortController()
      follow({ signal: stop.signal })[Symbol.asyncIterator]()
      stop.abort()
    },
    'until its signal aborts while it waits': async (follow) => {
      const stop = new AbortController()
      const next = follow({ signal: stop.signal })[Symbol.asyncIterator]().next()
      stop.abort()
      assert.equal((await next).done, true)
    },
    'not at all with a signal that has aborted': async (follow) => {
      follow({ signal: AbortSignal.abort() })[Symbol.asyncIterator]()
    },
    'until the store fails': async (follow) => {
      const next = follow()[Symbol.asyncIterator]().next()
      await assert.rejects(next, { code: 'store_unavailable' })
    },
  }
  for (const [name, leave] of Object.entries(ways))
    test(name, async () => {
      const store = createMemoryStore()
      if (name.includes('fails')) await store.close()
      let watching = 0
      const watchFiles = () => {
        watching += 1
        let stopped = false
        return () => {
          if (!stopped) watching -= 1
          stopped = true
        }
      }
      await leave(createEvents({ store, deployments: { watchFiles } }).follow)
      assert.equal(watching, 0)
    })
})

describe('a write that is nobody’s business', () => {
  const digest = 'a'.repeat(64)
  const release = { sequence: 1, artifactId: digest, createdAt: '2026-11-22', changelog: null }
  const others: readonly (readonly [key: string, value: JsonValue])[] = [
    ['tokens/tok_1', { hash: digest }],
    ['drafts/cursor/default/more', { mcpServers: {}, updatedAt: '2026-11-22' }],
    ['drafts/cursor', { mcpServers: {}, updatedAt: '2026-11-22' }],
    ['drafts/cursor/__proto__', { mcpServers: {}, updatedAt: '2026-11-22' }],
    ['drafts/Cursor/default', { mcpServers: {}, updatedAt: '2026-11-22' }],
    ['drafts/cursor/default', { mcpServers: [] }],
    ['draft-claims/cursor/default/memory', 1],
    ['heads/cursor/default', { sequence: 'first' }],
    ['heads/cursor/default/more', release],
    ['heads/cursor', release],
    ['heads/Cursor/default', release],
    ['heads/cursor/De fault', release],
    ['releases/cursor/default/0000000000000001', release],
    ['deployments/cursor/1', null],
    ['deployments/cursor/1', { current: null, pending: null, isNew: true }],
    ['deployments/cursor/1', { current: { profileId: 'default' }, pending: null, isNew: false }],
    ['deployments/cursor/1', { current: { profileId: 'default' }, pending: null }],
    ['file-states/cursor/1', 'edited'],
  ]
  for (const [key, value] of others)
    test(`is no event: ${key} ${JSON.stringify(value).slice(0, 60)}`, () => {
      assert.equal(toEvent({ type: 'put', key, value, revision: 1 }), undefined)
    })

  test('is no event: a removal', () => {
    assert.equal(toEvent({ type: 'delete', key: 'drafts/cursor/default', revision: 1 }), undefined)
  })
})

type Follow = ReturnType<typeof createEvents>['follow']

async function setUp(t: TestContext): Promise<Orchestrator> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-events-'))
  const env = { HOME: path.join(folder, 'user') }
  const orchestrator = createOrchestrator({ home: folder, store: 'memory', env, platform: 'linux' })
  t.after(async () => {
    await orchestrator.close()
    await rm(folder, { recursive: true, force: true })
  })
  await orchestrator.keys.initialize()
  return orchestrator
}

async function setUpDeployed(t: TestContext) {
  const orchestrator = await setUp(t)
  await orchestrator.drafts.add(ref, { serverId: 'memory' })
  await orchestrator.releases.publish(ref)
  const { configPath } = await orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
  return { orchestrator, configPath }
}

/** The first `count` events. */
async function take(
  batches: AsyncIterable<EventBatch>,
  count: number,
): Promise<readonly OrchestrationEvent[]> {
  const told: OrchestrationEvent[] = []
  for await (const batch of batches) {
    assert.equal(batch.type, 'events')
    if (batch.type === 'events') told.push(...batch.events)
    if (told.length >= count) break
  }
  return told
}

/** All events after a revision. */
async function takeUntilNow(
  { events, store }: Pick<Orchestrator, 'events' | 'store'>,
  fromRevision: number,
): Promise<readonly OrchestrationEvent[]> {
  const now = await store.revision()
  const told: OrchestrationEvent[] = []
  for await (const batch of events.follow({ fromRevision })) {
    if (batch.type === 'events') told.push(...batch.events)
    if (batch.type === 'events' && batch.through >= now) break
  }
  return told
}

function withoutRevisions(events: readonly OrchestrationEvent[]) {
  return events.map(({ revision: _revision, ...rest }) => rest)
}
