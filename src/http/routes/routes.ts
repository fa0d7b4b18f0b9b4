import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { auditingRefusal } from '../../operations/audited.ts'
import {
  callOperation,
  checkCall,
  type Operation,
  type OperationContext,
  requireScopes,
} from '../../operations/operation.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import { type Authentication, challenging } from '../access/authentication.ts'
import { problemMediaType } from '../problems/problems.ts'
import { accepts } from './accept.ts'
import type { Exchange } from './exchange.ts'
import { answerOnce, readIdempotencyKey } from './idempotency-key.ts'
import { refuseNeedlessBody, toInput } from './input.ts'
import { guardOf, refuseMisplacedConditions, underCondition } from './preconditions.ts'
import { readMethods, tagRepresentation } from './representation.ts'

export interface RoutesOptions {
  readonly operations: readonly Operation[]
  readonly orchestrator: Orchestrator
  readonly callerOf: Authentication['callerOf']
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
      method: operation.method === 'GET' ? readMethods : operation.method,
      url: toRoutePath(operation.path.slice(options.base.length)),
      schema: { response: { 200: operation.output } },
      ...createHandlers(operation, options),
    })
  }
}

function createHandlers(operation: Operation, { orchestrator, callerOf }: RoutesOptions) {
  function contextOf(request: FastifyRequest): OperationContext {
    return { orchestrator, principal: callerOf(request), door: 'http', requestId: request.id }
  }

  return {
    /** All that can be refused before a byte of the body is read. */
    async onRequest(request: FastifyRequest, reply: FastifyReply) {
      const context = contextOf(request)
      const check = () =>
        requireScopes(operation, context.principal, guardOf(operation, request) !== undefined)
      await challenging(reply, () => auditingRefusal(operation, context, request.params, check))
      refuseUnacceptable(request)
      refuseNeedlessBody(request)
      refuseMisplacedConditions(operation, request)
      readIdempotencyKey(operation, request)
    },
    async handler(request: FastifyRequest, reply: FastifyReply) {
      const context = contextOf(request)
      const input = toInput(operation, request)
      return await challenging(reply, () => answer({ operation, context, input, request, reply }))
    },
  }
}

async function answer(exchange: Exchange): Promise<unknown> {
  const { operation, context, input, request } = exchange
  const guard = guardOf(operation, request)
  const key = readIdempotencyKey(operation, request)
  if (!guard && key === undefined) return await callOperation(operation, context, input)
  await checkCall(operation, context, input)
  const act = () =>
    underCondition(guard, exchange, (expectation) =>
      callOperation(operation, { ...context, ...expectation }, input),
    )
  return key === undefined ? await act() : await answerOnce(key, exchange, act)
}

const answered = ['application/json', problemMediaType]

function refuseUnacceptable({ headers }: FastifyRequest): void {
  if (accepts(headers.accept, answered)) return
  const message =
    'Answers are application/json, problems application/problem+json. Accept one of them, or send no Accept header.'
  throw new OrchestrationError('not_acceptable', message)
}

/** `{client_id}` is `:client_id` to the router. */
function toRoutePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}
