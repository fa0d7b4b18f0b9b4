import { type FindingCode, invalidRequest } from '../errors.ts'
import { earlierEnd, type Rights } from './rights.ts'
import { endOf, type Grant, isExpired, type RotationRequest, type Token } from './token.ts'

/** The successor, shown this once, and what it takes the place of. */
export interface Rotated {
  /** 43 characters. */
  readonly token: string
  readonly record: Token
  /** Until its end both are good. */
  readonly former: Grant
}

/** What the successor is to have: all that the former one has, for as long again, unless told, as far as whoever asks may say. */
export function toSuccession(former: Grant, request: RotationRequest, own: Rights, now: Date): Rights {
  const { scopes, limits } = former
  const chosen = endOf(request, now)?.toISOString()
  return { scopes, limits, expiresAt: chosen ?? earlierEnd(endAnew(former, now), own.expiresAt) }
}

/** The former one as it is from now on: it ends after the overlap, or before if it would anyway. */
export function toFormer(
  grant: Grant,
  replacedBy: string,
  { overlapMs = dayMs }: RotationRequest,
  now: Date,
): Grant {
  const overlapEnd = new Date(now.getTime() + overlapMs).toISOString()
  return { ...grant, replacedBy, expiresAt: earlierEnd(grant.expiresAt, overlapEnd) }
}

/** `invalid_request` for a token that has a successor or has ended: neither has anything left to pass on. */
export function refuseEnded(grant: Grant, now: Date): void {
  const { id, replacedBy, expiresAt } = grant
  if (replacedBy !== null)
    throw refused(
      'replaced',
      `${id} was rotated before. Rotate its successor ${replacedBy}, if you mean that.`,
    )
  if (isExpired(grant, now)) throw refused('expired', `${id} ended at ${expiresAt}. Make a new token.`)
}

function endAnew({ createdAt, expiresAt }: Grant, now: Date): string | null {
  if (expiresAt === null) return null
  const end = now.getTime() + Date.parse(expiresAt) - Date.parse(createdAt)
  return new Date(Math.min(end, lastTimeMs)).toISOString()
}

function refused(code: FindingCode, message: string) {
  return invalidRequest([{ code, pointer: '/token_id', message }])
}

/** The last that a Date can hold (ECMA-262, section 21.4.1.1). */
const lastTimeMs = 8.64e15

const dayMs = 24 * 60 * 60 * 1000
