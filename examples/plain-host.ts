/**
 * mcp-orchestration below a prefix of a server of your own, with nothing but Node.
 *
 *     npm install mcp-orchestration
 *     node plain-host.ts
 *     curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:3000/orchestration/v1/clients
 *
 * `npx mcp-orchestration-generate-token` makes the token. In the repository: `npm run example examples/plain-host.ts`.
 */
import { createServer } from 'node:http'
import { createHttpTransport } from 'mcp-orchestration'

const transport = createHttpTransport()

const server = createServer((request, response) => {
  const { url = '/' } = request
  if (url.startsWith('/orchestration/')) {
    // The transport wants its own paths. From `originalUrl` it says in its answers what the caller asked for.
    const below = { originalUrl: url, url: url.slice('/orchestration'.length) }
    return transport.handler(Object.assign(request, below), response)
  }
  response.writeHead(url === '/' ? 200 : 404, { 'content-type': 'text/plain' })
  response.end(url === '/' ? 'Hello from the host\n' : 'The host has nothing here\n')
})

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('Listening on', server.address())
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop)

/** First the transport, which answers what is in flight, then the server. */
async function stop(): Promise<void> {
  await transport.close()
  server.close()
}
