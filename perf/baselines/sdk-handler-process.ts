/** The SDK's own handler for 2026-07-28 behind a Fastify route: a server for each request. */
import { createMcpHandler } from '@modelcontextprotocol/server'
import { fastify } from 'fastify'
import { port, readFixture, type ToolsFixture } from './fixture.ts'
import { createServerMaker } from './sdk-server.ts'
import { sendWebResponse, toWebRequest } from './web-exchange.ts'

const handler = createMcpHandler(createServerMaker(readFixture<ToolsFixture>()), { legacy: 'reject' })
const app = fastify({ logger: false })
app.get('/health', async () => ({ status: 'healthy' }))
app.post('/mcp', async (request, reply) =>
  sendWebResponse(await handler.fetch(toWebRequest(request), { parsedBody: request.body }), reply),
)
await app.listen({ host: '127.0.0.1', port })
