import type { Finding } from '../errors.ts'
import { isId, type Limits, type Scope, scopes } from '../vocabulary.ts'

/** What a bearer token lets its holder do. */
export interface Grant {
  /** `tok_` and 16 hex digits. */
  readonly id: string
  readonly name: string | null
  readonly scopes: readonly Scope[]
  /** Null: no limits. */
  readonly limits: Limits | null
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  readonly expiresAt: string | null
  /** The id of the token that rotation put in its place. */
  readonly replacedBy: string | null
}

/** A grant, and how far it has been made use of. The token itself is nowhere. */
export interface Token extends Grant {
  readonly lastUsedAt: string | null
  readonly usageCount: number
}

export interface GrantRequest extends Lifetime {
  /** 1 to 100 characters, to know it by. */
  readonly name?: string
  /** Default: all but `admin`. */
  readonly scopes?: readonly Scope[]
  /** Default: those of whoever makes it. */
  readonly limits?: Partial<Limits>
}

/** How long a token is good for: until a time, or for so long from now on. Default: as long as whoever makes it may say. */
export interface Lifetime {
  readonly expiresAt?: Date
  readonly expiresInMs?: number
}

export interface RotationRequest extends Lifetime {
  /** How long the former token stays good beside its successor; default a day. 0 ends it at once. */
  readonly overlapMs?: number
}

export const defaultScopes: readonly Scope[] = scopes.filter((scope) => scope !== 'admin')

/** 32 bytes as base64url without padding; the last character carries 4 of its 6 bits, so only 16 characters can stand there. */
export function isTokenShaped(token: string): boolean {
  return tokenExpression.test(token)
}

const tokenExpression = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/

export function isTokenId(id: string): boolean {
  return /^tok_[0-9a-f]{16}$/.test(id)
}

/** An id that says nothing about the token, and that whoever holds the token can derive: the head of its SHA-256. */
export function toTokenId(hashHex: string): string {
  return `tok_${hashHex.slice(0, 16)}`
}

/** A time that can't be read counts as past. */
export function isExpired({ expiresAt }: Grant, now: Date): boolean {
  return expiresAt !== null && !(Date.parse(expiresAt) > now.getTime())
}

/** What is wrong with a request; the pointers are those of the operation that makes tokens. */
export function findRequestFaults(request: GrantRequest, now: Date): readonly Finding[] {
  const { name, scopes: asked, limits } = request
  return [
    ...(name === undefined || isName(name) ? [] : [fault('/name', nameRule)]),
    ...(asked === undefined || areScopes(asked) ? [] : [fault('/scopes', scopesRule)]),
    ...(limits === undefined ? [] : findLimitFaults(limits)),
    ...findLifetimeFaults(request, now),
  ]
}

/** The same of a rotation. */
export function findRotationFaults(request: RotationRequest, now: Date): readonly Finding[] {
  const { overlapMs } = request
  const isOverlap = overlapMs === undefined || (overlapMs >= 0 && isTime(now, overlapMs))
  return [...(isOverlap ? [] : [fault('/overlap', overlapRule)]), ...findLifetimeFaults(request, now)]
}

/** When the token ends that is asked for; undefined if the request leaves that open. */
export function endOf({ expiresAt, expiresInMs }: Lifetime, now: Date): Date | undefined {
  return expiresInMs === undefined ? expiresAt : new Date(now.getTime() + expiresInMs)
}

/** Each named once, in a fixed order. */
export function toLimits({ clients = [], profiles = [] }: Partial<Limits>): Limits {
  return { clients: toNames(clients), profiles: toNames(profiles) }
}

function toNames(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}

function findLimitFaults({ clients = [], profiles = [] }: Partial<Limits>): readonly Finding[] {
  const count = clients.length + profiles.length
  return [
    ...(count > 0 && count <= maxLimits ? [] : [fault('/limits', limitsRule)]),
    ...(clients.every(isId) ? [] : [fault('/limits/clients', clientRule)]),
    ...(profiles.every(isProfileName) ? [] : [fault('/limits/profiles', profileRule)]),
  ]
}

function findLifetimeFaults(lifetime: Lifetime, now: Date): readonly Finding[] {
  const { expiresAt, expiresInMs } = lifetime
  if (expiresAt !== undefined && expiresInMs !== undefined) return [fault('/expires_in', oneEndRule)]
  const end = endOf(lifetime, now)
  // An invalid date has the time NaN, which is not above anything.
  return end === undefined || end.getTime() > now.getTime() ? [] : [fault('/expires_at', expiryRule)]
}

function isProfileName(name: string): boolean {
  const parts = name.split('/')
  return parts.length === 2 && parts.every(isId)
}

/** Dates end 275,000 years from now. */
function isTime(now: Date, laterMs: number): boolean {
  return !Number.isNaN(new Date(now.getTime() + laterMs).getTime())
}

/** A control character could write over what a terminal shows, and one that turns the direction of writing could pass it off as another. */
function isName(name: string): boolean {
  return (
    /\S/.test(name) &&
    name.isWellFormed() &&
    Array.from(name).length <= 100 &&
    !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(name)
  )
}

function areScopes(asked: readonly string[]): boolean {
  return asked.length > 0 && asked.every(isScope)
}

function isScope(value: string): boolean {
  return scopes.some((scope) => scope === value)
}

function fault(pointer: string, message: string): Finding {
  return { code: 'invalid_value', pointer, message }
}

const maxLimits = 100
const nameRule =
  'A name has 1 to 100 characters, one of them visible, and none that controls a terminal or the direction of writing.'
const scopesRule = `Give at least one scope, each one of ${scopes.join(', ')}.`
const limitsRule = `Limits name 1 to ${maxLimits} clients and profiles together. For a token without limits, leave them out.`
const clientRule = 'A limit to a client is its id, such as cursor.'
const profileRule = 'A limit to a profile is client and profile, such as cursor/work.'
const oneEndRule = 'Give a time of expiry or a duration, not both.'
const expiryRule = 'The time of expiry must be a date in the future.'
const overlapRule = 'The overlap is a time from 0 on, at whose end there still is a calendar.'
