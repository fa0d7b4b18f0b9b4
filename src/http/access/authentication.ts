import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import type { Principal } from '../../operations/operation.ts'
import type { Orchestrator } from '../../orchestrator.ts'
import { scopes } from '../../vocabulary.ts'
import { createFailedAttempts, type FailedAttempts } from './failed-attempts.ts'

/** As which principal the API key acts. */
export const apiKeyPrincipal = 'api_key'

type Grant = NonNullable<Awaited<ReturnType<Orchestrator['tokens']['verify']>>>

export interface AuthenticationOptions {
  readonly tokens: Pick<Orchestrator['tokens'], 'verify' | 'recordUse'>
  /** Undefined or empty: no request gets in by a key. */
  readonly apiKey: string | undefined
  readonly failedAttempts?: FailedAttempts
}

export interface Authentication {
  /** An onRequest hook: by then no byte of the body has been read. */
  readonly authenticate: (request: FastifyRequest, reply: FastifyReply) => Promise<void>
  /** Who asks; undefined for a request that did not have to say. */
  readonly principalOf: (request: FastifyRequest) => Principal | undefined
  /** Who asks, where everybody has to say. A route that nobody guards is a fault of ours; it lets nobody in. */
  readonly callerOf: (request: FastifyRequest) => Principal
}

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { tokens, apiKey, failedAttempts = createFailedAttempts() } = options
  const principals = new WeakMap<FastifyRequest, Principal>()
  const isApiKey = createKeyCheck(apiKey)

  async function verifyToken(token: string): Promise<Principal | undefined> {
    const record = tokenPattern.test(token) ? await tokens.verify(token) : undefined
    if (record) tokens.recordUse(record.id)
    return record && toPrincipal(record)
  }

  async function identify(credential: Credential): Promise<Principal | undefined> {
    if (credential.kind === 'token') return verifyToken(credential.value)
    return isApiKey(credential.value) ? { id: apiKeyPrincipal, scopes } : undefined
  }

  return {
    async authenticate(request, reply) {
      const [credential, ...others] = findCredentials(request.raw.rawHeaders)
      if (others.length > 0) throw refuse(reply, 'invalid_request', oneIsEnough, 'invalid_request')
      if (!credential || credential.kind === 'other') throw refuse(reply, 'authentication_required', howTo)
      const principal = await identify(credential)
      // Counted only when it is wrong: whoever holds a valid credential is never locked out by somebody who guesses.
      if (!principal) throw refuseFailure(reply, credential, failedAttempts.note(request.ip))
      principals.set(request, principal)
    },
    principalOf: (request) => principals.get(request),
    callerOf(request) {
      const principal = principals.get(request)
      if (!principal) throw new Error('A guarded route was reached without authentication.')
      return principal
    },
  }
}

function toPrincipal({ id, scopes, limits, expiresAt }: Grant): Principal {
  return { id, scopes, limits, expiresAt }
}

interface Credential {
  readonly kind: 'token' | 'key' | 'other'
  readonly value: string
}

/**
 * From the raw headers, where a second Authorization header is still there (Node keeps the first one only). An empty header is no
 * credential; one of another scheme counts, but is of no use here.
 */
export function findCredentials(rawHeaders: readonly string[]): readonly Credential[] {
  const found: Credential[] = []
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase()
    const value = rawHeaders[at + 1]
    if (!value) continue
    if (name === 'x-api-key') found.push({ kind: 'key', value })
    if (name === 'authorization') found.push(fromAuthorization(value))
  }
  return found
}

function fromAuthorization(value: string): Credential {
  const [, token] = bearer.exec(value) ?? []
  return token === undefined ? { kind: 'other', value } : { kind: 'token', value: token }
}

/** RFC 9110, section 11.1: the name of a scheme is case-insensitive. */
const bearer = /^bearer +(.+)$/i

/** RFC 6750, section 2.1. What doesn't look like this is no token of ours either, so the store isn't asked. */
const tokenPattern = /^[\w.~+/-]{1,512}=*$/

/** A challenge as RFC 6750, section 3 wants it: the reason only where a token was presented. */
export function toChallenge(error?: string, scope?: string): string {
  const attributes = Object.entries({ realm: 'mcp-orchestration', error, scope }).filter(
    ([, value]) => value !== undefined,
  )
  return `Bearer ${attributes.map(([name, value]) => `${name}="${value}"`).join(', ')}`
}

/** RFC 6750, section 3.1: where a scope is what lacks, the challenge names it. No scope helps against a limit. */
export async function challenging<T>(reply: FastifyReply, act: () => T | Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof OrchestrationError && error.code === 'insufficient_scope')
      reply.header('www-authenticate', toChallenge(error.code, error.requiredScope))
    throw error
  }
}

const howTo =
  'Send "Authorization: Bearer <token>" with a token that mcp-orchestration-generate-token made, or "X-API-Key: <key>".'
const oneIsEnough =
  'The request carries more than one credential. Send either one Authorization or one X-API-Key header.'

function refuseFailure(
  reply: FastifyReply,
  credential: Credential,
  waitSeconds: number | undefined,
): OrchestrationError {
  if (waitSeconds === undefined) return refuseCredential(reply, credential)
  reply.header('retry-after', String(waitSeconds))
  return new OrchestrationError(
    'rate_limited',
    `Too many wrong credentials came from this address. Wait ${waitSeconds} seconds, or send a valid one.`,
  )
}

function refuseCredential(reply: FastifyReply, { kind }: Credential): OrchestrationError {
  return kind === 'token'
    ? refuse(
        reply,
        'invalid_credentials',
        'The token is unknown, expired or revoked. Make a new one.',
        'invalid_token',
      )
    : refuse(reply, 'invalid_credentials', 'The API key is not the one that this server was started with.')
}

function refuse(
  reply: FastifyReply,
  code: 'authentication_required' | 'invalid_credentials' | 'invalid_request',
  detail: string,
  error?: string,
): OrchestrationError {
  reply.header('www-authenticate', toChallenge(error))
  return new OrchestrationError(code, detail)
}

/**
 * Compares digests, which have one length whatever was sent, in constant time. Node reads header bytes as Latin-1, so that is how
 * they are taken back; the key itself counts as UTF-8.
 */
function createKeyCheck(apiKey: string | undefined): (given: string) => boolean {
  if (!apiKey) return () => false
  if (!isSendable(apiKey)) throw new OrchestrationError('invalid_request', unsendable)
  const expected = digest(Buffer.from(apiKey))
  return (given) => timingSafeEqual(digest(Buffer.from(given, 'latin1')), expected)
}

/** RFC 9110, section 5.5: a header value holds no control characters and loses white space around it. */
function isSendable(apiKey: string): boolean {
  return apiKey.trim() === apiKey && !/\p{Cc}/u.test(apiKey)
}

const unsendable =
  'The API key can never match: it holds a control character, or white space around it. Set MCP_ORCHESTRATION_API_KEY to one line.'

function digest(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer')
}
