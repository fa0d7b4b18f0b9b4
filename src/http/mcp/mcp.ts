import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { McpEndpoint } from '../../mcp/endpoint.ts'
import { toRpcCode, toRpcFailure } from '../../mcp/rpc-errors.ts'
import type { Authentication } from '../access/authentication.ts'
import { type CallerRules, refuseForeignHost, refuseForeignOrigin } from '../access/caller-origin.ts'
import { prepareProblem, sendProblem } from '../problems/problem-reply.ts'
import { ownUnknownPaths } from '../problems/unknown-path.ts'
import { refuseNeedlessBody } from '../routes/input.ts'
import { sendWebResponse, toWebRequest } from './web-exchange.ts'

export interface McpRouteOptions {
  readonly endpoint: McpEndpoint
  /** GET and DELETE belong to sessions. */
  readonly methods: readonly ('POST' | 'GET' | 'DELETE')[]
  readonly rules: CallerRules
  readonly authentication: Authentication
}

/** Puts MCP onto an instance whose prefix is its path. */
export function addMcp(area: FastifyInstance, options: McpRouteOptions): void {
  const { endpoint, methods, rules, authentication } = options
  const { authenticate, principalOf, callerOf, epochOfWhole } = authentication
  const refuseHost = createHostRefusal(rules)
  area.addHook('onRequest', (request, _reply, done) => {
    refuseHost(request)
    refuseForeignOrigin(request, rules)
    done()
  })
  area.addHook('onRequest', authenticate)
  area.setErrorHandler((error, request, reply) =>
    principalOf(request) ? sendRpcFailure(error, request, reply) : sendProblem(error, request, reply),
  )
  ownUnknownPaths(area)
  area.route({
    method: [...methods],
    url: '/',
    exposeHeadRoute: false,
    async onRequest(request) {
      refuseNeedlessBody(request)
    },
    async handler(request, reply) {
      const { headers, body: message, id: requestId } = request
      const principal = callerOf(request)
      const plain = hasPlainHead(request)
        ? endpoint.answerPlain({ headers, message, principal, requestId, epoch: epochOfWhole(request) })
        : undefined
      if (plain) return reply.header(contentType, 'application/json').send(await plain)
      const exchange = { request: toWebRequest(request, reply), principal, message }
      return sendWebResponse(reply, await endpoint.answer(exchange))
    },
  })
}

/** Whether a host is one of ours takes long to tell, and it is the same with each request of a connection. */
function createHostRefusal(rules: CallerRules): (request: FastifyRequest) => void {
  const accepted = new WeakMap<FastifyRequest['socket'], string>()
  return (request) => {
    const { host, socket } = request
    if (accepted.get(socket) === host) return
    refuseForeignHost(request, rules)
    accepted.set(socket, host)
  }
}

/** Whether Node's view of the headers tells all of them: of two Content-Types it keeps the first. */
function hasPlainHead({ method, raw: { rawHeaders } }: FastifyRequest): boolean {
  let contentTypes = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === contentType.length && name.toLowerCase() === contentType) contentTypes += 1
  }
  return method === 'POST' && contentTypes === 1
}

const contentType = 'content-type'

/** Whoever was let in speaks MCP, so it is told in JSON-RPC what was wrong; the problem goes along as its data. */
function sendRpcFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = prepareProblem(error, request, reply)
  reply.type('application/json').send(toRpcFailure(toRpcCode(problem.code), problem.detail, problem))
}
