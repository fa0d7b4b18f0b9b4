/** Fastify routes that answer 304 with the headers they are told to, and do nothing else: no revalidation behind Fastify can cost less. */
import { fastify } from 'fastify'
import { port, readFixture, type UnchangedFixture } from './fixture.ts'

const { routes, headers } = readFixture<UnchangedFixture>()
const app = fastify({ logger: false })
app.get('/health', async () => ({ status: 'healthy' }))
for (const { method, url } of routes)
  app.route({ method, url, handler: (_request, reply) => void reply.code(304).headers(headers).send() })
await app.listen({ host: '127.0.0.1', port })
