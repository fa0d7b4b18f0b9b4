import {
  classifyInboundRequest,
  type McpServerFactory,
  type ServerEventBus,
} from '@modelcontextprotocol/server'
import type { Principal } from '../operations/operation.ts'
import { createModernEra, isListening } from './modern-era.ts'
import type { PlainAnswers } from './plain-answers.ts'
import { refusedCode, rpcFailureResponse, toRpcFailure } from './rpc-errors.ts'
import { type EndpointFaultListener, toAuthInfo } from './server-factory.ts'
import { createSessionEra } from './session-era.ts'
import type { SessionLimits, SessionsOptions } from './sessions.ts'
import { createStatelessEra } from './stateless-era.ts'

export type { McpServerFactory, ServerEventBus } from '@modelcontextprotocol/server'
export type { SessionLimits } from './sessions.ts'

export interface McpEndpointOptions {
  /** Makes a server for each request, or for each session where there are sessions. */
  readonly factory: McpServerFactory
  /**
   * Whether clients of the 2025 revisions get sessions, which a server needs that asks the client something or speaks unasked. Without
   * them each request stands for itself, so that a restart or another process makes no difference.
   */
  readonly hasSessions: boolean
  /** What answers plain requests in place of the factory's servers, which must be those with our own tools. Default: they answer all. */
  readonly plainAnswers?: PlainAnswers
  readonly sessionLimits?: Partial<SessionLimits> | undefined
  readonly whenCredentialEnds: SessionsOptions['whenCredentialEnds']
  /** Where `subscriptions/listen` (2026-07-28) hears of changes. Default: nothing is heard. */
  readonly events?: ServerEventBus | undefined
  /** Told of a factory that throws, where the SDK would keep it to itself; the caller learns nothing but that it did. */
  readonly onFault: EndpointFaultListener
}

/** What `/mcp` is to HTTP: web requests in, web responses out. */
export interface McpEndpoint {
  /** Answers a plain request whose credential was let in; any other is for `answer`. */
  readonly answerPlain: PlainAnswers
  /** Answers any request whose credential was let in. */
  answer(exchange: Exchange): Promise<Response>
  /** Ends what stays open for as long as a client likes; calls in flight go on. */
  endStreams(): void
  close(): Promise<void>
}

export interface Exchange {
  /** Its signal aborts when the exchange is over, however it ended. Its body isn't read. */
  readonly request: Request
  readonly principal: Principal
  /** What its body held, if it may have one: any JSON value. */
  readonly message?: unknown
}

/**
 * Both eras of the protocol at one address: 2026-07-28, where each request stands for itself, and the revisions of 2025, which begin
 * with a handshake. Which one a request belongs to, its own body says.
 */
export function createMcpEndpoint(options: McpEndpointOptions): McpEndpoint {
  const modern = createModernEra(options)
  const legacy = options.hasSessions ? createSessionEra(options) : createStatelessEra(options)
  let isStopping = false
  return {
    answerPlain: options.plainAnswers ?? (() => undefined),
    async answer({ request, principal, message }) {
      if (isStopping && opensStream(request, message)) return stopping()
      const era = isOfHandshakeEra(request, message) ? legacy : modern
      return await era.answer(request, toAuthInfo(principal), message)
    },
    endStreams() {
      isStopping = true
      modern.endStreams()
      legacy.endStreams()
    },
    async close() {
      await Promise.all([modern.close(), legacy.close()])
    },
  }
}

/** What doesn't fit either era, the modern one refuses: its errors say what is supported. */
function isOfHandshakeEra({ method, headers }: Request, body: unknown): boolean {
  const protocolVersionHeader = headers.get('mcp-protocol-version') ?? undefined
  if (method !== 'POST') return !isModern(protocolVersionHeader)
  const named = protocolVersionHeader === undefined ? {} : { protocolVersionHeader }
  return classifyInboundRequest({ httpMethod: method, body, ...named }).kind === 'legacy'
}

/** GET is the stream of a session. */
function opensStream({ method }: Request, message: unknown): boolean {
  return method === 'GET' || isListening(message)
}

function stopping(): Response {
  const response = rpcFailureResponse(
    503,
    toRpcFailure(refusedCode, 'The server is stopping. Try again in a moment.'),
  )
  response.headers.set('retry-after', '5')
  return response
}

/** Revisions are dates, and this is the first without sessions, so without GET and DELETE. */
function isModern(revision: string | undefined): boolean {
  return revision !== undefined && revision >= '2026-07-28'
}
