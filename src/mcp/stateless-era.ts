import {
  type AuthInfo,
  type McpServerFactory,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server'
import type { Era } from './era.ts'
import { isCancellation, refuseBatch, sessionIdHeader, sessionNotFound } from './handshake-era.ts'

/**
 * The 2025 revisions without sessions, for a server that only answers: each request is served by a server of its own, in one piece of
 * JSON. A client that goes away does not cancel its call there (2025-11-25, basic/transports, "Sending Messages to the Server").
 */
export function createStatelessEra({ factory }: { readonly factory: McpServerFactory }): Era {
  async function serve(request: Request, authInfo: AuthInfo, parsedBody: unknown): Promise<Response> {
    const server = await factory({ era: 'legacy', authInfo, requestInfo: request })
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true })
    await server.connect(transport)
    try {
      return await transport.handleRequest(request, { authInfo, parsedBody })
    } finally {
      await server.close()
    }
  }

  return {
    async answer(request, authInfo, message) {
      const { headers } = request
      if (headers.has(sessionIdHeader)) return sessionNotFound()
      const refusal = refuseBatch(message, headers.get('mcp-protocol-version') ?? undefined)
      return refusal ?? (await serve(request, authInfo, withoutCancellations(message)))
    },
    endStreams() {},
    async close() {},
  }
}

/**
 * Nothing outlives its request here, so there is nothing to cancel but what is in the same batch; for the answer that a request
 * cancelled there never gets, the SDK would wait forever.
 */
function withoutCancellations(message: unknown): unknown {
  if (!Array.isArray(message)) return message
  const rest = message.filter((each) => !isCancellation(each))
  return rest.length > 0 ? rest : message
}
