/** What a Fastify server with documentation costs before it has answered anything: the same routes, and @fastify/swagger. */
import { fastifySwagger } from '@fastify/swagger'
import { fastify } from 'fastify'
import { port, type RoutesFixture, readFixture } from './fixture.ts'
import { addRoutes } from './routes.ts'

const app = fastify({ logger: false })
await app.register(fastifySwagger, { openapi: { info: { title: 'baseline', version: '1.0.0' } } })
addRoutes(app, readFixture<RoutesFixture>())
await app.listen({ host: '127.0.0.1', port })
