import {
  type AuthInfo,
  createMcpHandler,
  InMemoryServerEventBus,
  isJSONRPCRequest,
  type JSONRPCRequest,
  type McpServerFactory,
  ProtocolErrorCode,
  type ServerEventBus,
} from '@modelcontextprotocol/server'
import type { Era } from './era.ts'
import { type EndpointFaultListener, requestIdOf } from './server-factory.ts'

export interface ModernEraOptions {
  readonly factory: McpServerFactory
  readonly events?: ServerEventBus | undefined
  readonly whenCredentialEnds: (credentialId: string, end: () => void) => () => void
  readonly onFault: EndpointFaultListener
}

/** 2026-07-28: a server for each request. A client that goes away cancels its call: the request's signal is the call's. */
export function createModernEra(options: ModernEraOptions): Era {
  const { whenCredentialEnds, onFault, events: bus = new InMemoryServerEventBus() } = options
  const factory = reportingFaults(options.factory, onFault)
  const calls = createMcpHandler(factory, { legacy: 'reject', bus })
  // A handler of its own, because closing one ends its streams and its calls alike.
  const streams = createMcpHandler(factory, { legacy: 'reject', bus })

  const listeners = createListenerCount()

  async function listen(request: Request, authInfo: AuthInfo, message: JSONRPCRequest): Promise<Response> {
    const { clientId } = authInfo
    if (!listeners.enter(clientId)) return tooManyListeners(message)
    const ended = new AbortController()
    const signal = AbortSignal.any([request.signal, ended.signal])
    const listening = new Request(request, { signal })
    const forget = whenCredentialEnds(clientId, () => listening.signal.aborted || ended.abort())
    const release = () => {
      forget()
      listeners.leave(clientId)
    }
    if (request.signal.aborted) release()
    else request.signal.addEventListener('abort', release, { once: true })
    return await streams.fetch(listening, { authInfo, parsedBody: message })
  }

  return {
    answer: (request, authInfo, message) =>
      isListening(message)
        ? listen(request, authInfo, message)
        : calls.fetch(request, { authInfo, parsedBody: message }),
    endStreams: () => void streams.close(),
    async close() {
      await Promise.all([streams.close(), calls.close()])
    },
  }
}

/** Whether a message asks for a stream that is open for as long as the client likes. */
export function isListening(message: unknown): message is JSONRPCRequest {
  return isJSONRPCRequest(message) && message.method === 'subscriptions/listen'
}

/** As with sessions, so that one credential can't use up what the SDK allows all of them together (1,024). */
const maxListenersPerCredential = 100

function createListenerCount() {
  const counts = new Map<string, number>()
  return {
    enter(credentialId: string): boolean {
      const count = counts.get(credentialId) ?? 0
      if (count < maxListenersPerCredential) counts.set(credentialId, count + 1)
      return count < maxListenersPerCredential
    },
    leave(credentialId: string): void {
      const count = (counts.get(credentialId) ?? 0) - 1
      if (count > 0) counts.set(credentialId, count)
      else counts.delete(credentialId)
    },
  }
}

/** As the SDK says it when its own bound is reached. */
function tooManyListeners({ id }: JSONRPCRequest): Response {
  const error = { code: ProtocolErrorCode.InternalError, message: 'Subscription limit reached' }
  return Response.json({ jsonrpc: '2.0', id, error })
}

/** The SDK answers a factory that throws as an internal error and says no more about it to anyone. */
function reportingFaults(factory: McpServerFactory, onFault: EndpointFaultListener): McpServerFactory {
  return async (context) => {
    try {
      return await factory(context)
    } catch (error) {
      onFault(error, 'the server factory', requestIdOf(context.requestInfo))
      throw error
    }
  }
}
