/** The baseline: one Fastify route with a response schema that answers the same body, and nothing else. */
import { argv } from 'node:process'
import { fastify, type HTTPMethods } from 'fastify'
import { toSchema } from '../schema-of.ts'
import { serveMeasurements } from './measurements.ts'

const [method = 'GET', url = '/', text = 'null'] = argv.slice(2)
const body: unknown = JSON.parse(text)
const app = fastify({ logger: false })
app.route({
  method: method as HTTPMethods,
  url,
  schema: { response: { 200: toSchema(body) } },
  handler: async () => body,
})
const base = await app.listen({ host: '127.0.0.1', port: 0 })
serveMeasurements({ url: base, headers: {} })
