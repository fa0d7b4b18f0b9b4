import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifyServerOptions } from 'fastify'
import { operations } from '../operations/operations.ts'
import { createOrchestrator, type Orchestrator } from '../orchestrator.ts'
import { exposureWarning, toBaseUrl } from './address.ts'
import { type ApiOptions, addApi } from './api.ts'
import { createApp } from './app.ts'
import { createAuthentication } from './authentication.ts'
import type { CorsOrigins } from './cors.ts'
import type { DocsAccess } from './docs.ts'
import { createLifecycle } from './lifecycle.ts'
import { ownUnknownPaths } from './unknown-path.ts'

/** All are optional: without any, the transport serves the default home to whoever holds a token. */
export interface HttpTransportOptions {
  /** What the requests act on. Default: one of the default home, which `close()` then closes too; one that you pass stays yours. */
  readonly orchestrator?: Orchestrator
  /**
   * Opens everything to requests with this `X-API-Key`. Default: `$MCP_ORCHESTRATION_API_KEY`; empty counts as none. One that no
   * header can carry (control characters, white space around it) is refused with `invalid_request`.
   */
  readonly apiKey?: string
  /**
   * Fastify's `logger` option, or a logger made already (pino or alike). No level shows a credential or a body. Default: warnings and
   * errors on stderr; `false` for silence. In a host app (`plugin`), the host's logger is used instead.
   */
  readonly logger?: FastifyServerOptions['logger'] | FastifyBaseLogger
  /** Which proxies' `X-Forwarded-*` headers are believed, as Fastify's option of that name. Default: none. Without effect on `plugin`. */
  readonly trustProxy?: FastifyServerOptions['trustProxy']
  /** The largest body that is read, in bytes; a larger one is `body_too_large`. Default: 1 MiB. Without effect on `plugin`. */
  readonly bodyLimitBytes?: number
  /**
   * Whose pages may read answers in a browser: `*` for everybody's, a list of origins such as `https://app.example.com`, or `false` for
   * nobody's. Never with cookies, and never for `/mcp`. One that is no origin is refused with `invalid_request`. Default: `*`.
   */
  readonly cors?: CorsOrigins
  /**
   * Whether `/openapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc` are there: for everybody, or `authenticated`, for requests
   * with a credential only (which a browser sends through a proxy that adds one). Default: `true`.
   */
  readonly docs?: DocsAccess
  /** How long a request may take to arrive in full, in milliseconds; then it is `request_timeout`. Default: 60,000. Of `listen()` only. */
  readonly requestTimeoutMs?: number
  /** How long `close()` waits for requests in flight before it cuts them off, in milliseconds. Default: 4,000. */
  readonly drainTimeoutMs?: number
}

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
  /** The Fastify app that `listen()` and `handler` serve, to add hooks or `inject` requests before it starts. */
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
 * Makes the HTTP door: a route for each operation, `/health`, `/ready` and `/.well-known/jwks.json`. Every request under `/v1` needs a
 * token or the API key. Nothing is opened before its first use. Throws `invalid_request` for an API key that could never match.
 *
 * @example
 * const transport = createHttpTransport()
 * console.log(await transport.listen({ port: 8000 }))
 */
export function createHttpTransport(options: HttpTransportOptions = {}): HttpTransport {
  const { orchestrator = createOrchestrator(), apiKey = process.env.MCP_ORCHESTRATION_API_KEY } = options
  const authentication = createAuthentication({ tokens: orchestrator.tokens, apiKey })
  const lifecycle = createLifecycle()
  const { cors, docs } = options
  const api: ApiOptions = { orchestrator, operations, authentication, lifecycle, cors, docs }
  const { bodyLimitBytes = 1024 ** 2, requestTimeoutMs = 60_000, drainTimeoutMs = 4_000 } = options
  const app = createApp({ ...options, ...api, bodyLimitBytes, requestTimeoutMs })

  const close = once(async () => {
    lifecycle.stop()
    const closed = app.close()
    await lifecycle.drained(drainTimeoutMs)
    await closed
    if (!options.orchestrator) await orchestrator.close()
  })

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
      addApi(instance, api)
      // At the root, what is unknown is the host's.
      if (prefix && prefix !== '/') ownUnknownPaths(instance)
      instance.addHook('preClose', async () => lifecycle.stop())
      instance.addHook('onClose', close)
    },
  }
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
