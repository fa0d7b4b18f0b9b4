import { type Readable, Transform, type Writable } from 'node:stream'
import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type Transport,
} from '@modelcontextprotocol/server'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'

export interface DrainingTransport {
  readonly transport: Transport
  readonly closed: Promise<void>
  /** Reads no further; closes as soon as every request is answered. */
  drain(): void
}

/**
 * The SDK's stdio transport, but the end of stdin counts only when every request read from it is answered. The SDK's own would drop
 * them: a publish could be cut off half told, and requests piped in from a file would never see an answer.
 */
export function createDrainingTransport(stdin: Readable, stdout: Writable): DrainingTransport {
  const requests = createOpenRequests()
  const input = new Transform({
    transform: (chunk, _encoding, done) => done(null, chunk),
    flush: (done) => requests.whenNoneIsOpen(done),
  })
  const wire = new StdioServerTransport(input, stdout)
  const drain = () => {
    stdin.unpipe(input).pause()
    input.end()
  }
  stdin.once('close', drain)
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  const transport: Transport = {
    async start() {
      await wire.start()
      stdin.pipe(input)
    },
    async send(message) {
      await wire.send(message)
      requests.sent(message)
    },
    close: () => wire.close(),
    set onmessage(listener: NonNullable<Transport['onmessage']>) {
      wire.onmessage = (message) => {
        requests.received(message)
        listener(message)
      }
    },
    set onerror(listener: NonNullable<Transport['onerror']>) {
      wire.onerror = listener
    },
    set onclose(listener: () => void) {
      wire.onclose = () => {
        drain()
        listener()
        resolve()
      }
    },
  }
  return { transport, closed, drain }
}

function createOpenRequests() {
  const open = new Set<string | number>()
  let settled: (() => void) | undefined
  const close = (id: string | number) => {
    open.delete(id)
    if (open.size === 0) settled?.()
  }
  return {
    received(message: JSONRPCMessage) {
      if (isAnswerable(message)) open.add(message.id)
      const cancelled = cancelledId(message)
      if (cancelled !== undefined) close(cancelled)
    },
    sent(message: JSONRPCMessage) {
      if (isJSONRPCResponse(message) && message.id !== undefined) close(message.id)
    },
    /** One turn later at the earliest, so that what was read last has arrived. */
    whenNoneIsOpen(done: () => void) {
      setImmediate(() => {
        settled = done
        if (open.size === 0) done()
      })
    },
  }
}

/** A subscription (2026-07-28) is a request that stays open for as long as the connection. */
function isAnswerable(message: JSONRPCMessage): message is JSONRPCRequest {
  return isJSONRPCRequest(message) && message.method !== 'subscriptions/listen'
}

function cancelledId(message: JSONRPCMessage): string | number | undefined {
  if (!isJSONRPCNotification(message) || message.method !== 'notifications/cancelled') return undefined
  const id = message.params?.requestId
  return typeof id === 'string' || typeof id === 'number' ? id : undefined
}
