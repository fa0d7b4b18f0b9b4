import type { FastifyRequest } from 'fastify'
import { type ErrorCode, OrchestrationError } from '../../errors.ts'
import { type Guard, guards } from '../../operations/guards.ts'
import { callOperation, type Operation, pathParameters } from '../../operations/operation.ts'
import type { JsonObject } from '../../vocabulary.ts'
import { matchesStrongly, readEntityTags, toEntityTag } from './entity-tags.ts'
import type { Exchange } from './exchange.ts'
import { refused } from './query.ts'
import { isRead } from './representation.ts'

type Expectation = ReturnType<Guard['toExpectation']>

/** The read that an operation's `If-Match` is about; undefined if the request has none. */
export function guardOf(operation: Operation, { headers }: FastifyRequest): Guard | undefined {
  return headers['if-match'] === undefined || !operation.guardedBy ? undefined : guards[operation.guardedBy]
}

/** A change that would be made whatever its condition says is not made. */
export function refuseMisplacedConditions(operation: Operation, { method, headers }: FastifyRequest): void {
  if (isRead(method)) return
  if (headers['if-none-match'] !== undefined)
    throw misplaced('If-None-Match', 'goes with GET and HEAD; for a change, send If-Match')
  if (headers['if-match'] === undefined) return
  if (!operation.guardedBy) throw misplaced('If-Match', 'is not taken here, since no ETag says what there is')
  readEntityTags('If-Match', headers['if-match'])
}

/**
 * Makes a change if what it is about is what `If-Match` names: its representation is made anew, by the operation that reads it, and
 * the change is told what it was made of, so that nothing comes between. `precondition_failed`, with the current ETag on the reply.
 */
export async function underCondition<T>(
  guard: Guard | undefined,
  exchange: Exchange,
  change: (expectation: Expectation) => Promise<T>,
): Promise<T> {
  if (!guard) return await change({})
  const tags = readEntityTags('If-Match', String(exchange.request.headers['if-match']))
  try {
    const answer = await read(guard, exchange)
    if (!answer) throw nothingThere()
    const current = tagOf(answer)
    const isMet = tags === '*' ? guard.isThere(answer) : matchesStrongly(tags, current)
    if (!isMet) throw isOtherwise(guard, exchange, current)
    // What is there once, stays: that needs no second look.
    return await change(tags === '*' ? {} : guard.toExpectation(answer))
  } catch (error) {
    if (error instanceof OrchestrationError && error.code === 'precondition_failed')
      await tellCurrent(guard, exchange)
    throw error
  }
}

async function tellCurrent(guard: Guard, exchange: Exchange): Promise<void> {
  const answer = await read(guard, exchange)
  if (answer) exchange.reply.header('etag', tagOf(answer))
}

/** As a GET of it would answer; undefined where that would find nothing. */
async function read({ operation }: Guard, { context, input }: Exchange): Promise<JsonObject | undefined> {
  const names = pathParameters(operation)
  const path = Object.fromEntries(names.map((name) => [name, input[name]]))
  try {
    return await callOperation(operation, context, path)
  } catch (error) {
    if (error instanceof OrchestrationError && absences.includes(error.code)) return undefined
    throw error
  }
}

const absences: readonly ErrorCode[] = ['profile_not_found', 'nothing_published']

/** The bytes of an answer are those that the routes' serialiser makes. */
function tagOf(answer: JsonObject): string {
  return toEntityTag(JSON.stringify(answer))
}

function nothingThere(): OrchestrationError {
  const message = 'Nothing is published here, so there is nothing that If-Match could name. Publish first.'
  return new OrchestrationError('precondition_failed', message)
}

function isOtherwise({ operation }: Guard, { input }: Exchange, current: string): OrchestrationError {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => String(input[name]))
  const message = `This was not done: ${path} is not what If-Match names; its ETag is ${current} now. Get it, look at what changed, then decide.`
  return new OrchestrationError('precondition_failed', message)
}

export function misplaced(header: string, why: string): OrchestrationError {
  return refused({ code: 'unexpected_header', pointer: '', message: `${header} ${why}.` })
}
