import { OrchestrationError } from '../errors.ts'
import { isWithinLimits, type Limits, scopes } from '../vocabulary.ts'
import type { Grant } from './token.ts'

/** What a credential may do, where, and until when. */
export type Rights = Pick<Grant, 'scopes' | 'limits' | 'expiresAt'>

/** Those of whoever can read the home: there is nothing that they could not take anyway. */
export const allRights: Rights = { scopes, limits: null, expiresAt: null }

/** `insufficient_scope` when a new token would have more rights than the credential that asks for it. */
export function refuseExcess(asked: Rights, own: Rights): void {
  const excess = findExcess(asked, own)
  if (excess === undefined) return
  const sentence = `No token was made: ${excess}. No credential can make one with more rights than it has.`
  throw new OrchestrationError('insufficient_scope', sentence)
}

/** Whether all that the inner limits let in is within the outer ones. Null is no limit. */
export function areWithin(inner: Limits | null, outer: Limits | null): boolean {
  if (!outer) return true
  if (!inner) return false
  return (
    inner.clients.every((clientId) => outer.clients.includes(clientId)) &&
    inner.profiles.every((profile) => isWithinLimits(outer, toRef(profile)))
  )
}

/** The earlier of two ends; null is none. */
export function earlierEnd(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right
  return Date.parse(left) <= Date.parse(right) ? left : right
}

function findExcess(asked: Rights, own: Rights): string | undefined {
  const isAdmin = own.scopes.includes('admin')
  const missing = asked.scopes.filter((scope) => !isAdmin && !own.scopes.includes(scope))
  if (missing.length > 0) return `it would have ${missing.join(', ')}, and the credential that asks has not`
  if (!areWithin(asked.limits, own.limits))
    return 'it would reach beyond the clients and profiles to which the credential that asks is limited'
  if (asked.expiresAt !== earlierEnd(asked.expiresAt, own.expiresAt))
    return `it would outlive the credential that asks, which ends at ${own.expiresAt}`
  return undefined
}

function toRef(profile: string) {
  const [clientId = '', profileId = ''] = profile.split('/')
  return { clientId, profileId }
}
