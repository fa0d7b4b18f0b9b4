import type { FastifyInstance } from 'fastify'
import type { Orchestrator } from '../orchestrator.ts'
import { addRepresentation } from './routes/representation.ts'

/** The public signing keys as a JWK Set (RFC 7517, section 5), open, so that anybody can verify a release. */
export function addKeySet(instance: FastifyInstance, keys: Pick<Orchestrator['keys'], 'jwks'>): void {
  addRepresentation(instance, '/.well-known/jwks.json', async (reply) => {
    reply.type('application/jwk-set+json')
    return keys.jwks()
  })
}
