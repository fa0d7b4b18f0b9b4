import type { FastifyInstance } from 'fastify'
import type { RoutesFixture } from './fixture.ts'

/** Routes with a response schema that answer what they are told to. */
export function addRoutes(app: FastifyInstance, { routes }: Pick<RoutesFixture, 'routes'>): void {
  app.get('/health', async () => ({ status: 'healthy' }))
  for (const { method, url, schema, body } of routes)
    app.route({ method, url, schema: { response: { 200: schema } }, handler: async () => body })
}
