import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { eventFrames } from '../../src/http/events/event-frames.ts'
import { createHttpTransport } from '../../src/http/transport.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type EventReader, readEvents } from '../support/event-reader.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { apiKey, commit, draft, serveEvents } from './event-fixture.ts'

describe('/events refuses', () => {
  interface Refusal {
    readonly status: number
    readonly code: string
    readonly path?: string
    readonly method?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly key?: null
  }
  const refusals: Readonly<Record<string, Refusal>> = {
    'whoever has no credential': { status: 401, code: 'authentication_required', key: null },
    'a caller that accepts something else': {
      ...{ status: 406, code: 'not_acceptable' },
      headers: { accept: 'application/json' },
    },
    'an id that is no number': {
      ...{ status: 400, code: 'invalid_request' },
      headers: { 'last-event-id': '12a' },
    },
    'an id below nothing': { status: 400, code: 'invalid_request', headers: { 'last-event-id': '-1' } },
    'an id beyond all numbers': {
      ...{ status: 400, code: 'invalid_request' },
      headers: { 'last-event-id': '9999999999999999' },
    },
    'a parameter that it does not know': { status: 400, code: 'invalid_request', path: '?client=cursor' },
    'a parameter given twice': {
      ...{ status: 400, code: 'invalid_request' },
      path: '?client_id=cursor&client_id=zed',
    },
    'what can be no id': { status: 400, code: 'invalid_request', path: '?profile_id=../etc' },
    'a client that there is none of': { status: 404, code: 'client_not_found', path: '?client_id=clod' },
    'a path below it': { status: 404, code: 'not_found', path: '/more' },
    'a HEAD, which nobody would read': { status: 405, code: '', method: 'HEAD' },
    'a POST': { status: 405, code: 'method_not_allowed', method: 'POST' },
  }
  for (const [who, { status, code, path = '', method = 'GET', headers = {}, key = apiKey }] of Object.entries(
    refusals,
  ))
    test(who, async (t) => {
      const orchestrator = await createTestOrchestrator(t)
      const transport = createHttpTransport({ orchestrator, apiKey, logger: false })
      t.after(() => transport.close())
      const url = await transport.listen({ port: 0 })
      const credential: Readonly<Record<string, string>> = key === null ? {} : { 'x-api-key': key }
      const answer = await fetch(`${url}/events${path}`, { method, headers: { ...credential, ...headers } })
      assert.equal(answer.status, status)
      if (status === 405) assert.equal(answer.headers.get('allow'), 'GET')
      const text = await answer.text()
      assert.equal(text === '' ? '' : JSON.parse(text).code, code)
    })

  test('a token that may not read, and names the scope', async (t) => {
    const served = await serveEvents(t)
    const { token } = await served.orchestrator.tokens.generate({ scopes: ['write'] })
    const { status, headers } = await served.listen({ token })
    assert.equal(status, 403)
    assert.match(headers.get('www-authenticate') ?? '', /error="insufficient_scope", scope="read"/)
  })

  test('a body', async (t) => {
    const { port } = await serveEvents(t)
    const socket = connect(port, '127.0.0.1')
    socket.write(`${head()}content-length: 2\r\n\r\n{}`)
    assert.match(String(await once(socket, 'data')), /^HTTP\/1.1 400 /)
    socket.destroy()
  })

  test('everybody when the store does not answer', async (t) => {
    const store = createMemoryStore()
    const served = await serveEvents(t, { store })
    await store.close()
    assert.equal((await served.listen()).status, 503)
  })
})

