import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { createSessions, type Session, type SessionLimits } from '../../src/mcp/sessions.ts'
import { createHostServer } from './host-server.ts'

const roomy: SessionLimits = { perCredential: 10, total: 20, idleMs: 1_000, ageMs: 10_000 }

describe('a session', () => {
  test('is found by its id and its credential, by nothing else', async (t) => {
    const house = open(t)
    const session = await house.begin('priya')
    const id = idOf(session)
    assert.equal(house.sessions.find(id, 'priya'), session)
    assert.equal(house.sessions.find(id, 'mallory'), undefined)
    assert.equal(house.sessions.find('00000000-0000-4000-8000-000000000000', 'priya'), undefined)
    assert.equal(house.sessions.find('', 'priya'), undefined)
  })

  test('has the revision that was agreed on', async (t) => {
    const session = await open(t).begin('priya', '2025-06-18')
    assert.equal(session.protocolVersion(), '2025-06-18')
  })

  test('takes a server of the low-level kind as well', async (t) => {
    const { sessions, server } = open(t)
    const session = await sessions.open('priya', () => server().server)
    assert.equal(session?.protocolVersion(), undefined)
  })

  test('is over when it was idle for too long', async (t) => {
    const house = open(t)
    const id = idOf(await house.begin('priya'))
    house.pass(1_000)
    assert.ok(house.sessions.find(id, 'priya'))
    house.pass(1)
    assert.equal(house.sessions.find(id, 'priya'), undefined)
  })

  test('is not idle while an exchange goes on, and counts anew from its end', async (t) => {
    const house = open(t)
    const session = await house.begin('priya')
    const exchange = new AbortController()
    session.enter(exchange.signal)
    house.pass(5_000)
    assert.ok(house.sessions.find(idOf(session), 'priya'))
    exchange.abort()
    house.pass(1_000)
    assert.ok(house.sessions.find(idOf(session), 'priya'))
    house.pass(1)
    assert.equal(house.sessions.find(idOf(session), 'priya'), undefined)
  })

  test('does not wait for the end of an exchange that was over before it came in', async (t) => {
    const house = open(t)
    const session = await house.begin('priya')
    session.enter(AbortSignal.abort())
    house.pass(1_001)
    assert.equal(house.sessions.find(idOf(session), 'priya'), undefined)
  })

  test('ends at its age, busy or not', async (t) => {
    const house = open(t)
    const session = await house.begin('priya')
    session.enter(new AbortController().signal)
    house.pass(10_000)
    assert.ok(house.sessions.find(idOf(session), 'priya'))
    house.pass(1)
    assert.equal(house.sessions.find(idOf(session), 'priya'), undefined)
  })

  test('is swept away without anybody asking for it', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const house = open(t)
    let closed = false
    const server = house.server()
    server.server.onclose = () => {
      closed = true
    }
    await house.begin('priya', '2025-11-25', server)
    house.pass(1_001)
    assert.equal(closed, false)
    t.mock.timers.tick(60_000)
    assert.equal(closed, true)
  })

  test('ends with its credential, and then no longer waits for that', async (t) => {
    const house = open(t)
    const [own, foreign] = [await house.begin('priya'), await house.begin('omar')]
    assert.equal(house.waiting(), 2)
    house.endCredential('priya')
    assert.equal(house.sessions.find(idOf(own), 'priya'), undefined)
    assert.equal(house.sessions.find(idOf(foreign), 'omar'), foreign)
    assert.equal(house.waiting(), 1)
    foreign.end()
    assert.equal(house.waiting(), 0)
  })

  test('that cannot be connected leaves nothing behind', async (t) => {
    const house = open(t, { perCredential: 1 })
    const server = house.server()
    await house.begin('priya', '2025-11-25', server)
    await assert.rejects(house.sessions.open('omar', () => server))
    assert.equal(house.waiting(), 1)
  })
})

test('a server that fails when its session ends is a fault, and no more than that', async (t) => {
  const house = open(t)
  const server = house.server()
  const session = await house.begin('priya', '2025-11-25', server)
  server.server.onclose = () => {
    throw new Error('the host stumbled')
  }
  house.endCredential('priya')
  assert.deepEqual(house.alive([session], 'priya'), [false])
  await t.waitFor(() => assert.deepEqual(house.faults, [['the host stumbled', 'the end of a session']]))
})

