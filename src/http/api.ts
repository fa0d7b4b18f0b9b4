import type { FastifyInstance, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import type { Operation } from '../operations/operation.ts'
import type { Orchestrator } from '../orchestrator.ts'
import type { Authentication } from './access/authentication.ts'
import { createCallerCors } from './access/caller-cors.ts'
import { type Cors, type CorsOrigins, createCors } from './access/cors.ts'
import { acceptOnlyJson } from './body/json-body.ts'
import { addDocs, type DocsAccess } from './docs/docs.ts'
import { addEvents } from './events/events.ts'
import { commonHeaders } from './headers.ts'
import { addHealth } from './health.ts'
import { addKeySet } from './key-set.ts'
import type { Lifecycle } from './lifecycle.ts'
import { addMcp, type McpRouteOptions } from './mcp/mcp.ts'
import { type OverloadOptions, shedOverload } from './overload/overload.ts'
import { sendProblem } from './problems/problem-reply.ts'
import { tooLongTarget } from './problems/socket-problems.ts'
import { ownUnknownPaths, refuseUnknownPaths } from './problems/unknown-path.ts'
import { toRequestId } from './request-id.ts'
import { addRoutes } from './routes/routes.ts'

export interface ApiOptions {
  readonly orchestrator: Orchestrator
  readonly operations: readonly Operation[]
  readonly authentication: Authentication
  readonly lifecycle: Lifecycle
  readonly mcp: Omit<McpRouteOptions, 'authentication'>
  /** How many streams of `/events` may be open; default 2,000. */
  readonly maxEventStreams?: number | undefined
  /** Default: on. */
  readonly overload?: OverloadOptions | false | undefined
  /** Default: `*`. */
  readonly cors?: CorsOrigins | undefined
  /** Default: `true`. */
  readonly docs?: DocsAccess | undefined
}

/** Long enough for an id of 10,000 characters to be refused as an id, short enough for Node's limit on all headers, 16 KiB. */
export const maxTargetLength = 12 * 1024

/** Puts all that HTTP offers onto an instance: the root of an app of our own, or the encapsulated one of a plugin. */
export function addApi(instance: FastifyInstance, options: ApiOptions): void {
  instance.setGenReqId(toRequestId)
  instance.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
  acceptOnlyJson(instance)
  const corsOf = chooseCors(instance, options)
  instance.addHook('onRequest', (request, reply, done) => {
    reply.headers(commonHeaders).header('x-request-id', request.id)
    corsOf(request).mark(request, reply)
    refuseMalformed(request)
    done()
  })
  options.lifecycle.follow(instance)
  instance.addHook('onRequest', (request, reply, done) =>
    corsOf(request).answerPreflight(request, reply, done),
  )
  if (options.overload !== false) shedOverload(instance, options.overload)
  refuseUnknownPaths(instance)
  addOpenPaths(instance, options)
  addGuardedPaths(instance, options)
}

const mcpBase = '/mcp'

/** At the root, so that a page is also told what is refused before a request comes to `/mcp`. */
function chooseCors(instance: FastifyInstance, { cors, mcp }: ApiOptions): (request: FastifyRequest) => Cors {
  const shared = createCors(instance, cors)
  const restricted = createCallerCors(mcp.rules)
  const mcpPrefix = instance.prefix.replace(/\/$/, '') + mcpBase
  return ({ server }) => (server.prefix === mcpPrefix ? restricted : shared)
}

function refuseMalformed({ url, headers, raw }: FastifyRequest): void {
  if (url.length > maxTargetLength) throw tooLongTarget(maxTargetLength)
  // RFC 9112, section 3.2.
  if (countHosts(raw.rawHeaders) > 1 || (headers.host === undefined && raw.httpVersion === '1.1'))
    throw new OrchestrationError('invalid_request', 'An HTTP/1.1 request must have one Host header.')
}

/** Of a header that comes twice, Node keeps the first. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') count += 1
  }
  return count
}

function addOpenPaths(
  instance: FastifyInstance,
  { orchestrator, operations, docs = true }: ApiOptions,
): void {
  addHealth(instance, orchestrator)
  addKeySet(instance, orchestrator.keys)
  if (docs === true) addDocs(instance, operations)
}

/** Where nothing, not even what exists, is told to strangers; `/mcp` and `/events` keep to that, and are no operations. */
const guardedBases = ['/v1', '/admin']

function addGuardedPaths(instance: FastifyInstance, options: ApiOptions): void {
  const { orchestrator, operations, authentication, docs, mcp, maxEventStreams: maxStreams } = options
  const { authenticate, callerOf, epochOf } = authentication
  instance.register(async (area) => addMcp(area, { ...mcp, authentication }), { prefix: mcpBase })
  instance.register(
    async (area) => {
      area.addHook('onRequest', authenticate)
      ownUnknownPaths(area)
      if (operations.length > 0) addEvents(area, { ...options, maxStreams, callerOf })
    },
    { prefix: '/events' },
  )
  if (docs === 'authenticated')
    instance.register(async (area) => {
      area.addHook('onRequest', authenticate)
      addDocs(area, operations)
    })
  for (const base of guardedBases) {
    const own = operations.filter(({ path }) => path.startsWith(`${base}/`))
    instance.register(
      async (area) => {
        area.addHook('onRequest', authenticate)
        ownUnknownPaths(area)
        addRoutes(area, { base, operations: own, orchestrator, callerOf, epochOf })
      },
      { prefix: base },
    )
  }
}
