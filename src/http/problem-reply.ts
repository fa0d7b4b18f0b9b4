import type { FastifyReply, FastifyRequest } from 'fastify'
import { fromFramework } from './framework-errors.ts'
import { problemHeaders, problemMediaType, toHttpProblem } from './problems.ts'

/** Answers with a problem, whatever was thrown. The reason of a fault goes into the log, where the request id leads to it. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toHttpProblem(fromFramework(error, request.routeOptions.bodyLimit), request.id)
  const { code, status } = problem
  if (status >= 500 && code !== 'shutting_down') request.log.error({ err: error, code }, 'request failed')
  else request.log.debug({ code }, 'request refused')
  // The framework wants to close after any trouble with a body. What is left of it is discarded instead, see lifecycle.
  if (reply.hasHeader('connection')) reply.removeHeader('connection')
  reply.code(status).headers(problemHeaders(code)).type(problemMediaType).send(JSON.stringify(problem))
}
