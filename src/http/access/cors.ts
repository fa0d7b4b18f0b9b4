import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { pathOf } from '../request-target.ts'

/**
 * Whose pages may read answers in a browser: everybody's, those of the origins listed, or, with `false`, nobody's; then no header is
 * sent, and a host or a proxy may see to it.
 */
export type CorsOrigins = '*' | readonly string[] | false

/**
 * The CORS protocol of the Fetch standard. It stands here and is not @fastify/cors, because that one keeps a host app from starting that
 * has registered it itself, takes the host's OPTIONS requests over, and does nothing for what is refused before its hook.
 */
export interface Cors {
  /** Puts the headers of an actual answer onto a reply, whatever it is going to say: a browser hides a 401 that lacks them. */
  readonly mark: (request: FastifyRequest, reply: FastifyReply) => void
  /** An onRequest hook, for use before authentication: a browser sends no credential with a preflight. */
  readonly answerPreflight: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void
}

/** What pages of other origins may use below the prefix. `/mcp` has rules of its own and is never among it. */
const shared = String.raw`/(?:v1|events|admin|health|ready|openapi\.json|\.well-known/jwks\.json)(?:/|$)`

/** By name: `*` would not cover Authorization. */
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'X-API-Key',
  'X-Request-Id',
  'If-Match',
  'If-None-Match',
  'Idempotency-Key',
  'Last-Event-ID',
  'Mcp-Session-Id',
  'MCP-Protocol-Version',
  'Mcp-Method',
  'Mcp-Name',
]

const exposedHeaders =
  'ETag, X-Request-Id, WWW-Authenticate, Retry-After, Idempotent-Replayed, Mcp-Session-Id'

const preflightHeaders = {
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers': allowedHeaders.join(', '),
  // Two hours, the longest that Chromium keeps it.
  'access-control-max-age': '7200',
}

/** Throws `invalid_request` for an entry that no browser would ever send as its origin. */
export function createCors({ prefix }: Pick<FastifyInstance, 'prefix'>, origins: CorsOrigins = '*'): Cors {
  if (origins === false) return { mark() {}, answerPreflight: (_request, _reply, done) => done() }
  const allowed = origins === '*' ? origins : new Set(origins.map(toOrigin))

  const pattern = new RegExp(`^${toPattern(prefix)}${shared}`)
  const isShared = ({ url }: FastifyRequest) => pattern.test(pathOf(url))

  return {
    mark(request, reply) {
      if (!isShared(request)) return
      const origin = allowOrigin(allowed, request.headers.origin)
      if (origin !== undefined) markShared(reply, origin)
      // A cache must not hand one origin's answer to another.
      if (allowed !== '*') reply.header('vary', 'Origin')
    },
    answerPreflight(request, reply, done) {
      if (isShared(request)) answerPreflight(request, reply, done)
      else done()
    },
  }
}

/** Lets the pages of an origin read the answer. */
export function markShared(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-expose-headers', exposedHeaders)
}

/** Answers a preflight, in full if the reply is marked; any other request goes on. */
export function answerPreflight(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (!isPreflight(request)) {
    done()
    return
  }
  if (reply.hasHeader('access-control-allow-origin')) reply.headers(preflightHeaders)
  reply.code(204).send()
}

/** A host's prefix may have parameters, `/tenants/:tenant`, and a slash at its end. */
function toPattern(prefix: string): string {
  const bare = prefix.replace(/\/$/, '')
  return bare.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(/:[^/]+/g, '[^/]+')
}

function allowOrigin(allowed: '*' | ReadonlySet<string>, origin: string | undefined): string | undefined {
  if (allowed === '*') return allowed
  return origin !== undefined && allowed.has(origin) ? origin : undefined
}

export function isPreflight({ method, headers }: FastifyRequest): boolean {
  return (
    method === 'OPTIONS' &&
    headers.origin !== undefined &&
    headers['access-control-request-method'] !== undefined
  )
}

/** The text, if it is an origin as a browser sends it (RFC 6454, section 6.2); else `invalid_request`. `null` is everybody's. */
export function toOrigin(text: string): string {
  const origin = normalOrigin(text)
  if (origin === text) return text
  const hint = origin === undefined ? 'such as https://app.example.com' : `as ${origin}`
  throw new OrchestrationError(
    'invalid_request',
    `"${text}" is not an origin that a browser sends. Write it ${hint}: scheme, host and port, nothing after.`,
  )
}

function normalOrigin(text: string): string | undefined {
  if (text.includes('*') || !URL.canParse(text)) return undefined
  const { origin, protocol, host } = new URL(text)
  if (origin !== 'null') return origin
  // A browser extension's scheme, say, which the URL standard gives no origin.
  return host ? `${protocol}//${host}` : undefined
}