describe('too many sessions', () => {
  test('of one credential: the one that was idle longest gives way', async (t) => {
    const house = open(t, { perCredential: 2 })
    const first = await house.begin('priya')
    house.pass(1)
    const second = await house.begin('priya')
    house.pass(1)
    use(first)
    const third = await house.begin('priya')
    assert.deepEqual(house.alive([first, second, third], 'priya'), [true, false, true])
  })

  test('of all credentials: the one that was idle longest gives way, whoever has it', async (t) => {
    const house = open(t, { total: 2 })
    const first = await house.begin('priya')
    house.pass(1)
    const second = await house.begin('omar')
    const third = await house.begin('mallory')
    assert.deepEqual(house.alive([first], 'priya'), [false])
    assert.deepEqual(house.alive([second], 'omar'), [true])
    assert.deepEqual(house.alive([third], 'mallory'), [true])
  })

  test('a busy one does not give way, and the newcomer is not let in', async (t) => {
    const house = open(t, { perCredential: 1 })
    const session = await house.begin('priya')
    const exchange = new AbortController()
    session.enter(exchange.signal)
    assert.equal(await house.sessions.open('priya', () => house.server()), undefined)
    assert.ok(await house.sessions.open('omar', () => house.server()))
    exchange.abort()
    assert.ok(await house.sessions.open('priya', () => house.server()))
    assert.deepEqual(house.alive([session], 'priya'), [false])
  })

  test('those that wait for their handshake count', async (t) => {
    const house = open(t, { perCredential: 1 })
    const waiting = await house.sessions.open('priya', () => house.server())
    waiting?.enter(new AbortController().signal)
    assert.equal(await house.sessions.open('priya', () => assert.fail('a server was made')), undefined)
  })

  test('one that is being made gives way to nobody', async (t) => {
    const house = open(t, { perCredential: 1 })
    const made = Promise.withResolvers<ReturnType<typeof house.server>>()
    const opening = house.sessions.open('priya', () => made.promise)
    assert.equal(await house.sessions.open('priya', () => assert.fail('a server was made')), undefined)
    made.resolve(house.server())
    assert.ok(await opening)
  })

  test('one that ends while it is made closes its server and is none', async (t) => {
    const house = open(t)
    const made = Promise.withResolvers<ReturnType<typeof house.server>>()
    const opening = house.sessions.open('priya', () => made.promise)
    house.endCredential('priya')
    const server = house.server()
    let isClosed = false
    server.server.onclose = () => {
      isClosed = true
    }
    made.resolve(server)
    assert.deepEqual([await opening, isClosed, house.waiting()], [undefined, true, 0])
  })

  test('those that are over make room before anybody gives way', async (t) => {
    const house = open(t, { perCredential: 2 })
    const old = await house.begin('priya')
    house.pass(900)
    const young = await house.begin('priya')
    house.pass(200)
    await house.begin('priya')
    assert.deepEqual(house.alive([old, young], 'priya'), [false, true])
  })

  test('there may be 100 of a credential unless told otherwise', async (t) => {
    const { sessions, server } = open(t, undefined)
    const busy = new AbortController()
    for (let at = 0; at < 100; at += 1) (await sessions.open('priya', () => server()))?.enter(busy.signal)
    assert.equal(await sessions.open('priya', () => server()), undefined)
  })
})

test('a session remembers some cancelled calls, not any number', async (t) => {
  const house = open(t)
  const session = await house.begin('priya')
  const closed: unknown[] = []
  t.mock.method(session.transport, 'closeSSEStream', (id: unknown) => closed.push(id))
  for (let id = 0; id < 1_000; id += 1) session.noteCancelled(id)
  house.sessions.endStreams()
  assert.deepEqual(
    closed,
    Array.from({ length: 100 }, (_, id) => id),
  )
})

test('closing ends every session', async (t) => {
  const house = open(t)
  const all = [await house.begin('priya'), await house.begin('priya')]
  house.sessions.close()
  assert.deepEqual(house.alive(all, 'priya'), [false, false])
  assert.equal(house.waiting(), 0)
})

test('the time is that of the process unless told otherwise', async (t) => {
  const sessions = createSessions({ whenCredentialEnds: () => () => {}, onFault: () => {} })
  t.after(() => sessions.close())
  const session = await sessions.open('priya', () => createHostServer().factory({ era: 'legacy' }) as never)
  assert.ok(session)
})

function open(t: TestContext, limits: Partial<SessionLimits> | undefined = {}) {
  const host = createHostServer()
  const watched = new Set<{ readonly id: string; readonly end: () => void }>()
  let time = 0
  const faults: unknown[] = []
  const sessions = createSessions({
    onFault: (error, what) => faults.push([(error as Error).message, what]),
    sessionLimits: limits && { ...roomy, ...limits },
    now: () => time,
    whenCredentialEnds(id, end) {
      const each = { id, end }
      watched.add(each)
      return () => watched.delete(each)
    },
  })
  t.after(() => sessions.close())
  const server = () => {
    void host.factory({ era: 'legacy' })
    return host.servers.at(-1) ?? assert.fail()
  }
  return {
    sessions,
    server,
    faults,
    pass: (ms: number) => {
      time += ms
    },
    waiting: () => watched.size,
    endCredential(id: string) {
      for (const each of [...watched]) if (each.id === id) each.end()
    },
    alive: (all: readonly Session[], credentialId: string) =>
      all.map((session) => sessions.find(idOf(session), credentialId) !== undefined),
    async begin(credentialId: string, revision = '2025-11-25', own = server()): Promise<Session> {
      const session = await sessions.open(credentialId, () => own)
      const response = await session?.transport.handleRequest(handshake(revision))
      await response?.text()
      return session ?? assert.fail('there was no room')
    },
  }
}

function use(session: Session): void {
  const exchange = new AbortController()
  session.enter(exchange.signal)
  exchange.abort()
}

function idOf({ transport }: Session): string {
  return transport.sessionId ?? assert.fail('the session has no id')
}

function handshake(protocolVersion: string): Request {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'a-test', version: '1' } }
  return new Request('http://localhost/mcp', {
    method: 'POST',
    headers: { accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  })
}
