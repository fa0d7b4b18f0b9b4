import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import type { Principal } from '../../operations/operation.ts'
import type { Epoch, Orchestrator } from '../../orchestrator.ts'
import { scopes } from '../../vocabulary.ts'
import { createFailedAttempts, type FailedAttempts } from './failed-attempts.ts'

/** As which principal the API key acts. */
export const apiKeyPrincipal = 'api_key'

type Grant = NonNullable<Awaited<ReturnType<Orchestrator['tokens']['verify']>>>

export interface AuthenticationOptions {
  readonly orchestrator: {
    readonly tokens: Pick<Orchestrator['tokens'], 'verify' | 'verifiedIn' | 'recordUse'>
    readonly epoch: Orchestrator['epoch']
  }
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
  /** The epoch in which the caller was let in; a principal of a token is the same object as long as that lasts. */
  readonly epochOf: (request: FastifyRequest) => Epoch
  /** The same, if the whole request had come before it was looked for; undefined if some of its body was still to come. */
  readonly epochOfWhole: (request: FastifyRequest) => Epoch | undefined
}

/** Who asks, found out when. It stands at the request itself: a map beside it would cost more than the whole check. */
interface Admission {
  readonly principal: Principal
  readonly epoch: Epoch
  readonly isWhole: boolean
}

const admission = Symbol('admission')

type Admitted = FastifyRequest & { [admission]?: Admission }

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { orchestrator, apiKey, failedAttempts = createFailedAttempts() } = options
  const { tokens } = orchestrator
  const principals = new WeakMap<Grant, Principal>()
  const isApiKey = createKeyCheck(apiKey)

  async function identify({ kind, value }: Credential, epoch: Epoch): Promise<Principal | undefined> {
    if (kind !== 'token') return isApiKey(value) ? keyHolder : undefined
    const grant = tokenPattern.test(value) ? await tokens.verify(value, epoch) : undefined
    return grant && admit(grant)
  }

  /** The same principal for the same grant, so that what is made for it can be kept. */
  function admit(grant: Grant): Principal {
    tokens.recordUse(grant.id)
    const known = principals.get(grant)
    if (known) return known
    const principal = toPrincipal(grant)
    principals.set(grant, principal)
    return principal
  }

  /** Without a promise, for a token that was verified in this epoch before. */
  function recognise({ kind, value }: Credential, epoch: Epoch): Principal | undefined {
    const grant = kind === 'token' ? tokens.verifiedIn(epoch, value) : undefined
    return grant && admit(grant)
  }

  return {
    async authenticate(request: Admitted, reply) {
      const credential = findCredential(request, reply)
      // Looked at before the epoch is asked for, which a store may take long to tell: a body that comes meanwhile is newer.
      const isWhole = !announcesBody(request.raw) || (await hasCome(request.raw))
      const epoch = await orchestrator.epoch()
      const principal = recognise(credential, epoch) ?? (await identify(credential, epoch))
      // Counted only when it is wrong: whoever holds a valid credential is never locked out by somebody who guesses.
      if (!principal) throw refuseFailure(reply, credential, await failedAttempts.note(request.ip))
      request[admission] = { principal, epoch, isWhole }
    },
    principalOf: (request: Admitted) => request[admission]?.principal,
    callerOf: (request) => admissionOf(request).principal,
    epochOf: (request) => admissionOf(request).epoch,
    epochOfWhole(request) {
      const { epoch, isWhole } = admissionOf(request)
      return isWhole ? epoch : undefined
    },
  }
}

function admissionOf({ [admission]: found }: Admitted): Admission {
  if (!found) throw new Error('A guarded route was reached without authentication.')
  return found
}

/** RFC 9112, section 6.3. */
function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined
}

/**
 * Whether all of a request is here. What came along with its head has been read by the next microtask; Node calls it complete only a while
 * after the last byte of its body can be read.
 */
async function hasCome(request: IncomingMessage): Promise<boolean> {
  await undefined
  return request.complete || request.readableLength === Number(request.headers['content-length'])
}

function findCredential({ raw }: FastifyRequest, reply: FastifyReply): Credential {
  const [credential, ...others] = findCredentials(raw.rawHeaders)
  if (others.length > 0) throw refuse(reply, 'invalid_request', oneIsEnough, 'invalid_request')
  if (!credential || credential.kind === 'other') throw refuse(reply, 'authentication_required', howTo)
  return credential
}

const keyHolder: Principal = { id: apiKeyPrincipal, scopes }

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
    const [name = '', value] = [rawHeaders[at], rawHeaders[at + 1]]
    if (!value) continue
    if (isNamed(name, 'x-api-key')) found.push({ kind: 'key', value })
    if (isNamed(name, 'authorization')) found.push(fromAuthorization(value))
  }
  return found
}

/** Names of headers are case-insensitive. Most of them differ in length already. */
function isNamed(name: string, wanted: string): boolean {
  return name.length === wanted.length && name.toLowerCase() === wanted
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

/** The error, with the challenge that goes with it on the reply. RFC 6750, section 3.1: it names the scope that lacks. No scope helps against a limit. */
export function challenged(reply: FastifyReply, error: unknown): unknown {
  if (error instanceof OrchestrationError && error.code === 'insufficient_scope')
    reply.header('www-authenticate', toChallenge(error.code, error.requiredScope))
  return error
}

/** Does what may be refused, with the challenge on the reply if it is. */
export function challenging<T>(reply: FastifyReply, act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw challenged(reply, error)
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
