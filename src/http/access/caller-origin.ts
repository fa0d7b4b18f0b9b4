import type { FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { isLoopback } from '../address.ts'
import { toOrigin } from './cors.ts'

/**
 * The names by which `/mcp` may be called and the pages that may call it. A page that has its own name resolve to this machine (DNS
 * rebinding) names itself as the host; any other page names itself as the origin.
 */
export interface CallerRules {
  /** Host names besides those of this machine, without a port. Given, they also hold for requests that come from elsewhere. */
  readonly allowedHosts: readonly string[]
  /** Origins as a browser sends them, besides those of the host itself. */
  readonly allowedOrigins: readonly string[]
}

/** Throws `invalid_request` for an entry that no request could ever match. */
export function toCallerRules(given: Partial<CallerRules>): CallerRules {
  const { allowedHosts = [], allowedOrigins = [] } = given
  return { allowedHosts: allowedHosts.map(toHostName), allowedOrigins: allowedOrigins.map(toOrigin) }
}

/** The text, if it is a host name or an address without a port; else `invalid_request`. */
export function toHostName(text: string): string {
  const name = hostNameOf(text)
  if (name !== undefined && name === text.toLowerCase()) return name
  throw new OrchestrationError(
    'invalid_request',
    `"${text}" is not the name of a host. Write it such as mcp.example.com or [2001:db8::1]: no scheme, no port, no path.`,
  )
}

/** `host_not_allowed` for a name that isn't this server's. Where other machines may call, only its owner knows the names. */
export function refuseForeignHost(request: FastifyRequest, { allowedHosts }: CallerRules): void {
  const name = hostNameOf(request.host)
  const isLocal = isLocalConnection(request)
  if (name !== undefined && !isLocal && allowedHosts.length === 0) return
  if (name !== undefined && ((isLocal && isLoopback(bare(name))) || allowedHosts.includes(name))) return
  throw new OrchestrationError(
    'host_not_allowed',
    `"${request.host}" is not a name under which this server is called. If it is, add it to the allowed hosts (--allowed-hosts).`,
  )
}

/** `origin_not_allowed` for a page of another host, unless it is listed. What is not a browser sends no origin. */
export function refuseForeignOrigin(request: FastifyRequest, rules: CallerRules): void {
  const { origin } = request.headers
  if (origin === undefined || isAllowedOrigin(origin, request, rules)) return
  throw new OrchestrationError(
    'origin_not_allowed',
    `Pages of "${origin.slice(0, 200)}" may not call this. If they should, add it to the allowed origins (--allowed-origins).`,
  )
}

/** The server's own host is fine on any port: whoever serves pages there is on that machine already. */
export function isAllowedOrigin(
  origin: string,
  { host }: FastifyRequest,
  { allowedOrigins }: CallerRules,
): boolean {
  if (allowedOrigins.includes(origin)) return true
  if (!/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false
  const page = new URL(origin).hostname
  const own = hostNameOf(host)
  return page === own || (own !== undefined && isLoopback(bare(own)) && isLoopback(bare(page)))
}

/** Undefined for what is no host (RFC 9110, section 7.2); in the form that the URL standard gives it. */
export function hostNameOf(host: string): string | undefined {
  const url = `http://${host}`
  return /^[^/?#@\\\s*]+$/.test(host) && URL.canParse(url) ? new URL(url).hostname : undefined
}

/** Whether it came in over loopback, as from a proxy on this machine. An injected request has no address and is local, too. */
function isLocalConnection({ socket }: FastifyRequest): boolean {
  const { localAddress } = socket
  return localAddress === undefined || isLoopback(localAddress.replace(/^::ffff:/i, ''))
}

/** An IPv6 address without its brackets. */
function bare(name: string): string {
  return name.replace(/^\[|\]$/g, '')
}
