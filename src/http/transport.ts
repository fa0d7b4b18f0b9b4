import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync } from 'fastify'
import { OrchestrationError } from '../errors.ts'
import type { EndpointFaultListener } from '../mcp/server-factory.ts'
import type { Operation } from '../operations/operation.ts'
import { adminOperations, operations } from '../operations/operations.ts'
import { createOrchestrator, type Orchestrator } from '../orchestrator.ts'
import { createAuthentication } from './access/authentication.ts'
import { toCallerRules } from './access/caller-origin.ts'
import { createCredentialWatch } from './access/credential-watch.ts'
import { toFailedAttempts } from './access/failed-attempts.ts'
import { exposureWarning, toBaseUrl } from './address.ts'
import { type ApiOptions, addApi } from './api.ts'
import { createApp } from './app.ts'
import { createLifecycle } from './lifecycle.ts'
import { createLateEndpoint, type LateEndpoint } from './mcp/late-endpoint.ts'
import { ownUnknownPaths } from './problems/unknown-path.ts'
import type { HttpTransportOptions } from './transport-options.ts'

/** Where a server of the transport's own listens. */
export interface ListenOptions {
  /** Default: `127.0.0.1`, which only this machine reaches. */
  readonly host?: string
  /** Default: 8000. 0 takes a free one. */
  readonly port?: number
}

/**
 * The HTTP door, in three forms: a server (`listen`), a handler for a server of your own, a plugin for a Fastify app of your own. Any
 * number of transports may be in one process; they share nothing but an orchestrator that you pass to several.
 */
export interface HttpTransport {
  /** Starts a server and resolves to its base URL; warns when others can reach it without TLS. Rejects with the system's own error, `EADDRINUSE` for a port that is taken. */
  listen(options?: ListenOptions): Promise<string>
  /**
   * Stops: what is in flight is answered, new requests get `shutting_down`, idle connections are closed. Then the orchestrator, if it
   * was made here, is closed. Calling it again answers the same promise.
   */
  close(): Promise<void>
  /**
   * The Fastify app that `listen()` and `handler` serve, to add hooks or `inject` requests before it starts. It compiles no schemas: set
   * a validator and a serializer compiler before you add routes that have some.
   */
  readonly app: FastifyInstance
  /**
   * For a server of your own: `createServer(transport.handler)`, or `app.use('/orchestration', transport.handler)` in Express. It
   * answers every request that it is given. Below a prefix it wants `request.url` without and `request.originalUrl` with it, which
   * Express sees to. A body that was read already is taken from `request.body`, as `express.json()` leaves it; then what that lets
   * pass, such as a key given twice, passes here too. What is left there of a body that can't be used is `internal_error`.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void
  /**
   * For a Fastify app of your own: `host.register(transport.plugin, { prefix: '/orchestration' })`. Closing the host closes the
   * transport. What the host's server or router refuses (broken URLs, parameters beyond its `maxParamLength`) it answers itself.
   */
  readonly plugin: FastifyPluginAsync
}

