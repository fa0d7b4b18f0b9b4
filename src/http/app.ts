import type { Socket } from 'node:net'
import { type FastifyBaseLogger, type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import { createCors } from './access/cors.ts'
import { type ApiOptions, addApi, maxTargetLength } from './api.ts'
import { continueWhenWanted } from './body/expectation.ts'
import { commonHeaders } from './headers.ts'
import type { Lifecycle } from './lifecycle.ts'
import { sendProblem } from './problems/problem-reply.ts'
import { type ParserError, refuseOnSocket } from './problems/socket-problems.ts'
import { ownUnknownPaths } from './problems/unknown-path.ts'
import { createRequestLog } from './request-log.ts'

export interface AppOptions extends ApiOptions {
  readonly logger?: FastifyServerOptions['logger'] | FastifyBaseLogger
  readonly trustProxy?: FastifyServerOptions['trustProxy']
  readonly bodyLimitBytes: number
  readonly requestTimeoutMs: number
}

/** Node's default, said here because the longest request target goes by it. */
const maxHeaderBytes = 16 * 1024

/**
 * Fastify's own compilers of schemas (Ajv and fast-json-stringify, 110 modules) would be loaded at each start, and no route of ours has
 * a use for them: operations check their input themselves, and answers are serialised by `JSON.stringify`.
 */
const withoutCompilers = {
  compilersFactory: { buildValidator: refuseSchema, buildSerializer: refuseSchema },
}

function refuseSchema(): never {
  throw new Error(
    'This app compiles no schemas. Before adding routes that have some, set a validator and a serializer compiler.',
  )
}

/** An app of our own: the API at its root, and what only the owner of the server can see to. */
export function createApp(options: AppOptions): FastifyInstance {
  const { lifecycle, requestTimeoutMs, authentication } = options
  const log = createRequestLog(authentication.principalOf)
  const cors = createCors({ prefix: '' }, options.cors)
  const leaving = new WeakSet<Socket>()
  const app = fastify({
    ...toLoggerOption(options.logger),
    logController: log,
    schemaController: withoutCompilers,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: options.bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Ours answers with a problem.
    return503OnClosing: false,
    // No parameter is longer than all headers may be: an id that is too long is refused as an id, not by the router.
    routerOptions: { maxParamLength: maxHeaderBytes },
    http: {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(30_000, requestTimeoutMs / 4),
      // Node would answer without a body; the API does it with a problem.
      requireHostHeader: false,
    },
    frameworkErrors(error, request, reply) {
      reply.raw.once('finish', () => log.requestCompleted(null, request, reply))
      reply.headers(commonHeaders).header('x-request-id', request.id)
      cors.mark(request, reply)
      sendProblem(error, request, reply)
    },
    clientErrorHandler(error, socket) {
      // Whatever comes after what is no request is reported again, piece by piece.
      if (leaving.has(socket)) return
      leaving.add(socket)
      app.log.debug({ code: error.code }, 'connection refused')
      refuseConnection(error, socket, lifecycle)
    },
  })
  addApi(app, options)
  ownUnknownPaths(app)
  continueWhenWanted(app, options.bodyLimitBytes)
  lifecycle.own(app.server)
  return app
}

function toLoggerOption(
  logger: AppOptions['logger'],
): Pick<FastifyServerOptions, 'logger' | 'loggerInstance'> {
  if (typeof logger === 'object' && 'child' in logger) return { loggerInstance: logger as FastifyBaseLogger }
  return { logger: (logger as FastifyServerOptions['logger']) ?? defaultLogger }
}

/** Only what went wrong, where it doesn't mix with results: a fault's answer refers to the log, so there must be one. */
const defaultLogger = { level: 'warn', stream: process.stderr }

function refuseConnection(error: ParserError, socket: Socket, lifecycle: Lifecycle): void {
  if (!socket.writable) return
  if (error.code === 'ECONNRESET') return void socket.destroy()
  const response = lifecycle.responseOn(socket)
  // An answer to an earlier request on this connection, or one that is on its way already, is not to be mixed up with a problem.
  if (response && (response.headersSent || response.req.complete))
    response.once('close', () => socket.destroySoon())
  else refuseOnSocket(error, socket, maxTargetLength)
}
