import type { OrchestrationError } from '../errors.ts'
import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { JsonValue, ProfileRef } from '../vocabulary.ts'
import { decodeEnvelope, type Envelope, type EnvelopeFault, verifyEnvelope } from './envelope.ts'
import { distrusted, nameOf } from './release.ts'
import { readStatement, type Statement, toReleaseDigest } from './statement.ts'

/** What a release says, signed by a trusted key: all that a later release, a history or a list of profiles needs of it. */
export interface KnownStatement {
  readonly statement: Statement
  /** How the next release refers to it. */
  readonly digest: string
  readonly signingKeyId: string
}

/** The same with its proof, which is three fifths of what it takes up. */
export interface VerifiedStatement extends KnownStatement {
  readonly envelope: Envelope
  readonly signature: string
}

/** Where a release must stand in the store. */
export interface Place {
  readonly ref: ProfileRef
  readonly sequence: number
}

export type StatementVerification =
  | { readonly ok: true; readonly signed: VerifiedStatement }
  | { readonly ok: false; readonly fault: EnvelopeFault; readonly reason: string }

/** What a value proves by itself, taken for hostile: that a trusted key signed a release, whichever that is. */
export function verifySigned(value: unknown, trusted: TrustedKeySet): StatementVerification {
  const verification = verifyEnvelope(value, trusted)
  if (!verification.ok) return verification
  const { body, envelope, keyId, sig } = verification
  const statement = readStatement(body)
  if (!statement) return { ok: false, fault: 'unreadable', reason: 'what was signed is not a release' }
  const digest = toReleaseDigest(body)
  return { ok: true, signed: { statement, digest, envelope, signingKeyId: keyId, signature: sig } }
}

/** What stands at a place, taken for hostile; `signature_invalid` unless a trusted key signed it for that very place. */
export function verifyStatement(place: Place, value: JsonValue, trusted: TrustedKeySet): VerifiedStatement {
  const verification = verifySigned(value, trusted)
  if (!verification.ok) throw distrusted(releaseAt(place), verification.reason)
  const { signed } = verification
  if (isAt(signed.statement, place)) return signed
  throw distrusted(releaseAt(place), `what was signed is ${releaseAt(placeOf(signed.statement))}`)
}

/**
 * The release before the one at a place. The link is a digest in a signed statement, so what it leads to needs neither a signature nor
 * a key that is still trusted.
 */
export function followLink(place: Place, digest: string, value: JsonValue | undefined): Statement {
  const body = decodeEnvelope(value)?.body
  const previous = body && toReleaseDigest(body) === digest ? readStatement(body) : undefined
  if (!previous) throw brokenLink(place)
  return previous
}

/** Neighbours in ascending order: each must be linked to the one before it. */
export function checkLinks(statements: readonly KnownStatement[]): void {
  for (const [index, { statement }] of statements.entries()) {
    const before = statements[index - 1]
    if (before && statement.previousRelease !== before.digest) throw brokenLink(placeOf(statement))
  }
}

export function missing(place: Place): OrchestrationError {
  return distrusted(releaseAt(place), 'it is missing from the store, though later ones have been made')
}

export function releaseAt({ ref, sequence }: Place): string {
  return `Release ${sequence} of ${nameOf(ref)}`
}

function brokenLink(place: Place): OrchestrationError {
  return distrusted(
    releaseAt(place),
    `release ${place.sequence - 1} in the store is not the one that it follows`,
  )
}

function placeOf(statement: Statement): Place {
  return { ref: statement, sequence: statement.sequence }
}

function isAt({ clientId, profileId, sequence }: Statement, place: Place): boolean {
  return clientId === place.ref.clientId && profileId === place.ref.profileId && sequence === place.sequence
}
