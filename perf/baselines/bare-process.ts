/** Fastify routes with a response schema, and nothing else. */
import { fastify } from 'fastify'
import { port, type RoutesFixture, readFixture } from './fixture.ts'
import { addRoutes } from './routes.ts'

const app = fastify({ logger: false })
addRoutes(app, readFixture<RoutesFixture>())
await app.listen({ host: '127.0.0.1', port })
