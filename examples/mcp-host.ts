/**
 * An MCP server of your own at `/mcp`, behind the tokens, checks and sessions of mcp-orchestration.
 *
 *     npm install mcp-orchestration @modelcontextprotocol/server
 *     node mcp-host.ts
 *     npx @modelcontextprotocol/inspector --cli http://127.0.0.1:3000/mcp --header "Authorization: Bearer $TOKEN" --method tools/list
 *
 * `npx mcp-orchestration-generate-token` makes the token. In the repository: `npm run example examples/mcp-host.ts`.
 */
import { McpServer } from '@modelcontextprotocol/server'
import { createHttpTransport } from 'mcp-orchestration'

const transport = createHttpTransport({
  mcpServer: ({ authInfo }) => {
    const server = new McpServer({ name: 'my-app', version: '1.0.0' })
    server.registerTool('whoami', { description: 'Tells which credential asks.' }, () => ({
      content: [{ type: 'text', text: authInfo?.clientId ?? 'nobody' }],
    }))
    return server
  },
})

console.log('Listening at', await transport.listen({ port: Number(process.env.PORT ?? 3000) }))

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => transport.close())
