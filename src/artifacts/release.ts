import { OrchestrationError } from '../errors.ts'
import { isObject } from '../json.ts'
import type { Payload, ProfileRef } from '../vocabulary.ts'
import type { Envelope } from './envelope.ts'
import { isDigest, isSequence, isStringOrNull } from './json-guards.ts'

/** A verified release with its artifact's payload. */
export interface Release extends ProfileRef, ReleaseSummary {
  /** The artifact of the release before this one; null for the first. */
  readonly previousArtifactId: string | null
  readonly payload: Payload
  readonly serverCount: number
  readonly envelope: Envelope
  /** The key that the signature was verified with. */
  readonly signingKeyId: string
  /** The signature by that key, as it stands in the envelope. */
  readonly signature: string
}

export interface ReleaseSummary {
  /** From 1, without gaps, for each client and profile. */
  readonly sequence: number
  readonly artifactId: string
  /** ISO 8601. */
  readonly createdAt: string
  readonly changelog: string | null
}

export function toSummary({ sequence, artifactId, createdAt, changelog }: ReleaseSummary): ReleaseSummary {
  return { sequence, artifactId, createdAt, changelog }
}

/** The head record of a profile out of the store: not signed, so it only says where to look. */
export function readSummary(value: unknown): ReleaseSummary | undefined {
  if (!isObject(value)) return undefined
  const { sequence, artifactId, createdAt, changelog } = value
  if (!isSequence(sequence) || !isDigest(artifactId)) return undefined
  if (typeof createdAt !== 'string' || !isStringOrNull(changelog)) return undefined
  return { sequence, artifactId, createdAt, changelog }
}

export function isSameSummary(a: ReleaseSummary, b: ReleaseSummary): boolean {
  const isSameRelease = a.sequence === b.sequence && a.artifactId === b.artifactId
  return isSameRelease && a.createdAt === b.createdAt && a.changelog === b.changelog
}

/** `claude-desktop/default`, as sentences call it. */
export function nameOf({ clientId, profileId }: ProfileRef): string {
  return `${clientId}/${profileId}`
}

/** `signature_invalid`: what the store says of a profile isn't vouched for by a key that is trusted here. */
export function distrusted(what: string, reason: string): OrchestrationError {
  return new OrchestrationError(
    'signature_invalid',
    `${what} can't be trusted: ${reason}. Restore the store from a backup, or put the signer's public key back among the trusted keys.`,
  )
}
