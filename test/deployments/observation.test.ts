import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'

const ref = { clientId: 'cursor', profileId: 'default' }
const by = { deployedBy: 'library' }
const edited = '{ "mcpServers": { "memory": { "command": "mine" } } }'

describe('a look at a deployment', () => {
  test('commits a state of the file that is news, once, though two see it at the same moment', async (t) => {
    const { store, open, orchestrator, configPath } = await setUp(t)
    const before = await store.revision()
    await writeFile(configPath, edited)
    const bothKnow = Promise.withResolvers<void>()
    let seen = 0
    const commit: Store['commit'] = async (change) => {
      seen += 1
      if (seen === 2) bothKnow.resolve()
      await bothKnow.promise
      return store.commit(change)
    }
    await Promise.all([look(open({ ...store, commit })), look(open({ ...store, commit }))])
    await look(orchestrator)
    assert.equal(seen, 2)
    assert.deepEqual(await statesSince(store, before), ['edited'])
  })

  test('commits each further state, and that all is well again', async (t) => {
    const { store, orchestrator, configPath, text } = await setUp(t)
    const before = await store.revision()
    for (const content of [edited, '{', '{}', text]) {
      await writeFile(configPath, content)
      await look(orchestrator)
    }
    await rm(configPath)
    await look(orchestrator)
    assert.deepEqual(await statesSince(store, before), [
      'edited',
      'unreadable',
      'missing',
      'in_sync',
      'missing',
    ])
  })

  test('commits nothing while the file is as it was written', async (t) => {
    const { store, orchestrator } = await setUp(t)
    const before = await store.revision()
    await look(orchestrator)
    assert.equal(await store.revision(), before)
  })

  test('takes a new deployment for in sync, whatever was seen of the one before', async (t) => {
    const { store, orchestrator, configPath } = await setUp(t)
    await writeFile(configPath, edited)
    await look(orchestrator)
    const before = await store.revision()
    await orchestrator.deployments.deploy(ref, { ...by, overwrite: true })
    await look(orchestrator)
    assert.deepEqual(await statesSince(store, before), [])
    await writeFile(configPath, edited)
    await look(orchestrator)
    assert.deepEqual(await statesSince(store, before), ['edited'])
  })

  test('says what it sees though it can’t be recorded', async (t) => {
    const { store, open, configPath } = await setUp(t)
    const full = open({ ...store, commit: () => Promise.reject(new Error('The disk is full.')) })
    await writeFile(configPath, edited)
    assert.equal((await full.deployments.current('cursor'))?.fileState, 'edited')
  })

  test('lets a deploy that came in between have its way', async (t) => {
    const { store, open, orchestrator, configPath } = await setUp(t)
    await writeFile(configPath, edited)
    const slow = open({
      ...store,
      commit: async (change) => {
        await orchestrator.deployments.deploy(ref, { ...by, overwrite: true })
        return store.commit(change)
      },
    })
    const before = await store.revision()
    await look(slow)
    assert.deepEqual(await statesSince(store, before), [])
  })
})

describe('a deployment is told once', () => {
  test('when its process ended before it was recorded, by whoever looks next', async (t) => {
    const { store, open, orchestrator } = await setUp(t)
    const before = await store.revision()
    await republish(orchestrator)
    await crash(open, store)
    assert.deepEqual(await sequencesSince(store, before), [])
    await Promise.all([look(orchestrator), look(open())])
    await look(orchestrator)
    assert.deepEqual(await sequencesSince(store, before), [2])
  })

  test('when its process ended, and nobody looked before the next deploy', async (t) => {
    const { store, open, orchestrator } = await setUp(t)
    const before = await store.revision()
    await republish(orchestrator)
    await crash(open, store)
    await republish(orchestrator)
    await orchestrator.deployments.deploy(ref, by)
    assert.deepEqual(await sequencesSince(store, before), [2, 3])
  })

  test('when somebody looked between the file and its record', async (t) => {
    const { store, open, orchestrator } = await setUp(t)
    const before = await store.revision()
    await republish(orchestrator)
    await deployWhile(open, store, 2, () => look(orchestrator))
    assert.deepEqual(await sequencesSince(store, before), [2])
    assert.equal((await orchestrator.deployments.current('cursor'))?.sequence, 2)
  })

  test('and not at all when it was given up', async (t) => {
    const { store, open, orchestrator, configPath } = await setUp(t)
    const before = await store.revision()
    await republish(orchestrator)
    // Right after the announcement, so that the deploy finds the file changed.
    const change =
      (commit: Store['commit']): Store['commit'] =>
      async (wanted) => {
        const result = await commit(wanted)
        await writeFile(configPath, '{}')
        return result
      }
    const meddled = open({ ...store, commit: change(store.commit) })
    await assert.rejects(meddled.deployments.deploy(ref, by), { code: 'config_file_changed' })
    assert.deepEqual(await sequencesSince(store, before), [])
  })
})

