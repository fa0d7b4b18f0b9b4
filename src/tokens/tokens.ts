import { hash, randomBytes } from 'node:crypto'
import { type Finding, OrchestrationError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import { type JsonValue, scopes } from '../vocabulary.ts'
import { createEndings } from './endings.ts'
import { allRights, type Rights, refuseExcess } from './rights.ts'
import { type Rotated, refuseEnded, toFormer, toSuccession } from './rotation.ts'
import {
  fromEntry,
  grantKey,
  grantPrefix,
  type StoredGrant,
  toStoredGrant,
  usageKey,
} from './stored-token.ts'
import {
  defaultScopes,
  endOf,
  findRequestFaults,
  findRotationFaults,
  type Grant,
  type GrantRequest,
  isTokenId,
  type RotationRequest,
  type Token,
  toLimits,
  toTokenId,
} from './token.ts'
import { placeKey } from './token-order.ts'
import { createTokenPages, type TokenQuery } from './token-pages.ts'
import { unused } from './usage.ts'
import { createUsageCounter } from './usage-counter.ts'
import { createVerification } from './verification.ts'

export { areWithin, type Rights } from './rights.ts'
export type { Rotated } from './rotation.ts'
export type { Grant, GrantRequest, RotationRequest, Token } from './token.ts'
export type { TokenQuery } from './token-pages.ts'

export interface TokenPage {
  /** May be empty though there are more: a page looks at a bounded number of tokens, whatever it finds. */
  readonly tokens: readonly Token[]
  /** After which to go on; undefined at the end. */
  readonly next?: string
}

export interface TokensOptions {
  readonly store: Store
  readonly clock: () => Date
  /** Default: the system's CSPRNG. */
  readonly random?: (size: number) => Uint8Array
  /** How long a use may stay unwritten; default 500. */
  readonly flushDelayMs?: number
  /** Told once of usage that can't be written, until it can again; it is kept and tried anew. Default: nobody is told. */
  readonly onFlushFailed?: (error: unknown) => void
}

export interface Tokens {
  /**
   * The token is in the answer and nowhere else. `invalid_request` with what is wrong, `insufficient_scope` for more rights than those
   * of whoever asks, which also stand in for what the request leaves out; default: all.
   */
  generate(request?: GrantRequest, own?: Rights): Promise<GeneratedToken>
  /**
   * Makes a token with the same name and rights, and ends the former one after the overlap; in one commit. Refuses as `generate` does,
   * and one that was rotated or has ended as `invalid_request`; `token_not_found`.
   */
  rotate(id: string, request?: RotationRequest, own?: Rights): Promise<Rotated>
  /**
   * What the token grants now; undefined for one that is unknown, expired or revoked, by whatever process. What was found in the epoch
   * before, if there is one, is not looked up again, and is the same object.
   */
  verify(token: string, epoch?: number): Promise<Grant | undefined>
  /** The same at once, for a token that was verified in the epoch before; undefined for any other. */
  verifiedIn(epoch: number, token: string): Grant | undefined
  /** Counts one use, now; it is written down a little later. */
  recordUse(id: string): void
  /** The oldest first. */
  list(): Promise<readonly Token[]>
  /** A part of what `list` gives; costs as much as the part, however many tokens there are. */
  page(query: TokenQuery): Promise<TokenPage>
  /** `token_not_found` */
  get(id: string): Promise<Token>
  /** `token_not_found` */
  revoke(id: string): Promise<void>
  isEmpty(): Promise<boolean>
  /**
   * Calls `end` once when the token is revoked, by whatever process, or expires; soon after the call when it has by then. Answers the
   * function that stops waiting.
   */
  whenEnded(id: string, end: () => void): () => void
  /** Writes the uses counted so far; rejects if the store can't take them, and keeps them. */
  flush(): Promise<void>
  close(): Promise<void>
}

export interface GeneratedToken {
  /** 43 characters. */
  readonly token: string
  readonly record: Token
}

export function createTokens(options: TokensOptions): Tokens {
  const { store, clock, random = randomBytes, flushDelayMs = 500, onFlushFailed = () => {} } = options
  const endings = createEndings({ store, clock })
  const { verify, verifiedIn } = createVerification({ store, clock })
  const pageOf = createTokenPages(store)
  const counter = createUsageCounter({ store, clock, flushDelayMs, onFlushFailed })

  return {
    generate,
    rotate,
    verify,
    verifiedIn,
    list,
    page,
    get,
    revoke,
    recordUse: counter.record,
    flush: counter.flush,
    whenEnded: endings.whenEnded,
    close: () => {
      endings.close()
      return counter.close()
    },
    isEmpty: async () => (await store.list(grantPrefix, { limit: 1 })).length === 0,
  }

  async function generate(request: GrantRequest = {}, own: Rights = allRights): Promise<GeneratedToken> {
    const now = clock()
    refuseFaults(findRequestFaults(request, now))
    const rights = toRights(request, own, now)
    refuseExcess(rights, own)
    const { token, stored } = make(request.name ?? null, rights, now)
    const key = grantKey(stored.grant.id)
    const result = await store.commit({ if: [{ key, revision: 0 }], put: toPut(stored) })
    if (!result.committed) throw new OrchestrationError('internal_error', repeated)
    return { token, record: { ...stored.grant, ...unused } }
  }

  /** One commit: of two rotations, or a rotation and a revocation, in whatever processes, only one finds the token as it was. */
  async function rotate(
    id: string,
    request: RotationRequest = {},
    own: Rights = allRights,
  ): Promise<Rotated> {
    const now = clock()
    refuseFaults(findRotationFaults(request, now))
    if (!isTokenId(id)) throw notFound(id)
    const { result } = await updateEntry(store, grantKey(id), async (entry) => {
      const current = fromEntry(entry)
      if (!current) throw notFound(id)
      refuseEnded(current.grant, now)
      const rights = toSuccession(current.grant, request, own, now)
      refuseExcess(rights, own)
      const { token, stored } = make(current.grant.name, rights, now)
      const former = toFormer(current.grant, stored.grant.id, request, now)
      const put = { ...toPut({ ...current, grant: former }), ...toPut(stored) }
      const change = { if: [{ key: grantKey(stored.grant.id), revision: 0 }], put }
      return { change, result: { token, record: { ...stored.grant, ...unused }, former } }
    })
    return result
  }

  function make(name: string | null, rights: Rights, now: Date) {
    const token = Buffer.from(random(tokenBytes)).toString('base64url')
    const hashHex = hash('sha256', token)
    const grant = { id: toTokenId(hashHex), name, ...rights, createdAt: now.toISOString(), replacedBy: null }
    return { token, stored: { grant, hashHex } satisfies StoredGrant }
  }

  async function list(): Promise<readonly Token[]> {
    const [entries, usages] = await Promise.all([store.list(grantPrefix), counter.usages()])
    return entries
      .flatMap((entry) => fromEntry(entry)?.grant ?? [])
      .map((grant) => ({ ...grant, ...(usages.get(grant.id) ?? unused) }))
      .sort(byAge)
  }

  async function page(query: TokenQuery): Promise<TokenPage> {
    const { grants, ...next } = await pageOf(query)
    return { tokens: await withUsage(grants), ...next }
  }

  async function withUsage(grants: readonly Grant[]): Promise<readonly Token[]> {
    const usages = await counter.usagesOf(grants.map(({ id }) => id))
    return grants.map((grant, index) => ({ ...grant, ...(usages[index] ?? unused) }))
  }

  async function get(id: string): Promise<Token> {
    const stored = isTokenId(id) ? fromEntry(await store.get(grantKey(id))) : undefined
    if (!stored) throw notFound(id)
    const [token] = await withUsage([stored.grant])
    return token ?? { ...stored.grant, ...unused }
  }

  async function revoke(id: string): Promise<void> {
    if (!isTokenId(id)) throw notFound(id)
    await updateEntry(store, grantKey(id), (entry) => {
      if (!entry) throw notFound(id)
      const place = fromEntry(entry)?.grant
      const gone = [grantKey(id), usageKey(id), ...(place ? [placeKey(place)] : [])]
      return { change: { delete: gone }, result: undefined }
    })
  }
}

const tokenBytes = 32

const repeated =
  'The random source gave the same bytes twice, so no token was made. Look at what the option "random" was given.'

function refuseFaults(errors: readonly Finding[]): void {
  if (errors.length === 0) return
  const sentence = errors.map(({ message }) => message).join(' ')
  throw new OrchestrationError('invalid_request', `No token was made. ${sentence}`, { errors })
}

/** What is left out, whoever asks has to give. */
function toRights(request: GrantRequest, own: Rights, now: Date): Rights {
  const isAdmin = own.scopes.includes('admin')
  const asked = request.scopes ?? defaultScopes.filter((scope) => isAdmin || own.scopes.includes(scope))
  return {
    scopes: scopes.filter((scope) => asked.includes(scope)),
    limits: request.limits ? toLimits(request.limits) : own.limits,
    expiresAt: endOf(request, now)?.toISOString() ?? own.expiresAt,
  }
}

/** A grant is never written without its place in the order. */
function toPut(stored: StoredGrant): Readonly<Record<string, JsonValue>> {
  return { [grantKey(stored.grant.id)]: toStoredGrant(stored), [placeKey(stored.grant)]: null }
}

/** The store lists by id, which then decides between equals: sorting is stable. */
function byAge(left: Token, right: Token): number {
  return Date.parse(left.createdAt) - Date.parse(right.createdAt)
}

/** What doesn't look like an id may be a token that was pasted in its place, so it isn't repeated. */
function notFound(id: string): OrchestrationError {
  const sentence = isTokenId(id)
    ? `There is no token ${id}. List the tokens to see those there are.`
    : 'That is not the id of a token (tok_ and 16 hex digits). List the tokens to see their ids.'
  return new OrchestrationError('token_not_found', sentence)
}
