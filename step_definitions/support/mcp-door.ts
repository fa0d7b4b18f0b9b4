import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Door, Place } from './door.ts'
import { type ServeHome, serveHome } from './served-home.ts'
import { callByTool } from './tool-calls.ts'

/** As an agent has it that reaches the orchestrator by URL: `/mcp` on a socket, and the SDK's v2 line to speak with it. */
export async function openMcpDoor(place: Place, serve: ServeHome = serveHome): Promise<Door> {
  const { url, headers, close } = await serve(place)
  const client = new Client(
    { name: 'priyas-agent', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  try {
    const options = { requestInit: { headers } }
    await client.connect(new StreamableHTTPClientTransport(new URL('/mcp', url), options))
  } catch (error) {
    await close()
    throw error
  }
  return {
    call: callByTool((name, args) => client.callTool({ name, arguments: { ...args } })),
    async close() {
      await client.close()
      await close()
    },
  }
}
