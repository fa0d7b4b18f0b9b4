import { type AuthInfo, isInitializeRequest, type McpServerFactory } from '@modelcontextprotocol/server'
import type { Era } from './era.ts'
import { isCancellation, refuseBatch, sessionIdHeader, sessionNotFound } from './handshake-era.ts'
import { refusedCode, rpcFailureResponse, toRpcFailure } from './rpc-errors.ts'
import { createSessions, type Session, type SessionsOptions } from './sessions.ts'

export interface SessionEraOptions extends SessionsOptions {
  readonly factory: McpServerFactory
}

/** The 2025 revisions with sessions: one server for each, from its handshake on. */
export function createSessionEra(options: SessionEraOptions): Era {
  const { factory } = options
  const sessions = createSessions(options)

  async function begin(request: Request, authInfo: AuthInfo, parsedBody: unknown): Promise<Response> {
    const make = () => factory({ era: 'legacy', authInfo, requestInfo: request })
    const session = await sessions.open(authInfo.clientId, make)
    if (!session) return tooManySessions()
    session.enter(request.signal)
    const response = await session.transport.handleRequest(request, { authInfo, parsedBody })
    // A handshake that was refused leaves nothing behind.
    if (session.transport.sessionId === undefined) session.end()
    return response
  }

  async function goOn(session: Session, request: Request, authInfo: AuthInfo, parsedBody: unknown) {
    const refusal = refuseBatch(parsedBody, session.protocolVersion())
    if (refusal) return refusal
    for (const message of [parsedBody].flat())
      if (isCancellation(message)) session.noteCancelled(message.params?.requestId)
    session.enter(request.signal)
    return await session.transport.handleRequest(request, { authInfo, parsedBody })
  }

  return {
    async answer(request, authInfo, message) {
      const sessionId = request.headers.get(sessionIdHeader)
      if (sessionId === null)
        return isInitializeRequest(message) ? begin(request, authInfo, message) : missingSession()
      const session = sessions.find(sessionId, authInfo.clientId)
      return session ? goOn(session, request, authInfo, message) : sessionNotFound()
    },
    endStreams: sessions.endStreams,
    close: async () => sessions.close(),
  }
}

function missingSession(): Response {
  const message =
    'The Mcp-Session-Id header is missing. Begin with initialize, whose answer carries the id, and send it along from then on.'
  return rpcFailureResponse(400, toRpcFailure(refusedCode, message))
}

function tooManySessions(): Response {
  const message =
    'Too many sessions are open, and none of them is idle. Close one (DELETE), or try again later.'
  const response = rpcFailureResponse(503, toRpcFailure(refusedCode, message))
  response.headers.set('retry-after', '30')
  return response
}
