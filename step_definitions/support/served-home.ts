import { createHttpTransport, createOrchestrator, scopes } from '../../src/index.ts'
import type { Place } from './door.ts'

/** A home with the HTTP transport on a real socket, and a token that may do everything there. */
export interface ServedHome {
  readonly url: string
  readonly headers: { readonly authorization: string }
  close(): Promise<void>
}

export async function serveHome(place: Place): Promise<ServedHome> {
  const orchestrator = createOrchestrator(place)
  const transport = createHttpTransport({ orchestrator, logger: false })
  const { token } = await orchestrator.tokens.generate({ name: 'door', scopes })
  return {
    url: await transport.listen({ port: 0 }),
    headers: { authorization: `Bearer ${token}` },
    async close() {
      await transport.close()
      await orchestrator.close()
    },
  }
}
