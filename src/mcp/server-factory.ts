import type { AuthInfo, McpServerFactory } from '@modelcontextprotocol/server'
import type { Principal } from '../operations/operation.ts'
import { type Limits, scopes } from '../vocabulary.ts'
import { createMcpServer, type McpServerContext } from './server.ts'

/** Tells the log what failed, and while answering which request, if that is known. */
export type EndpointFaultListener = (error: unknown, what: string, requestId: string | undefined) => void

/** Makes the servers with our own tools, each for the credential that asks. */
export function createServerFactory(
  orchestrator: McpServerContext['orchestrator'],
  onFault: EndpointFaultListener,
): McpServerFactory {
  return ({ authInfo, requestInfo }) => {
    const requestId = requestIdOf(requestInfo)
    return createMcpServer({
      orchestrator,
      principal: toPrincipal(authInfo),
      door: 'mcp',
      requestId: requestId ?? null,
      onFault: (error, what) => onFault(error, what, requestId),
    })
  }
}

export function requestIdOf(request: Request | undefined): string | undefined {
  return request?.headers.get('x-request-id') ?? undefined
}

/** A principal as a server of ours comes to know it. */
export function toServed(principal: Principal): Principal {
  return toPrincipal(toAuthInfo(principal))
}

/** A server hears who asks, but never the credential itself. */
export function toAuthInfo({ id, scopes, limits = null }: Principal): AuthInfo {
  return { token: '', clientId: id, scopes: [...scopes], extra: { limits } }
}

function toPrincipal(authInfo: AuthInfo | undefined): Principal {
  if (!authInfo) throw new Error('An MCP server was asked for by nobody.')
  const limits = authInfo.extra?.limits as Limits | null | undefined
  // What got lost on the way must not widen what the credential may do.
  if (limits === undefined) throw new Error('An MCP server was asked for without limits, not even none.')
  return { id: authInfo.clientId, scopes: scopes.filter((scope) => authInfo.scopes.includes(scope)), limits }
}
