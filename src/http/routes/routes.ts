import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { auditRefusal } from '../../operations/audited.ts'
import { createKeptAnswers, type KeptAnswers } from '../../operations/kept-answers.ts'
import {
  callOperation,
  checkCall,
  type Operation,
  type OperationContext,
  requireScopes,
} from '../../operations/operation.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import { type Authentication, challenged } from '../access/authentication.ts'
import { problemMediaType } from '../problems/problems.ts'
import { accepts } from './accept.ts'
import type { Exchange } from './exchange.ts'
import { answerOnce, readIdempotencyKey } from './idempotency-key.ts'
import { refuseNeedlessBody, toInput } from './input.ts'
import { guardOf, refuseMisplacedConditions, underCondition } from './preconditions.ts'
import {
  type Representation,
  readMethods,
  sendRepresentation,
  tagRepresentation,
  toRepresentation,
} from './representation.ts'

export interface RoutesOptions {
  readonly operations: readonly Operation[]
  readonly orchestrator: Orchestrator
  readonly callerOf: Authentication['callerOf']
  readonly epochOf: Authentication['epochOf']
  /** What the operations' paths begin with and the instance's prefix ends with. */
  readonly base: string
}

/** Gives each operation its route, in an instance that authenticates already. */
export function addRoutes(instance: FastifyInstance, options: RoutesOptions): void {
  // The schema is there to describe the answer. The standard serialiser is faster here than one made from it and drops nothing, so an
  // answer has the same bytes through every door.
  instance.setSerializerCompiler(() => JSON.stringify)
  const kept = createKeptAnswers<Representation>({ weigh: ({ text }) => 2 * text.length })
  for (const operation of options.operations) {
    instance.route({
      method: operation.method === 'GET' ? readMethods : operation.method,
      url: toRoutePath(operation.path.slice(options.base.length)),
      schema: { response: { 200: operation.output } },
      onRequest: createAdmission(operation, options),
      ...(operation.keepable ? createKeptRead(operation, options, kept) : createHandler(operation, options)),
    })
  }
}

/** All that can be refused before a byte of the body is read. */
function createAdmission(operation: Operation, options: RoutesOptions) {
  async function refuse(request: FastifyRequest, reply: FastifyReply, error: unknown): Promise<never> {
    await auditRefusal(operation, contextOf(request, options), request.params, error)
    throw challenged(reply, error)
  }

  return (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      requireScopes(operation, options.callerOf(request), guardOf(operation, request) !== undefined)
    } catch (error) {
      return void refuse(request, reply, error).catch(done)
    }
    refuseUnacceptable(request)
    refuseNeedlessBody(request)
    refuseMisplacedConditions(operation, request)
    readIdempotencyKey(operation, request)
    done()
  }
}

function createHandler(operation: Operation, options: RoutesOptions) {
  return {
    onSend: [tagRepresentation],
    async handler(request: FastifyRequest, reply: FastifyReply) {
      const exchange = toExchange(operation, request, reply, options)
      return await answer(exchange).catch((error) => {
        throw challenged(reply, error)
      })
    },
  }
}

/** A read that is answered from what is kept, if it is: in the epoch in which the caller was let in, so after its request had come. */
function createKeptRead(operation: Operation, options: RoutesOptions, kept: KeptAnswers<Representation>) {
  async function makeAnew(request: FastifyRequest): Promise<Representation> {
    const input = toInput(operation, request)
    return toRepresentation(
      JSON.stringify(await callOperation(operation, contextOf(request, options), input)),
    )
  }

  return {
    handler(request: FastifyRequest, reply: FastifyReply) {
      const place = {
        epoch: options.epochOf(request),
        principal: options.callerOf(request),
        request: request.url,
      }
      const known = kept.get(place)
      // Nothing is returned then: the framework would wait for a reply that has been sent.
      if (known) return void sendRepresentation(request, reply, known)
      return kept
        .make(place, () => makeAnew(request))
        .then(
          (made) => sendRepresentation(request, reply, made),
          (error) => {
            throw challenged(reply, error)
          },
        )
    },
  }
}

function contextOf(request: FastifyRequest, { orchestrator, callerOf }: RoutesOptions): OperationContext {
  return { orchestrator, principal: callerOf(request), door: 'http', requestId: request.id }
}

function toExchange(
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
  options: RoutesOptions,
): Exchange {
  const context = contextOf(request, options)
  return { operation, context, input: toInput(operation, request), request, reply }
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
