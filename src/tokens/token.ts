import type { Finding } from '../errors.ts'
import { type Scope, scopes } from '../vocabulary.ts'

/** What a bearer token lets its holder do. */
export interface Grant {
  /** `tok_` and 16 hex digits. */
  readonly id: string
  readonly name: string | null
  readonly scopes: readonly Scope[]
  /** ISO 8601, as all times here. */
  readonly createdAt: string
  readonly expiresAt: string | null
}

/** A grant, and how far it has been made use of. The token itself is nowhere. */
export interface Token extends Grant {
  readonly lastUsedAt: string | null
  readonly usageCount: number
}

export interface GrantRequest {
  /** 1 to 100 characters, to know it by. */
  readonly name?: string
  /** Default: all but `admin`. */
  readonly scopes?: readonly Scope[]
  /** Default: it never expires. */
  readonly expiresAt?: Date
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
export function findRequestFaults(
  { name, scopes: asked, expiresAt }: GrantRequest,
  now: Date,
): readonly Finding[] {
  return [
    ...(name === undefined || isName(name) ? [] : [fault('/name', nameRule)]),
    ...(asked === undefined || areScopes(asked) ? [] : [fault('/scopes', scopesRule)]),
    // An invalid date has the time NaN, which is not above anything.
    ...(expiresAt === undefined || expiresAt.getTime() > now.getTime()
      ? []
      : [fault('/expires_at', expiryRule)]),
  ]
}

/** A control character could write over what a terminal shows. */
function isName(name: string): boolean {
  return (
    /\S/.test(name) &&
    name.isWellFormed() &&
    Array.from(name).length <= 100 &&
    !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name)
  )
}

function areScopes(asked: readonly string[]): boolean {
  return asked.length > 0 && asked.every(isScope)
}

function isScope(value: string): boolean {
  return scopes.some((scope) => scope === value)
}

function fault(pointer: string, message: string): Finding {
  return { code: 'invalid_request', pointer, message }
}

const nameRule = 'A name has 1 to 100 characters, one of them visible, and no control character.'
const scopesRule = `Give at least one scope, each one of ${scopes.join(', ')}.`
const expiryRule = 'The time of expiry must be a date in the future.'