describe('a listener', () => {
  test('has the headers and an id at once, which no proxy may hold back', async (t) => {
    const { listen, change } = await serveEvents(t)
    const revision = await change()
    const reader = await listen()
    assert.equal(reader.status, 200)
    assert.equal(reader.headers.get('content-type'), 'text/event-stream')
    assert.equal(reader.headers.get('cache-control'), 'no-store, no-transform')
    assert.equal(reader.headers.get('x-accel-buffering'), 'no')
    await reader.reaches(revision)
    assert.deepEqual(reader.heard, [])
  })

  test('is sent just these bytes', async (t) => {
    const { port, store } = await serveEvents(t)
    const socket = connect(port, '127.0.0.1')
    socket.write(`${head()}\r\n`)
    const [opening] = await once(socket, 'data')
    assert.match(String(opening), /\r\n\r\n[0-9a-f]+\r\nretry: 2000\n: mcp-orchestration\nid: 0\n\n\r\n$/)
    await commit(store, { 'drafts/cursor/a': draft, 'drafts/cursor/b': draft })
    const [told] = await once(socket, 'data')
    const data = (profile: string) =>
      `data: {"client_id":"cursor","profile_id":"${profile}","revision":1,"server_count":0}\n`
    const [, frames] = String(told).split('\r\n')
    assert.equal(frames, `event: draft_changed\n${data('a')}\nevent: draft_changed\n${data('b')}id: 1\n\n`)
    socket.destroy()
  })

  test('hears of what it asked for only, and its ids go by that', async (t) => {
    const { listen, store } = await serveEvents(t)
    const queries = ['', '?client_id=cursor', '?profile_id=a', '?client_id=cursor&profile_id=b']
    const readers = await Promise.all(queries.map((query) => listen({ query })))
    await commit(store, { 'drafts/cursor/a': draft, 'drafts/cursor/b': draft, 'drafts/zed/a': draft })
    await commit(store, { 'drafts/zed/c': draft })
    await commit(store, { 'drafts/cursor/a': draft, 'drafts/cursor/b': draft })
    const counts = [6, 4, 3, 2]
    for (const [index, reader] of readers.entries()) {
      const heard = await reader.hears(counts[index] ?? 0)
      assert.equal(heard.length, counts[index])
      await reader.reaches(3)
    }
    assert.deepEqual(
      readers[2]?.heard.map(({ data }) => data.client_id),
      ['cursor', 'zed', 'cursor'],
    )
  })

  test('hears of a change by another process within a second', async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-events-'))
    const stores = [0, 1].map(() => createSqliteStore({ file: path.join(folder, 'store.sqlite') }))
    const [store, other] = stores
    assert.ok(store && other)
    t.after(async () => {
      for (const each of stores) await each.close()
      await rm(folder, { recursive: true, force: true })
    })
    const { listen } = await serveEvents(t, { store })
    const reader = await listen()
    const before = performance.now()
    await commit(other, { 'drafts/cursor/default': draft })
    await reader.hears(1)
    assert.ok(performance.now() - before < 1_000)
  })

  test('gets a heartbeat, which moves its id on', async (t) => {
    const { listen, store } = await serveEvents(t, { heartbeatMs: 10 })
    const reader = await listen()
    await commit(store, { 'token-usage/tok_1': 1 })
    await reader.reaches(1)
    assert.deepEqual(reader.heard, [])
  })
})

test('a secret of a server is in no event', { timeout: 20_000 }, async (t) => {
  const orchestrator = await createTestOrchestrator(t)
  const transport = createHttpTransport({ orchestrator, apiKey, logger: false })
  t.after(() => transport.close())
  const response = await fetch(`${await transport.listen({ port: 0 })}/events`, {
    headers: { 'x-api-key': apiKey },
  })
  const profile = { clientId: 'cursor', profileId: 'work' }
  const secret = 'brave-4711-0815'
  await orchestrator.keys.initialize()
  await orchestrator.drafts.add(profile, { serverId: 'brave-search', envVars: { BRAVE_API_KEY: secret } })
  await orchestrator.releases.publish(profile)
  const { configPath } = await orchestrator.deployments.deploy(profile, { deployedBy: 'library' })
  const deployed = await readFile(configPath, 'utf8')
  assert.ok(deployed.includes(secret))
  await writeFile(configPath, deployed.replace('npx', 'pnpx'))
  let sent = ''
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    sent += text
    if (sent.includes('event: file_state_changed')) break
  }
  for (const type of ['draft_changed', 'published', 'deployed']) assert.ok(sent.includes(`event: ${type}\n`))
  assert.ok(!sent.includes(secret), sent)
})

