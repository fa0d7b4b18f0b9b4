/** The least that answers the same JSON-RPC messages: a plain Fastify route that finds the tool and makes the result. */
import { fastify } from 'fastify'
import { port, readFixture, type ToolsFixture } from './fixture.ts'
import { toToolResult } from './tool-result.ts'

interface Message {
  readonly id: number
  readonly method: string
  readonly params: { readonly name?: string }
}

const { tools, answer } = readFixture<ToolsFixture>()
const byName = new Map(tools.map((tool) => [tool.name, tool]))
const app = fastify({ logger: false })
app.get('/health', async () => ({ status: 'healthy' }))
app.post<{ Body: Message }>('/mcp', { schema: { body: messageSchema() } }, async ({ body }) => {
  const { id, method, params } = body
  if (method === 'tools/list') return { jsonrpc: '2.0', id, result: { tools } }
  if (method === 'tools/call' && byName.has(params.name ?? ''))
    return { jsonrpc: '2.0', id, result: toToolResult(answer) }
  return { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }
})
await app.listen({ host: '127.0.0.1', port })

function messageSchema() {
  return {
    type: 'object',
    required: ['jsonrpc', 'id', 'method', 'params'],
    properties: {
      jsonrpc: { const: '2.0' },
      id: { type: 'integer' },
      method: { type: 'string' },
      params: { type: 'object' },
    },
  }
}
