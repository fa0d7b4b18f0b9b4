import type { FastifyInstance } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import type { Orchestrator } from '../orchestrator.ts'

/** Asked by machines that restart a process or take it out of traffic when there is no answer, so load is no reason to refuse them. */
export const probes = ['/health', '/ready'] as const

/** Open to strangers, so they tell nothing else: whether the process lives, and whether it can work. */
export function addHealth(instance: FastifyInstance, orchestrator: Pick<Orchestrator, 'ready'>): void {
  instance.get('/health', async () => ({ status: 'healthy' }))
  instance.get('/ready', async () => {
    await orchestrator.ready().catch(toUnavailable)
    return { status: 'ready' }
  })
}

/** Whatever the reason: this is asked by machines, which wait and ask again. */
function toUnavailable(cause: unknown): never {
  throw new OrchestrationError('store_unavailable', 'The store does not answer.', { cause })
}
