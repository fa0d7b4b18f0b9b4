/** The SDK's own transport for the 2025 revisions behind a Fastify route: a server for each session, answers in one piece of JSON. */
import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server'
import { fastify } from 'fastify'
import { port, readFixture, type ToolsFixture } from './fixture.ts'
import { createServerMaker } from './sdk-server.ts'
import { sendWebResponse, toWebRequest } from './web-exchange.ts'

const makeServer = createServerMaker(readFixture<ToolsFixture>())
const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>()
const app = fastify({ logger: false })
app.get('/health', async () => ({ status: 'healthy' }))
app.post('/mcp', async (request, reply) => {
  const transport = sessions.get(String(request.headers['mcp-session-id'])) ?? (await openSession())
  return sendWebResponse(
    await transport.handleRequest(toWebRequest(request), { parsedBody: request.body }),
    reply,
  )
})
await app.listen({ host: '127.0.0.1', port })

async function openSession(): Promise<WebStandardStreamableHTTPServerTransport> {
  const transport: WebStandardStreamableHTTPServerTransport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => crypto.randomUUID(),
    enableJsonResponse: true,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  })
  await makeServer().connect(transport)
  return transport
}
