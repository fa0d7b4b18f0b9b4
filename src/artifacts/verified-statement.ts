import type { OrchestrationError } from '../errors.ts'
import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { JsonValue, ProfileRef } from '../vocabulary.ts'
import { decodeEnvelope, type Envelope, verifyEnvelope } from './envelope.ts'
import { distrusted, nameOf } from './release.ts'
import { readStatement, type Statement, toReleaseDigest } from './statement.ts'

/** A release's statement whose signature, client, profile and sequence are right. */
export interface VerifiedStatement {
  readonly statement: Statement
  /** How the next release refers to it. */
  readonly digest: string
  readonly envelope: Envelope
  readonly signingKeyId: string
  readonly signature: string
}

/** Where a release must stand in the store. */
export interface Place {
  readonly ref: ProfileRef
  readonly sequence: number
}

/** What stands at a place, taken for hostile; `signature_invalid` unless a trusted key signed it for that very place. */
export function verifyStatement(place: Place, value: JsonValue, trusted: TrustedKeySet): VerifiedStatement {
  const verification = verifyEnvelope(value, trusted)
  if (!verification.ok) throw distrusted(releaseAt(place), verification.reason)
  const { body, envelope, keyId, sig } = verification
  const statement = readStatement(body)
  if (!statement) throw distrusted(releaseAt(place), 'what was signed is not a release')
  if (!isAt(statement, place))
    throw distrusted(releaseAt(place), `what was signed is ${releaseAt(placeOf(statement))}`)
  return { statement, digest: toReleaseDigest(body), envelope, signingKeyId: keyId, signature: sig }
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
export function checkLinks(statements: readonly VerifiedStatement[]): void {
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
