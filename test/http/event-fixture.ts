import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { fastify } from 'fastify'
import { createAuthentication } from '../../src/http/access/authentication.ts'
import type { EventHubOptions } from '../../src/http/events/event-hub.ts'
import { addEvents } from '../../src/http/events/events.ts'
import { createLifecycle, type Lifecycle } from '../../src/http/lifecycle.ts'
import { sendProblem } from '../../src/http/problems/problem-reply.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import { type EventReader, readEvents } from '../support/event-reader.ts'

export interface ServedEvents {
  readonly url: string
  readonly port: number
  readonly orchestrator: Orchestrator
  readonly store: Store
  readonly lifecycle: Lifecycle
  /** Opens a stream with the API key, which is closed after the test. */
  readonly listen: (options?: ListenOptions) => Promise<EventReader>
  /** Resolves when the server has closed its end of a connection, which a client that reads nothing doesn't notice. */
  readonly whenCutOff: (client: Socket) => Promise<void>
  /** Commits a draft's change: an event. Answers its revision. */
  readonly change: (profileId?: string) => Promise<number>
}

export interface ListenOptions {
  readonly query?: string
  readonly lastEventId?: string | number
  readonly token?: string
}

export interface ServeEventsOptions extends Omit<EventHubOptions, 'orchestrator'> {
  readonly store?: Store
}

export const apiKey = 'the key of the tests of events'

/** Nothing but /events, on a real socket, with bounds of the test's own. */
export async function serveEvents(t: TestContext, options: ServeEventsOptions = {}): Promise<ServedEvents> {
  const { store = createMemoryStore(), ...bounds } = options
  const orchestrator = createOrchestrator({ home: '/nowhere', store, env: {}, platform: 'linux' })
  const { authenticate, callerOf } = createAuthentication({ orchestrator, apiKey })
  const lifecycle = createLifecycle()
  const app = fastify()
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  lifecycle.follow(app)
  lifecycle.own(app.server)
  app.register(
    async (area) => {
      area.addHook('onRequest', authenticate)
      addEvents(area, { ...bounds, orchestrator, lifecycle, callerOf })
    },
    { prefix: '/events' },
  )
  const connections = new Map<number | undefined, Promise<void>>()
  app.server.on('connection', (socket: Socket) => {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    connections.set(socket.remotePort, closed)
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  t.after(async () => {
    lifecycle.stop()
    await app.close()
    await orchestrator.close()
  })
  const { port } = app.server.address() as AddressInfo
  return { url, port, orchestrator, store, lifecycle, listen, change, whenCutOff }

  async function listen({ query = '', lastEventId, token }: ListenOptions = {}): Promise<EventReader> {
    const reader = await readEvents(`${url}/events${query}`, {
      ...(token === undefined ? { 'x-api-key': apiKey } : { authorization: `Bearer ${token}` }),
      ...(lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) }),
    })
    t.after(reader.close)
    return reader
  }

  async function whenCutOff({ localPort }: Socket): Promise<void> {
    await connections.get(localPort)
  }

  async function change(profileId = 'default'): Promise<number> {
    return commit(store, { [`drafts/cursor/${profileId}`]: draft })
  }
}

/** As the store keeps a draft. */
export const draft = { mcpServers: {}, updatedAt: '2026-11-22T12:00:00.000Z' }

export async function commit(
  store: Store,
  put: Parameters<Store['commit']>[0]['put'] & object,
): Promise<number> {
  const result = await store.commit({ put })
  if (!result.committed) throw new Error('A commit without conditions was refused.')
  return result.revision
}