test('a credential that is limited hears of nothing beyond', () => {
  const event = (clientId: string, profileId: string) =>
    ({ type: 'draft_changed', revision: 1, clientId, profileId, serverCount: 0 }) as const
  const events = [event('cursor', 'work'), event('cursor', 'home'), event('zed', 'home')]
  const limits = { clients: ['zed'], profiles: ['cursor/work'] }
  const told = eventFrames(events, { limits }).toString()
  assert.deepEqual(told.match(/"client_id":"\w+","profile_id":"\w+"/g), [
    '"client_id":"cursor","profile_id":"work"',
    '"client_id":"zed","profile_id":"home"',
  ])
  assert.equal(eventFrames(events, { limits, clientId: 'cursor', profileId: 'home' }).length, 0)
})

describe('resuming', () => {
  test('tells what was missed and then what happens, each once', async (t) => {
    const { listen, change } = await serveEvents(t)
    for (let count = 0; count < 600; count += 1) await change()
    const reader = await listen({ lastEventId: 3 })
    await reader.hears(597)
    await change()
    assert.deepEqual(revisionsOf(await reader.hears(598)), from(4, 601))
  })

  test('with nothing missed tells what happens from then on', async (t) => {
    const { listen, change } = await serveEvents(t)
    const revision = await change()
    const reader = await listen({ lastEventId: revision })
    await change()
    assert.deepEqual(revisionsOf(await reader.hears(1)), [revision + 1])
  })

  test('moves the id on, though nothing that was missed was asked for', async (t) => {
    const { listen, change } = await serveEvents(t)
    for (let count = 0; count < 3; count += 1) await change()
    const reader = await listen({ lastEventId: 1, query: '?client_id=zed' })
    await reader.reaches(3)
    assert.deepEqual(reader.heard, [])
  })

  test('with an empty id is beginning', async (t) => {
    const { listen, change } = await serveEvents(t)
    await change()
    const reader = await listen({ lastEventId: '' })
    await reader.reaches(1)
    assert.deepEqual(reader.heard, [])
  })

  test('has neither gap nor repetition, whenever one breaks off and while everything goes on', async (t) => {
    const { listen, change } = await serveEvents(t)
    let isWriting = true
    const writing = (async () => {
      for (let count = 0; count < 1_000; count += 1) {
        await change()
        if (count % 3 === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      isWriting = false
    })()
    const followers = Array.from({ length: 8 }, async (_, index) => {
      const heard: unknown[] = []
      let lastEventId = '0'
      while (isWriting || heard.length < 1_000) {
        const reader = await listen({ lastEventId })
        await Promise.race([reader.hears(10 + index * 7), reader.reaches(1_000)])
        lastEventId = reader.lastId()
        heard.push(...revisionsOf(reader.heard))
        reader.close()
        await reader.ended
      }
      return heard
    })
    for (const heard of await Promise.all(followers)) assert.deepEqual(heard, from(1, 1_000))
    await writing
  })

  test('says that history was compacted, and goes on from there', async (t) => {
    const { listen, change } = await serveEvents(t, { store: createMemoryStore({ historyRevisions: 3 }) })
    for (let count = 0; count < 10; count += 1) await change()
    const reader = await listen({ lastEventId: 2 })
    await reader.hears(4)
    await change()
    const [compacted, ...rest] = await reader.hears(5)
    assert.deepEqual(
      [compacted?.type, compacted?.data, compacted?.lastId],
      ['compacted', { revision: 7 }, '7'],
    )
    assert.deepEqual(revisionsOf(rest), [8, 9, 10, 11])
  })

  test('with an id of another store says so, too', async (t) => {
    const { listen, change } = await serveEvents(t)
    const revision = await change()
    const reader = await listen({ lastEventId: 1_000 })
    await reader.hears(1)
    await change()
    const [compacted, ...rest] = await reader.hears(2)
    assert.deepEqual([compacted?.type, compacted?.data], ['compacted', { revision }])
    assert.equal(compacted?.lastId, String(revision))
    assert.deepEqual(revisionsOf(rest), [revision + 1])
  })

  test('from another server, which is ahead of this one, waits for what is new to both', async (t) => {
    const { store, late } = createLateStore()
    const { listen, change } = await serveEvents(t, { store })
    const first = await listen()
    await first.reaches(0)
    late.hold()
    for (let count = 0; count < 3; count += 1) await change()
    const reader = await listen({ lastEventId: 2 })
    await reader.reaches(2)
    late.release()
    assert.deepEqual(revisionsOf(await reader.hears(1)), [3])
    await change()
    assert.deepEqual(revisionsOf(await reader.hears(2)), [3, 4])
    assert.deepEqual(revisionsOf(await first.hears(4)), [1, 2, 3, 4])
  })

  test('with all listeners, when the store was put back to an earlier revision', async (t) => {
    const memory = createMemoryStore()
    const restored = Promise.withResolvers<void>()
    let isRestored = false
    const store: Store = {
      ...memory,
      async *watch(prefix, options) {
        if (prefix !== '' || isRestored) return yield* memory.watch(prefix, options)
        await restored.promise
        isRestored = true
        yield { type: 'compacted', revision: 1 }
      },
    }
    const { listen, change } = await serveEvents(t, { store })
    for (let count = 0; count < 3; count += 1) await change()
    const reader = await listen()
    restored.resolve()
    const [first, ...rest] = await reader.hears(3)
    assert.deepEqual([first?.type, first?.data], ['compacted', { revision: 1 }])
    assert.deepEqual(revisionsOf(rest), [2, 3])
  })

  test('from a store that fails meanwhile ends', async (t) => {
    const memory = createMemoryStore()
    let revisions = 0
    const store: Store = {
      ...memory,
      revision: () => {
        revisions += 1
        return revisions === 1 ? memory.revision() : Promise.reject(new Error('Not now.'))
      },
    }
    const { listen } = await serveEvents(t, { store })
    const reader = await listen({ lastEventId: 0 })
    assert.equal(await reader.ended, true)
  })
})

describe('a stream ends', () => {
  test('when its token is revoked, and no other does', async (t) => {
    const { listen, change, orchestrator } = await serveEvents(t)
    const [one, other] = [await orchestrator.tokens.generate(), await orchestrator.tokens.generate()]
    const [ending, staying] = [await listen({ token: one.token }), await listen({ token: other.token })]
    await orchestrator.tokens.revoke(one.record.id)
    assert.equal(await ending.ended, true)
    await change()
    await staying.hears(1)
    assert.deepEqual(ending.heard, [])
  })

  test('when its token expires', async (t) => {
    const { listen, orchestrator } = await serveEvents(t)
    const { token } = await orchestrator.tokens.generate({ expiresAt: new Date(Date.now() + 150) })
    assert.equal(await (await listen({ token })).ended, true)
  })

  test('when the server stops, at once, and none is opened any more', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    const transport = createHttpTransport({ orchestrator, apiKey, logger: false, drainTimeoutMs: 60_000 })
    const url = await transport.listen({ port: 0 })
    const reader = await readEvents(`${url}/events`, { 'x-api-key': apiKey })
    await transport.close()
    assert.equal(await reader.ended, true)
  })

  test('before it began, when the server stops while the store is asked', async (t) => {
    const memory = createMemoryStore()
    const gate = Promise.withResolvers<void>()
    const asked = Promise.withResolvers<void>()
    const store: Store = {
      ...memory,
      async revision() {
        asked.resolve()
        await gate.promise
        return memory.revision()
      },
    }
    const { listen, lifecycle } = await serveEvents(t, { store })
    const opening = listen()
    await asked.promise
    lifecycle.stop()
    gate.resolve()
    assert.equal(await (await opening).ended, true)
  })

  test('when the store fails once; the next one is served by it again', async (t) => {
    const memory = createMemoryStore()
    const broken = Promise.withResolvers<never>()
    broken.promise.catch(() => {})
    let follows = 0
    const store: Store = {
      ...memory,
      async *watch(prefix, options) {
        if (prefix === '') follows += 1
        if (prefix === '' && follows === 1) await broken.promise
        yield* memory.watch(prefix, options)
      },
    }
    const { listen, change } = await serveEvents(t, { store })
    const reader = await listen()
    // So that the next one comes before the first has left.
    const next = reader.ended.then(() => listen())
    broken.reject(new Error('Gone for a moment.'))
    const served = await next
    await change()
    await served.hears(1)
  })

  test('when the store fails; the next one is told why', async (t) => {
    const store = createMemoryStore()
    const { listen } = await serveEvents(t, { store })
    const reader = await listen()
    await reader.reaches(0)
    await store.close()
    assert.equal(await reader.ended, true)
    assert.equal((await listen()).status, 503)
  })

  test('with the last of them the store is let go, and followed anew for the next', async (t) => {
    const memory = createMemoryStore()
    const signals: (AbortSignal | undefined)[] = []
    const store: Store = {
      ...memory,
      watch: (prefix, options) => {
        if (prefix === '') signals.push(options?.signal)
        return memory.watch(prefix, options)
      },
    }
    const { listen, change } = await serveEvents(t, { store })
    const readers = [await listen(), await listen()]
    for (const reader of readers) await reader.reaches(0)
    assert.equal(signals.length, 1)
    const [signal] = signals
    assert.ok(signal)
    const released = once(signal, 'abort')
    for (const reader of readers) reader.close()
    await released
    const next = await listen()
    await change()
    await next.hears(1)
    assert.equal(signals.length, 2)
  })
})

describe('the listeners are bounded', () => {
  test('by their number: one more is refused, until another leaves', async (t) => {
    const { listen } = await serveEvents(t, { maxStreams: 2 })
    const [first] = [await listen(), await listen()]
    const refused = await listen()
    assert.equal(refused.status, 503)
    assert.equal(refused.headers.get('retry-after'), '5')
    first.close()
    for (;;) if ((await listen()).status === 200) break
  })

  test('by what they leave unread: such a one is cut off, others go on, and it may resume', async (t) => {
    const served = await serveEvents(t)
    const { listen, store } = served
    const cutOff = served.whenCutOff(await openSilent(t, served.port))
    const reader = await listen()
    let isCutOff = false
    void cutOff.then(() => {
      isCutOff = true
    })
    let rounds = 0
    while (!isCutOff) {
      rounds += 1
      assert.ok(rounds < 1_000, 'It was never cut off.')
      await commit(store, drafts(100))
      await reader.hears(rounds * 100)
    }
    const resumed = await listen({ lastEventId: 1 })
    await resumed.hears((rounds - 1) * 100)
  })

  test('by the time in which they read nothing of what waits', async (t) => {
    const served = await serveEvents(t, { maxUnreadBytes: 64 * 1024 ** 2, stallMs: 300 })
    const { listen, store } = served
    const silent = await openSilent(t, served.port)
    const reader = await listen()
    for (let rounds = 1; rounds <= 300; rounds += 1) {
      await commit(store, drafts(200))
      await reader.hears(rounds * 200)
    }
    await served.whenCutOff(silent)
    await commit(store, drafts(1))
    await reader.hears(300 * 200 + 1)
  })

  test('also while they catch up', async (t) => {
    const served = await serveEvents(t, { stallMs: 2_000 })
    const { listen, store } = served
    for (let rounds = 0; rounds < 300; rounds += 1) await commit(store, drafts(200))
    const silent = await openSilent(t, served.port, 'last-event-id: 0\r\n')
    await served.whenCutOff(silent)
    const reader = await listen({ lastEventId: 0 })
    await reader.hears(300 * 200)
  })
})

/** A listener that reads its first bytes and no more. */
async function openSilent(t: TestContext, port: number, headers = ''): Promise<Socket> {
  const silent = connect(port, '127.0.0.1')
  t.after(() => silent.destroy())
  silent.on('error', () => {})
  silent.write(`${head()}${headers}\r\n`)
  await once(silent, 'data')
  return silent.pause()
}

/** So many events in one commit. */
function drafts(count: number): Readonly<Record<string, typeof draft>> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`drafts/cursor/p${index}`, draft]))
}

/** A request's first lines; whoever sends them ends them. */
function head(): string {
  return `GET /events HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${apiKey}\r\n`
}

function revisionsOf(heard: EventReader['heard']): readonly unknown[] {
  return heard.map(({ data }) => data.revision)
}

function from(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

/** A store whose watches that run already can be held back, as by a long poll interval. */
function createLateStore() {
  const memory = createMemoryStore()
  let gate: PromiseWithResolvers<void> | undefined
  const store: Store = {
    ...memory,
    async *watch(prefix, options) {
      for await (const batch of memory.watch(prefix, options)) {
        if (options?.signal && prefix === '') await gate?.promise
        yield batch
      }
    },
  }
  return {
    store,
    late: {
      hold: () => {
        gate = Promise.withResolvers()
      },
      release: () => gate?.resolve(),
    },
  }
}
