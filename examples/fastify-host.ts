/**
 * mcp-orchestration as a plugin of your own Fastify app: its routes below a prefix, yours beside them.
 *
 *     npm install fastify mcp-orchestration
 *     node fastify-host.ts
 *     curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:3000/orchestration/v1/clients
 *
 * `npx mcp-orchestration-generate-token` makes the token. In the repository: `npm run example examples/fastify-host.ts`.
 */
import { type FastifyError, fastify } from 'fastify'
import { createHttpTransport } from 'mcp-orchestration'

const app = fastify({ logger: true })

// A hook of the app's holds for the plugin's routes too, as for any plugin's.
app.addHook('onRequest', async (_request, reply) => {
  reply.header('x-served-by', 'my-app')
})

// These are yours alone: below the prefix, mcp-orchestration answers with problems of its own.
app.setErrorHandler<FastifyError>((error, _request, reply) => {
  return reply.code(error.statusCode ?? 500).send({ message: 'The app failed.' })
})
app.setNotFoundHandler((_request, reply) => reply.code(404).send({ message: 'The app has nothing here.' }))
app.get('/', async () => ({ hello: 'from the app' }))
app.get('/fails', async () => {
  throw new Error('For the error handler above')
})

app.register(createHttpTransport().plugin, { prefix: '/orchestration' })

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) })

// Closing the app closes the transport: what is in flight is answered first.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => app.close())
