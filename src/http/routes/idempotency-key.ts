import type { FastifyRequest } from 'fastify'
import { type ErrorCode, OrchestrationError } from '../../errors.ts'
import { isObject, quote } from '../../json.ts'
import type { Operation } from '../../operations/operation.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import type { JsonObject } from '../../vocabulary.ts'
import { problemMediaType, toHttpProblem } from '../problems/problems.ts'
import type { Exchange } from './exchange.ts'
import { misplaced } from './preconditions.ts'

type Attempt = Awaited<ReturnType<Orchestrator['idempotency']['begin']>>
type Turn = Extract<Attempt, { readonly status: 'new' }>

/** Says of an answer that it was given before. */
const replayHeader = 'Idempotent-Replayed'

/**
 * The key of a request, undefined without one. A change that would be done again in spite of its key is refused; a read may be done as
 * often as one likes.
 */
export function readIdempotencyKey(operation: Operation, { headers }: FastifyRequest): string | undefined {
  const { 'idempotency-key': header } = headers
  if (header === undefined || operation.scope === 'read') return undefined
  if (!operation.takesIdempotencyKey)
    throw misplaced('Idempotency-Key', `is not taken by ${operation.id}; send it without`)
  const key = parseKey(String(header).trim())
  if (key !== undefined) return key
  const message = `Idempotency-Key must be a text of 1 to 255 visible ASCII characters in double quotes, such as a new UUID. It is ${quote(header)}.`
  throw new OrchestrationError('invalid_request', message)
}

/**
 * Does what a request asks for, or, when its key says that it is the same one again, gives the first answer. What the operation itself
 * answers is kept, a refusal, too. What was not done for a condition of the request's own, or failed inside, leaves the key free.
 */
export async function answerOnce(
  key: string,
  { operation, context, input, request, reply }: Exchange,
  act: () => Promise<JsonObject>,
): Promise<unknown> {
  const asked = JSON.stringify([operation.id, input], withSortedKeys)
  const { orchestrator, principal } = context
  const attempt = await orchestrator.idempotency.begin(principal.id, key, asked)
  if (attempt.status === 'new') return await takeTurn(attempt, request, act)
  if (attempt.status === 'running') throw stillRunning()
  if (attempt.status === 'other_request') throw reused()
  const { status, mediaType, body } = attempt.answer
  return reply.code(status).header(replayHeader, 'true').type(mediaType).send(body)
}

async function takeTurn(
  turn: Turn,
  request: FastifyRequest,
  act: () => Promise<JsonObject>,
): Promise<JsonObject> {
  try {
    const answer = await act()
    await settle(request, () =>
      turn.finish({ status: 200, mediaType: jsonMediaType, body: JSON.stringify(answer) }),
    )
    return answer
  } catch (error) {
    const problem = toHttpProblem(error, request.id)
    const isFinal = problem.status < 500 && !refusedBefore.includes(problem.code)
    const answer = { status: problem.status, mediaType: problemMediaType, body: JSON.stringify(problem) }
    await settle(request, () => (isFinal ? turn.finish(answer) : turn.abandon()))
    throw error
  }
}

/** Nothing was begun: the same request with what it lacked is no repetition. */
const refusedBefore: readonly ErrorCode[] = ['invalid_request', 'insufficient_scope', 'precondition_failed']

/** What was done is done, whether or not that can be written down: the key lapses by itself. */
async function settle({ log }: FastifyRequest, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    log.warn({ err: error }, 'the answer to a request with an Idempotency-Key was not kept')
  }
}

const jsonMediaType = 'application/json; charset=utf-8'

/** RFC 9651, section 3.3.3, for what is in quotes; without them, as many clients send it, anything that can't be mistaken for more. */
function parseKey(header: string): string | undefined {
  const [, quoted] = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/.exec(header) ?? []
  const key = quoted === undefined ? bare.exec(header)?.[0] : quoted.replaceAll(/\\(.)/g, '$1')
  return key !== undefined && key.length >= 1 && key.length <= longestKey ? key : undefined
}

const bare = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x7e]+$/
const longestKey = 255

/** The same members in another order ask for the same. */
function withSortedKeys(_name: string, value: unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function stillRunning(): OrchestrationError {
  const message = 'The first request with this Idempotency-Key is still running. Send it again in a second.'
  return new OrchestrationError('idempotency_in_progress', message)
}

function reused(): OrchestrationError {
  const message =
    'This Idempotency-Key was sent with another request before. Send the same request again, or take a new key.'
  return new OrchestrationError('idempotency_key_reused', message)
}
