import type { FastifyReply, FastifyRequest } from 'fastify'
import { isFault } from '../../errors.ts'
import { fromFramework } from './framework-errors.ts'
import { type HttpProblem, problemHeaders, problemMediaType, toHttpProblem } from './problems.ts'

/** Answers with a problem, whatever was thrown. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = prepareProblem(error, request, reply)
  reply.type(problemMediaType).send(JSON.stringify(problem))
}

/** Status and headers of a problem; what of it is said is the caller's. The reason of a fault goes into the log, where the request id leads to it. */
export function prepareProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): HttpProblem {
  const problem = toHttpProblem(fromFramework(error, request.routeOptions.bodyLimit), request.id)
  const { code, status } = problem
  if (isFault(code)) request.log.error({ err: error, code }, 'request failed')
  else request.log.debug({ code }, 'request refused')
  // The framework wants to close after any trouble with a body. What is left of it is discarded instead, see lifecycle.
  if (reply.hasHeader('connection')) reply.removeHeader('connection')
  reply.code(status).headers(problemHeaders(code))
  return problem
}
