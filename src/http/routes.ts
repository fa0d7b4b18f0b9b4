import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import { callOperation, type Operation, type Principal, requireScope } from '../operations/operation.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { accepts } from './accept.ts'
import { toChallenge } from './authentication.ts'
import { refuseNeedlessBody, toInput } from './input.ts'
import { problemMediaType } from './problems.ts'
import { tagRepresentation } from './representation.ts'

export interface RoutesOptions {
  readonly operations: readonly Operation[]
  readonly orchestrator: Orchestrator
  readonly principalOf: (request: FastifyRequest) => Principal | undefined
  /** What the operations' paths begin with and the instance's prefix ends with. */
  readonly base: string
}

/** Gives each operation its route, in an instance that authenticates already. */
export function addRoutes(instance: FastifyInstance, options: RoutesOptions): void {
  // The schema is there to describe the answer. The standard serialiser is faster here than one made from it and drops nothing, so an
  // answer has the same bytes through every door.
  instance.setSerializerCompiler(() => JSON.stringify)
  instance.addHook('onSend', tagRepresentation)
  for (const operation of options.operations) {
    instance.route({
      method: operation.method,
      url: toRoutePath(operation.path.slice(options.base.length)),
      exposeHeadRoute: true,
      schema: { response: { 200: operation.output } },
      ...createHandlers(operation, options),
    })
  }
}

function createHandlers(operation: Operation, { orchestrator, principalOf }: RoutesOptions) {
  return {
    /** All that can be refused before a byte of the body is read. */
    async onRequest(request: FastifyRequest, reply: FastifyReply) {
      const principal = known(principalOf(request))
      await challenging(reply, operation.scope, () => requireScope(principal, operation.scope))
      refuseUnacceptable(request)
      refuseNeedlessBody(request)
    },
    handler(request: FastifyRequest, reply: FastifyReply) {
      const principal = known(principalOf(request))
      // The operation's own scope is there by now; the only one that a handler asks for beyond it is `admin`.
      return challenging(reply, 'admin', () =>
        callOperation(operation, { orchestrator, principal }, toInput(operation, request)),
      )
    },
  }
}

/** RFC 6750, section 3.1: where the scope is what lacks, the challenge names it. */
async function challenging<T>(reply: FastifyReply, scope: string, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof OrchestrationError && error.code === 'insufficient_scope')
      reply.header('www-authenticate', toChallenge('insufficient_scope', scope))
    throw error
  }
}

const answered = ['application/json', problemMediaType]

function refuseUnacceptable({ headers }: FastifyRequest): void {
  if (accepts(headers.accept, answered)) return
  const message =
    'Answers are application/json, problems application/problem+json. Accept one of them, or send no Accept header.'
  throw new OrchestrationError('not_acceptable', message)
}

/** A route that nobody guards is a fault of ours; it lets nobody in. */
function known(principal: Principal | undefined): Principal {
  if (!principal) throw new Error('A route of an operation was reached without authentication.')
  return principal
}

/** `{client_id}` is `:client_id` to the router. */
function toRoutePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
