import type { TestContext } from 'node:test'
import { createHttpTransport } from '../../src/http/transport.ts'
import type { Scope } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

/** The product's own tools at `/mcp`, on a real socket. */
export interface ServedMcp {
  readonly origin: string
  readonly url: string
  /** A new token; one with all scopes but `admin`, unless told otherwise. */
  createToken(scopes?: readonly Scope[]): Promise<string>
  /** Every request so far that has its answer. */
  readonly seen: readonly SeenRequest[]
}

export interface SeenRequest {
  /** Method and path. */
  readonly line: string
  readonly status: number
  /** The protocol revision that its header names; the handshake names none. */
  readonly revision: string | undefined
}

export async function serveMcp(context: TestContext): Promise<ServedMcp> {
  const orchestrator = await createTestOrchestrator(context)
  const transport = createHttpTransport({ orchestrator, logger: false })
  const seen: SeenRequest[] = []
  transport.app.addHook('onResponse', async ({ method, url, headers }, { statusCode }) => {
    const revision = headers['mcp-protocol-version']
    seen.push({ line: `${method} ${url}`, status: statusCode, revision: revision?.toString() })
  })
  context.after(() => transport.close())
  const origin = await transport.listen({ port: 0 })
  return {
    origin,
    url: `${origin}/mcp`,
    seen,
    async createToken(scopes) {
      const { token } = await orchestrator.tokens.generate({ name: 'client', ...(scopes && { scopes }) })
      return token
    },
  }
}
