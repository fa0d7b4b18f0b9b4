import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import { createExchanges, type Exchanges } from './exchanges.ts'
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
  /** How long a caller may take no byte of an answer that is complete, in milliseconds; Node may wait twice as long. Default: 30,000. */
  readonly stallTimeoutMs?: number
}

export function createLifecycle({ stallTimeoutMs = 30_000 }: LifecycleOptions = {}): Lifecycle {
  const answering = createExchanges()
  const connections = new Set<Socket>()
  const endings: (() => void)[] = []
  const stalls = createStallWatch(answering, stallTimeoutMs)
  let closing = false
  let onEmpty: (() => void) | undefined

  function enter(request: FastifyRequest, { raw: response }: FastifyReply): void {
    // The caller has left while a host looked at its request: it will not leave again.
    if (response.destroyed) return
    answering.add(response, request)
    response.on('close', leave)
    stalls.watch()
  }

  /** One function for all responses: a request costs no closure. */
  function leave(this: ServerResponse): void {
    const request = answering.remove(this)
    if (answering.size === 0) onEmpty?.()
    if (!request) return
    const { raw, log, method, originalUrl } = request
    if (!this.writableFinished) log.info({ method, path: shortPathOf(originalUrl) }, 'request broken off')
    if (closing && connections.has(raw.socket)) raw.socket.destroySoon()
    else if (!raw.complete) discardRest(raw)
  }

  return {
    follow(instance) {
      instance.addHook('onRequest', (request, reply, done) => {
        if (closing) {
          sayLast(reply.raw)
          throw shuttingDown()
        }
        enter(request, reply)
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
    responseOn: (socket) => answering.list().find(({ request }) => request.raw.socket === socket)?.response,
    onStop: (act) => void endings.push(act),
    stop() {
      if (closing) return
      closing = true
      for (const end of endings) end()
      for (const { response } of answering.list()) sayLast(response)
      const busy = new Set(answering.list().map(({ request }) => request.raw.socket))
      for (const socket of connections) if (!busy.has(socket)) socket.destroy()
    },
    async drained(timeoutMs) {
      if (answering.size === 0) return
      const { promise, resolve } = Promise.withResolvers<void>()
      onEmpty = resolve
      const timer = setTimeout(() => cutOff(answering), timeoutMs)
      await promise.finally(() => clearTimeout(timer))
    },
  }
}

/** Lets the answer say that the connection ends with it (`Connection: close`), if its head isn't out yet. */
function sayLast(response: ServerResponse): void {
  response.shouldKeepAlive = false
}

interface StallWatch {
  /** Called with each request. */
  watch(): void
}

/**
 * Cuts off callers that take no byte of an answer that is complete, of which Node would keep the rest for as long as the connection
 * stands. One look at all answers now and then, rather than a timer for each, since hardly any is ever left lying. Of one that still
 * lies there at the second look Node's own timer begins, which starts anew whenever some of it is taken.
 */
function createStallWatch(answering: Exchanges, timeoutMs: number): StallWatch {
  const timed = new WeakSet<ServerResponse>()
  let lying = new Set<ServerResponse>()
  let timer: NodeJS.Timeout | undefined

  function look(): void {
    timer = undefined
    const responses = answering.list().map(({ response }) => response)
    const found = responses.filter((each) => each.writableEnded && !timed.has(each))
    for (const each of found) if (lying.has(each)) limit(each)
    lying = new Set(found)
    if (answering.size > 0) watch()
  }

  function limit(response: ServerResponse): void {
    timed.add(response)
    response.setTimeout(timeoutMs, () => response.destroy())
  }

  function watch(): void {
    if (timer === undefined) timer = setTimeout(look, Math.min(timeoutMs, longestLookMs)).unref()
  }

  return { watch }
}

const longestLookMs = 1_000

export function shuttingDown(): OrchestrationError {
  return new OrchestrationError('shutting_down', 'The server is stopping. Try again in a moment.')
}

function cutOff(answering: Exchanges): void {
  for (const { response } of answering.list()) response.destroy()
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
