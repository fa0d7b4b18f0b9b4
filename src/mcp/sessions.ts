import {
  InMemoryTransport,
  type McpServer,
  type McpServerFactory,
  type RequestId,
  type Server,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import { createReplayLog } from './replay-log.ts'
import type { EndpointFaultListener } from './server-factory.ts'

/** How many sessions there may be and for how long, so that clients that never say goodbye cost a bounded amount of memory. */
export interface SessionLimits {
  /** Of one credential. Its least recently used idle one gives way to a new one. */
  readonly perCredential: number
  /** Of all credentials. The least recently used idle one gives way to a new one. */
  readonly total: number
  readonly idleMs: number
  readonly ageMs: number
}

const defaultLimits: SessionLimits = {
  perCredential: 100,
  total: 1_000,
  idleMs: 30 * 60_000,
  ageMs: 24 * 60 * 60_000,
}

/** A server that a client of a 2025 revision has shaken hands with, bound to the credential that opened it. */
export interface Session {
  readonly credentialId: string
  readonly transport: WebStandardStreamableHTTPServerTransport
  /** As negotiated; undefined until the handshake is done. */
  readonly protocolVersion: () => string | undefined
  /** Counts an exchange as going on until its signal aborts; meanwhile the session gives way to nobody. */
  enter(exchange: AbortSignal): void
  /** Says that a call will not be answered, so that its stream is waiting for nothing. */
  noteCancelled(requestId: unknown): void
  end(): void
}

export interface Sessions {
  /** A session that is waiting for its handshake; undefined when there are too many and none is idle, or when it ended while it was made. */
  open(credentialId: string, make: () => ReturnType<McpServerFactory>): Promise<Session | undefined>
  /** Undefined for one that is unknown, over, or of another credential: nobody is told which. */
  find(sessionId: string, credentialId: string): Session | undefined
  /** Ends what stays open for as long as a client likes; calls in flight go on. */
  endStreams(): void
  close(): void
}

export interface SessionsOptions {
  readonly sessionLimits?: Partial<SessionLimits> | undefined
  /** Calls `end` once the credential is revoked or expired; answers how to stop caring. */
  readonly whenCredentialEnds: (credentialId: string, end: () => void) => () => void
  /** Told of a server that fails when its session ends. */
  readonly onFault: EndpointFaultListener
  /** In milliseconds; never goes back. */
  readonly now?: () => number
}

interface OpenSession extends Session {
  /** Undefined while it is being made. */
  server: McpServer | Server | undefined
  readonly openedAt: number
  usedAt: number
  exchanges: number
  readonly cancelled: Set<RequestId>
}

export function createSessions(options: SessionsOptions): Sessions {
  const { whenCredentialEnds, onFault, now = () => performance.now() } = options
  const limits = { ...defaultLimits, ...options.sessionLimits }
  /** Until the handshake gives a session its id, it stands under a symbol, so that it counts. */
  const open = new Map<string | symbol, OpenSession>()

  function isOver({ openedAt, usedAt, exchanges }: OpenSession): boolean {
    const at = now()
    return at - openedAt > limits.ageMs || (exchanges === 0 && at - usedAt > limits.idleMs)
  }

  function sweep(): void {
    for (const session of open.values()) if (isOver(session)) session.end()
  }

  function makeRoom(credentialId: string): boolean {
    sweep()
    const all = [...open.values()]
    const own = all.filter((session) => session.credentialId === credentialId)
    return giveWay(own, limits.perCredential) && giveWay(all, limits.total)
  }

  const sweeper = setInterval(sweep, sweepIntervalMs).unref()

  return {
    async open(credentialId, make) {
      if (!makeRoom(credentialId)) return undefined
      let key: string | symbol = Symbol(credentialId)
      const transport = new WebStandardStreamableHTTPServerTransport({
        sessionIdGenerator: () => crypto.randomUUID(),
        eventStore: createReplayLog(),
        retryInterval: retryIntervalMs,
        onsessioninitialized(sessionId) {
          open.delete(key)
          key = sessionId
          open.set(key, session)
        },
      })
      const session = createSession(credentialId, transport)
      transport.onclose = () => {
        open.delete(key)
        release()
      }
      open.set(key, session)
      const release = whenCredentialEnds(credentialId, session.end)
      try {
        session.server = await make()
        // By its credential, or with all others: its server has yet to hear of that.
        if (!open.has(key)) return await discard(session.server)
        await session.server.connect(transport)
        session.exchanges -= 1
        session.usedAt = now()
      } catch (error) {
        session.end()
        throw error
      }
      return session
    },
    find(sessionId, credentialId) {
      const session = open.get(sessionId)
      if (session?.credentialId !== credentialId) return undefined
      if (!isOver(session)) return session
      session.end()
      return undefined
    },
    endStreams() {
      for (const { transport, cancelled } of open.values()) {
        transport.closeStandaloneSSEStream()
        for (const requestId of cancelled) transport.closeSSEStream(requestId)
      }
    },
    close() {
      clearInterval(sweeper)
      for (const session of open.values()) session.end()
    },
  }

  function createSession(
    credentialId: string,
    transport: WebStandardStreamableHTTPServerTransport,
  ): OpenSession {
    const session: OpenSession = {
      credentialId,
      transport,
      server: undefined,
      protocolVersion: () => negotiatedBy(session.server),
      openedAt: now(),
      usedAt: now(),
      // Its handshake, until `enter` counts it: a session that is being made gives way to nobody.
      exchanges: 1,
      cancelled: new Set(),
      enter(exchange) {
        // Its caller may have left already.
        if (exchange.aborted) return
        session.exchanges += 1
        const leave = () => {
          session.exchanges -= 1
          session.usedAt = now()
        }
        exchange.addEventListener('abort', leave, { once: true })
      },
      noteCancelled(requestId) {
        if (typeof requestId !== 'string' && typeof requestId !== 'number') return
        if (session.cancelled.size < maxCancelled) session.cancelled.add(requestId)
      },
      // What a host's server does at its end is not ours to fail for.
      end: () => void transport.close().catch((error) => onFault(error, 'the end of a session', undefined)),
    }
    return session
  }
}

/** Only a server that is connected is told that it is over. */
async function discard(server: McpServer | Server): Promise<undefined> {
  const [end] = InMemoryTransport.createLinkedPair()
  await server.connect(end)
  await server.close()
}

function negotiatedBy(server: McpServer | Server | undefined): string | undefined {
  const inner = server && 'server' in server ? server.server : server
  return inner?.getNegotiatedProtocolVersion()
}

const sweepIntervalMs = 60_000

/** How many cancelled calls of a session are remembered; the streams of those beyond may hold up a stop for a while. */
const maxCancelled = 100

/** When a client whose stream broke off should come back. */
const retryIntervalMs = 1_000

/** Leaves room for one more, if need be by ending the one that was idle longest. */
function giveWay(sessions: readonly OpenSession[], limit: number): boolean {
  if (sessions.length < limit) return true
  const [idlest] = sessions
    .filter(({ exchanges }) => exchanges === 0)
    .toSorted((left, right) => left.usedAt - right.usedAt)
  idlest?.end()
  return idlest !== undefined
}
