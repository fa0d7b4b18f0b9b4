import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import { shortPathOf } from './request-target.ts'

/** Knows which requests are being answered, so that stopping loses none of them and waits for nothing else. */
export interface Lifecycle {
  /** Counts every request of the instance, and refuses those that come after the stop began. */
  follow(instance: FastifyInstance): void
  /** Counts the connections of a server of our own, so that idle ones can be closed. */
  own(server: Server): void
  /** The response that is being made on a connection, if any. */
  responseOn(socket: Socket): ServerResponse | undefined
  /** What is to be done when the stop begins: to end what would stay open for as long as a caller likes. */
  onStop(act: () => void): void
  /** From now on nothing new is taken on, and idle connections are closed. Calling it again does nothing. */
  stop(): void
  /** Resolves when every request taken on is answered; after that long, what is left is cut off. */
  drained(timeoutMs: number): Promise<void>
}

export interface LifecycleOptions {
  /** How long a caller may take no byte of an answer that is complete, in milliseconds. Default: 30,000. */
  readonly stallTimeoutMs?: number
}

export function createLifecycle({ stallTimeoutMs = 30_000 }: LifecycleOptions = {}): Lifecycle {
  const answering = new Map<ServerResponse, Socket>()
  const connections = new Set<Socket>()
  const endings: (() => void)[] = []
  let closing = false
  let onEmpty: (() => void) | undefined

  function enter(request: IncomingMessage, response: ServerResponse, onBrokenOff: () => void): void {
    const { socket } = request
    answering.set(response, socket)
    // Node would keep the rest of the answer for as long as the connection stands; it starts the time anew whenever some of it is taken.
    response.once('prefinish', () => response.setTimeout(stallTimeoutMs, () => response.destroy()))
    response.once('close', () => {
      answering.delete(response)
      if (answering.size === 0) onEmpty?.()
      if (!response.writableFinished) onBrokenOff()
      if (closing && connections.has(socket)) socket.destroySoon()
      else if (!request.complete) discardRest(request)
    })
  }

  function responseOn(socket: Socket): ServerResponse | undefined {
    return [...answering].find(([, each]) => each === socket)?.[0]
  }

  return {
    follow(instance) {
      instance.addHook('onRequest', ({ raw, originalUrl, method, log }, reply, done) => {
        if (closing) throw shuttingDown()
        enter(raw, reply.raw, () =>
          log.info({ method, path: shortPathOf(originalUrl) }, 'request broken off'),
        )
        done()
      })
      instance.addHook('onSend', (_request, reply, _payload, done) => {
        if (closing) reply.header('connection', 'close')
        done()
      })
    },
    own(server) {
      server.on('connection', (socket: Socket) => {
        if (closing) socket.destroy()
        connections.add(socket)
        socket.once('close', () => connections.delete(socket))
      })
    },
    responseOn,
    onStop: (act) => void endings.push(act),
    stop() {
      if (closing) return
      closing = true
      for (const end of endings) end()
      const busy = new Set(answering.values())
      for (const socket of connections) if (!busy.has(socket)) socket.destroy()
    },
    async drained(timeoutMs) {
      if (answering.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      onEmpty = resolve
      const timer = setTimeout(() => cutOff(answering.keys()), timeoutMs)
      await promise.finally(() => clearTimeout(timer))
    },
  }
}

export function shuttingDown(): OrchestrationError {
  return new OrchestrationError('shutting_down', 'The server is stopping. Try again in a moment.')
}

function cutOff(responses: Iterable<ServerResponse>): void {
  for (const response of responses) response.destroy()
}

const lingerMs = 2_000

/**
 * A caller that is refused before its body was read goes on sending. Closing at once would reset the connection and could take the
 * answer with it (RFC 9112, section 9.6), so what comes is thrown away for a while.
 */
function discardRest(request: IncomingMessage): void {
  if (request.destroyed) return
  const timer = setTimeout(() => request.destroy(), lingerMs).unref()
  request.once('close', () => clearTimeout(timer)).resume()
}
