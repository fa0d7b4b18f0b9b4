/** The same behind a bearer check (SHA-256 and a map) and CORS. */
import { hash } from 'node:crypto'
import { fastifyCors } from '@fastify/cors'
import { fastify } from 'fastify'
import { port, type RoutesFixture, readFixture } from './fixture.ts'
import { addRoutes } from './routes.ts'

const fixture = readFixture<RoutesFixture>()
const principals = new Map([[hash('sha256', fixture.token ?? ''), 'perf']])
const app = fastify({ logger: false })
await app.register(fastifyCors, { origin: '*', exposedHeaders: ['ETag', 'X-Request-Id'] })
app.addHook('onRequest', async (request, reply) => {
  if (request.routeOptions.url === '/health') return
  const { authorization = '' } = request.headers
  const principal = principals.get(hash('sha256', authorization.slice('Bearer '.length)))
  if (principal === undefined) await reply.code(401).send({ error: 'unauthorized' })
})
addRoutes(app, fixture)
await app.listen({ host: '127.0.0.1', port })
