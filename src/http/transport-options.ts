import type { FastifyBaseLogger, FastifyServerOptions } from 'fastify'
import type { McpServerFactory, ServerEventBus, SessionLimits } from '../mcp/endpoint.ts'
import type { Orchestrator, OrchestratorOptions } from '../orchestrator.ts'
import type { CorsOrigins } from './access/cors.ts'
import type { FailedAttempts, FailedAttemptsOptions } from './access/failed-attempts.ts'
import type { DocsAccess } from './docs/docs.ts'
import type { OverloadOptions } from './overload/overload.ts'

/** All are optional: without any, the transport serves the default home to whoever holds a token. */
export interface HttpTransportOptions {
  /**
   * What the requests act on. Default: one made from `home` and `store`, which `close()` then closes too; one that you pass stays yours,
   * and has a home and a store already.
   */
  readonly orchestrator?: Orchestrator
  /** As in `createOrchestrator`. Together with `orchestrator` it is refused with `invalid_request`. */
  readonly home?: OrchestratorOptions['home']
  /** As in `createOrchestrator`. Together with `orchestrator` it is refused with `invalid_request`. */
  readonly store?: OrchestratorOptions['store']
  /**
   * A server of your own at `/mcp`, made by any factory for the SDK's v2 line: it is asked for one for each request (2026-07-28) or
   * session (2025 revisions). Its `authInfo` tells the id of the credential as `clientId`, and its scopes; never the credential itself.
   * The operations (`/v1`, `/admin`, `/events`, the docs pages) are then there only if an `orchestrator` is passed, too; credentials come
   * from that, or from `home` and `store`. What its tools throw, the SDK sends to the client word for word. Default: the product's ten
   * tools.
   */
  readonly mcpServer?: McpServerFactory
  /** Where clients that listen (`subscriptions/listen`, 2026-07-28) hear of changes that your `mcpServer` publishes. Default: nowhere. */
  readonly mcpEvents?: ServerEventBus
  /** How many sessions clients of the 2025 revisions may have with your `mcpServer`, and for how long. */
  readonly mcpSessionLimits?: Partial<SessionLimits>
  /**
   * Names under which `/mcp` may be called, besides those of this machine: without a port, such as `mcp.example.com`. A reverse proxy on
   * this machine passes one on. Given, they hold for requests from other machines, too. Default: none.
   */
  readonly allowedHosts?: readonly string[]
  /** Whose pages may call `/mcp`, besides those of its own host: origins such as `https://app.example.com`. Default: none. */
  readonly allowedOrigins?: readonly string[]
  /**
   * Opens everything to requests with this `X-API-Key`. Default: `$MCP_ORCHESTRATION_API_KEY`; empty counts as none. One that no
   * header can carry (control characters, white space around it) is refused with `invalid_request`.
   */
  readonly apiKey?: string
  /**
   * From when on an address that sends wrong credentials is told to wait (429, `rate_limited`); `false`: never. A valid credential always
   * passes, from whatever address. Counts below 1 are refused with `invalid_request`. Where several processes share a port, give
   * something of your own that counts for all of them. Default: 20 within a minute, of each transport.
   */
  readonly failedAuthentications?: FailedAttemptsOptions | FailedAttempts | false
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
  /** How many streams of `/events` may be open at once; one more is `overloaded`. Default: 2,000. */
  readonly maxEventStreams?: number
  /**
   * When requests are refused as `overloaded` because there is more to do than can be done in time; `false`: never. `/health` and
   * `/ready` are always answered. In a host app (`plugin`) it goes by the host's event loop, for the requests of the plugin only, and
   * beside whatever the host does itself. A delay that can't be measured is refused with `invalid_request`. Default: after 800 ms.
   */
  readonly overload?: OverloadOptions | false
  /** How long a request may take to arrive in full, in milliseconds; then it is `request_timeout`. Default: 60,000. Of `listen()` only. */
  readonly requestTimeoutMs?: number
  /** How long `close()` waits for requests in flight before it cuts them off, in milliseconds. Default: 4,000. */
  readonly drainTimeoutMs?: number
}