describe('while somebody watches', () => {
  test('a changed file is noticed, and again after a round that failed', async (t) => {
    const { store, open, configPath } = await setUp(t)
    let failures = 3
    const failing = <T>(work: () => Promise<T>): Promise<T> => {
      failures -= 1
      return failures >= 0 ? Promise.reject(new Error('Locked.')) : work()
    }
    const watching = open({
      ...store,
      list: (prefix, page) => failing(() => store.list(prefix, page)),
      commit: (change) => failing(() => store.commit(change)),
    })
    await writeFile(configPath, edited)
    const before = await store.revision()
    t.after(watching.deployments.watchFiles())
    const states = store.watch('file-states/', { fromRevision: before })[Symbol.asyncIterator]()
    assert.equal((await states.next()).value.events.length, 1)
    await states.return?.()
  })

  test('a file that is just being written is not taken for empty', async (t) => {
    const { store, open, configPath } = await setUp(t)
    let rounds = 0
    const watching = open({
      ...store,
      async get(key) {
        rounds += Number(key.startsWith('deployments/'))
        // What a program does that has emptied the file when the watcher looks, and writes it bit by bit.
        if (rounds === 1 && key.startsWith('deployments/')) {
          await writeFile(configPath, '')
          setTimeout(() => writeFile(configPath, edited.slice(0, 9)), 20)
          setTimeout(() => writeFile(configPath, edited), 100)
        }
        return store.get(key)
      },
    })
    const before = await store.revision()
    t.after(watching.deployments.watchFiles())
    for await (const batch of store.watch('file-states/', { fromRevision: before })) {
      assert.ok(batch.type === 'changes')
      break
    }
    assert.deepEqual(await statesSince(store, before), ['edited'])
  })

  test('a file is read only when it has changed', async (t) => {
    const { store, open } = await setUp(t)
    const looks: string[] = []
    const rounds = Promise.withResolvers<void>()
    let lists = 0
    const watching = open({
      ...store,
      list: (prefix, page) => {
        lists += 1
        if (lists === 3) rounds.resolve()
        return store.list(prefix, page)
      },
      get: (key) => {
        looks.push(key.split('/')[0] ?? '')
        return store.get(key)
      },
    })
    const stops = [watching.deployments.watchFiles(), watching.deployments.watchFiles()]
    await rounds.promise
    for (const stop of stops) stop()
    // The state is asked for by a look that has read the file; the record by each round, and by that look.
    assert.deepEqual(looks.filter((room) => room === 'file-states').length, 1)
  })

  test('and when nobody does, nothing runs', async (t) => {
    const { store, open } = await setUp(t)
    let lists = 0
    const watching = open({
      ...store,
      list: (prefix, page) => {
        lists += 1
        return store.list(prefix, page)
      },
    })
    const [first, second] = [watching.deployments.watchFiles(), watching.deployments.watchFiles()]
    assert.equal(lists, 1)
    first()
    first()
    second()
    const third = watching.deployments.watchFiles()
    assert.equal(lists, 2)
    third()
  })
})

type Open = (store?: Store) => Orchestrator

/** A release that is deployed into Cursor's file, and further processes on the same store. */
async function setUp(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-observation-'))
  const store = createMemoryStore()
  const opened: Orchestrator[] = []
  const open: Open = (own = store) => {
    const env = { HOME: path.join(folder, 'user') }
    const orchestrator = createOrchestrator({ home: folder, store: own, env, platform: 'linux' })
    opened.push(orchestrator)
    return orchestrator
  }
  t.after(async () => {
    for (const each of opened) await each.close()
    await rm(folder, { recursive: true, force: true })
  })
  const orchestrator = open()
  await orchestrator.keys.initialize()
  await orchestrator.drafts.add(ref, { serverId: 'memory' })
  await orchestrator.releases.publish(ref)
  const { configPath } = await orchestrator.deployments.deploy(ref, by)
  return { store, open, orchestrator, configPath, text: await readFile(configPath, 'utf8') }
}

async function look({ deployments }: Orchestrator): Promise<void> {
  assert.ok(await deployments.current('cursor'))
}

/** One more release, with other servers than the one before. */
async function republish({ drafts, releases }: Orchestrator): Promise<void> {
  const { payload } = await drafts.view(ref)
  if ('fetch' in payload.mcpServers) await drafts.remove(ref, 'fetch')
  else await drafts.add(ref, { serverId: 'fetch' })
  await releases.publish(ref)
}

/** A deploy whose process ends when the file is written and its record is not. */
async function crash(open: Open, store: Store): Promise<void> {
  const deploying = deployWhile(open, store, 2, () => Promise.reject(new Error('the process died')))
  await assert.rejects(deploying, /the process died/)
}

/** A deploy with something else right before one of its commits. */
async function deployWhile(open: Open, store: Store, call: number, act: () => Promise<void>): Promise<void> {
  let calls = 0
  const deploying = open({
    ...store,
    commit: async (change) => {
      calls += 1
      if (calls === call) await act()
      return store.commit(change)
    },
    get: async (key) => {
      // The record is looked at once more before it is written.
      if (calls === call - 1 && key.startsWith('deployments/')) {
        calls += 1
        await act()
      }
      return store.get(key)
    },
  })
  await deploying.deployments.deploy(ref, by)
}

async function statesSince(store: Store, revision: number): Promise<readonly unknown[]> {
  const values = await valuesSince(store, 'file-states/', revision)
  return values.map(({ fileState }) => fileState)
}

/** The deployments that were told as carried out. */
async function sequencesSince(store: Store, revision: number): Promise<readonly unknown[]> {
  const values = await valuesSince(store, 'deployments/', revision)
  return values.flatMap(({ isNew, current }) =>
    isNew ? [(current as { readonly sequence: number }).sequence] : [],
  )
}

async function valuesSince(
  store: Store,
  prefix: string,
  revision: number,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const now = await store.revision()
  if (now === revision) return []
  for await (const batch of store.watch(prefix, { fromRevision: revision })) {
    assert.ok(batch.type === 'changes' && batch.through === now)
    return batch.events.map((event) => (event.type === 'put' ? (event.value as Record<string, unknown>) : {}))
  }
  return []
}