/**
 * Makes the HTTP door: the operations under `/v1` and `/admin`, MCP at `/mcp`, what happens at `/events`, all for requests with a token or
 * the API key only; and, open to everybody, `/health`, `/ready`, `/.well-known/jwks.json` and the docs pages. Nothing is opened before its
 * first use. Throws `invalid_request` for an API key that could never match, and for hosts and origins that are none.
 *
 * @example
 * const transport = createHttpTransport()
 * console.log(await transport.listen({ port: 8000 }))
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { apiKey = process.env.MCP_ORCHESTRATION_API_KEY, drainTimeoutMs = 4_000 } = options
  const orchestrator = toOrchestrator(options)
  const failedAttempts = toFailedAttempts(options.failedAuthentications)
  const authentication = createAuthentication({ orchestrator, apiKey, failedAttempts })
  const lifecycle = createLifecycle()
  const endpoint = createEndpoint(options, orchestrator, (error, what, requestId) =>
    log.error({ err: error, request_id: requestId, what }, 'MCP failed inside'),
  )
  lifecycle.onStop(endpoint.endStreams)
  const { cors, docs } = options
  const api: ApiOptions = {
    orchestrator,
    operations: hasOperations(options) ? [...operations, ...adminOperations] : [],
    authentication,
    lifecycle,
    mcp: {
      endpoint,
      methods: hasSessions(options) ? ['GET', 'POST', 'DELETE'] : ['POST'],
      rules: toCallerRules(options),
    },
    cors,
    docs: hasOperations(options) ? docs : false,
    maxEventStreams: options.maxEventStreams,
    overload: options.overload,
  }
  const { bodyLimitBytes = 1024 ** 2, requestTimeoutMs = 60_000 } = options
  const app = createApp({ ...options, ...api, bodyLimitBytes, requestTimeoutMs })
  let log: FastifyBaseLogger = app.log

  let preparing: NodeJS.Timeout | undefined
  function prepareSoon(): void {
    preparing = setTimeout(() => {
      // What can't be loaded, the requests that want it are told.
      prepare(api.operations, endpoint).catch(() => undefined)
    }, quietMs).unref()
  }

  const close = once(async () => {
    lifecycle.stop()
    clearTimeout(preparing)
    const closed = app.close()
    await lifecycle.drained(drainTimeoutMs)
    await endpoint.close()
    await closed
    if (!options.orchestrator) await orchestrator.close()
  })

  app.addHook('onListen', async () => prepareSoon())
  return {
    app,
    close,
    handler: createHandler(app),
    async listen({ host = '127.0.0.1', port = 8000 } = {}) {
      // The framework would start a second server on ::1, out of reach of what the first one is watched by.
      await app.listen({
        host: host === 'localhost' ? '127.0.0.1' : host,
        port,
        listenTextResolver: (address) => `Server running on ${address}`,
      })
      const warning = exposureWarning(host, Boolean(options.trustProxy))
      if (warning !== undefined) app.log.warn(warning)
      return toBaseUrl(host, (app.server.address() as AddressInfo).port)
    },
    async plugin(instance, { prefix }: { readonly prefix?: string }) {
      log = instance.log
      addApi(instance, api)
      // At the root, what is unknown is the host's.
      if (prefix && prefix !== '/') ownUnknownPaths(instance)
      instance.addHook('onListen', async () => prepareSoon())
      instance.addHook('preClose', async () => lifecycle.stop())
      instance.addHook('onClose', close)
    },
  }
}

function toOrchestrator({ orchestrator, home, store }: HttpTransportOptions): Orchestrator {
  if (!orchestrator)
    return createOrchestrator({ ...(home !== undefined && { home }), ...(store !== undefined && { store }) })
  if (home === undefined && store === undefined) return orchestrator
  throw new OrchestrationError(
    'invalid_request',
    'The orchestrator that was passed has a home and a store. Leave out "home" and "store", or the orchestrator.',
  )
}

/** A host's own server stands alone, unless the host wants the rest, too. */
function hasOperations({ mcpServer, orchestrator }: HttpTransportOptions): boolean {
  return !mcpServer || orchestrator !== undefined
}

/** Our own tools only answer, so they need none. */
function hasSessions({ mcpServer }: HttpTransportOptions): boolean {
  return mcpServer !== undefined
}

function createEndpoint(
  options: HttpTransportOptions,
  orchestrator: Orchestrator,
  onFault: EndpointFaultListener,
): LateEndpoint {
  return createLateEndpoint(async () => {
    const [{ createMcpEndpoint }, { createPlainAnswers }, { createServerFactory }] = await Promise.all([
      import('../mcp/endpoint.ts'),
      import('../mcp/plain-answers.ts'),
      import('../mcp/server-factory.ts'),
    ])
    return createMcpEndpoint({
      factory: options.mcpServer ?? createServerFactory(orchestrator, onFault),
      ...(!options.mcpServer && { plainAnswers: createPlainAnswers({ orchestrator, onFault }) }),
      hasSessions: hasSessions(options),
      sessionLimits: options.mcpSessionLimits,
      whenCredentialEnds: createCredentialWatch(orchestrator).whenEnded,
      events: options.mcpEvents,
      onFault,
    })
  })
}

/** Whoever waits for the server to listen is told at once; what the first requests want is loaded after that, and before they come. */
const quietMs = 250

async function prepare(operations: readonly Operation[], endpoint: LateEndpoint): Promise<void> {
  for (const { validator } of operations) await validator()
  await endpoint.prepare()
}

function createHandler(app: FastifyInstance): HttpTransport['handler'] {
  const start = once(async () => void (await app.ready()))
  let started = false
  return (request, response) => {
    if (started) return app.routing(request, response)
    start().then(
      () => {
        started = true
        app.routing(request, response)
      },
      (error) => response.destroy(error),
    )
  }
}

function once(act: () => Promise<void>): () => Promise<void> {
  let outcome: Promise<void> | undefined
  return () => {
    outcome ??= act()
    return outcome
  }
}
