import { invalidValue } from '../errors.ts'
import { isObject, type Members, quote } from '../json.ts'
import { readKeySet } from '../keys/key-set.ts'
import { isId, type Payload, type ProfileRef } from '../vocabulary.ts'
import { fromText, isArtifactText } from './artifact.ts'
import { toCanonical } from './canonical.ts'
import { decodeEnvelope } from './envelope.ts'
import { isDigest, isSequence } from './json-guards.ts'
import { countServers } from './payload.ts'
import { nameOf } from './release.ts'
import type { Statement } from './statement.ts'
import type { VerificationFailure } from './verification-failures.ts'
import { type StatementVerification, type VerifiedStatement, verifySigned } from './verified-statement.ts'

/** Whose signatures count, and which release it must be. */
export interface VerifyReleaseOptions {
  /** A JWK set (RFC 7517, section 5) of the publisher's public keys, as `/.well-known/jwks.json` answers it. */
  readonly keys: unknown
  /** The client that it must be for. Default: any. */
  readonly clientId?: string
  /** The profile that it must be for. Default: any. */
  readonly profileId?: string
  /** The lowest sequence that is accepted: whoever remembers the last one notices when an older release is passed off. Default: 1. */
  readonly minSequence?: number
}

/** What was signed; every value is taken from the signed bytes, none from what stands beside them. */
export interface VerifiedRelease extends ProfileRef {
  /** SHA-256 in hex of the payload's canonical bytes (RFC 8785). */
  readonly artifactId: string
  readonly sequence: number
  /** ISO 8601, by the publisher's clock. */
  readonly createdAt: string
  readonly changelog: string | null
  /** SHA-256 in hex of this release's statement: the next one names it as its `previousRelease`. */
  readonly releaseDigest: string
  /** The `releaseDigest` of the release before it; null for the first. */
  readonly previousRelease: string | null
  /** Frozen. */
  readonly payload: Payload
  /** The RFC 7638 thumbprint of the key that the signature was verified with. */
  readonly signingKeyId: string
}

/** A release that holds, or the first check that it failed with a sentence for people. */
export type ReleaseVerification =
  | { readonly ok: true; readonly release: VerifiedRelease }
  | { readonly ok: false; readonly failure: VerificationFailure; readonly message: string }

type Expectations = Omit<VerifyReleaseOptions, 'keys'>

/**
 * Verifies what `get_config` answered, with nothing but the publisher's public keys: no home, no store, no network. The key set is looked
 * at first, then the signature, the payload, the fields beside it, and last what is expected. `metadata.previous_artifact_id` and
 * `history` aren't part of what was signed. Read what you use from `release`.
 *
 * A check that fails is an answer. `invalid_request` is thrown for an expectation that could never be met, or that is undefined though
 * it is there, which would check nothing.
 *
 * @example
 * const verification = verifyRelease(answer, { keys: jwks, clientId: 'cursor', profileId: 'default', minSequence: 7 })
 * if (!verification.ok) throw new Error(`${verification.failure}: ${verification.message}`)
 * console.log(verification.release.payload)
 */
export function verifyRelease(
  answer: unknown,
  { keys, ...expected }: VerifyReleaseOptions,
): ReleaseVerification {
  refuseMeaningless(expected)
  const trusted = readKeySet(keys)
  if (!trusted.ok) return refused('key_set_unusable', `The key set can't be used: ${trusted.reason}.`)
  if (!isObject(answer)) return refused('not_a_release', 'It is not the answer of get_config.')
  const verification = verifySigned(answer.envelope, trusted.keys)
  if (!verification.ok) return refuseSigned(answer.envelope, verification)
  const { signed } = verification
  if (!isNamed(signed.statement))
    return refused('not_a_release', 'What was signed names no client and profile.')
  const content = readContent(answer.payload, signed.statement)
  if (!content.ok) return content
  return (
    checkClaims(toClaims(answer, signed, content.payload)) ??
    checkExpected(signed.statement, expected) ?? { ok: true, release: toRelease(signed, content.payload) }
  )
}

type Refusal = Extract<ReleaseVerification, { readonly ok: false }>

/** Undefined counts as no expectation only where it isn't written down: a variable that was never set must not switch a check off. */
function refuseMeaningless(expected: Expectations): void {
  const { clientId, profileId, minSequence } = expected
  if ('clientId' in expected && !isIdValue(clientId)) throw meaningless('clientId', clientId)
  if ('profileId' in expected && !isIdValue(profileId)) throw meaningless('profileId', profileId)
  if ('minSequence' in expected && !isSequence(minSequence)) throw meaningless('minSequence', minSequence)
}

function isIdValue(value: unknown): boolean {
  return typeof value === 'string' && isId(value)
}

function meaningless(name: keyof Expectations, value: unknown): Error {
  const message = `No release could ever have the ${name} ${quote(value)}. Leave it out if any will do.`
  return invalidValue(`/${name}`, message)
}

function refuseSigned(
  envelope: unknown,
  { fault, reason }: Extract<StatementVerification, { readonly ok: false }>,
): Refusal {
  if (fault === 'unreadable') return refused('not_a_release', `There is no signed release in it: ${reason}.`)
  const signers = decodeEnvelope(envelope)?.envelope.signatures.map(({ keyid }) => quote(keyid)) ?? []
  const named = signers.length > 0 ? `it names ${signers.join(', ')}` : 'it has no signature'
  return refused(fault, `It can't be trusted: ${reason} (${named}).`)
}

/** A key may be trusted and its holder not careful: what is printed and compared further on is at least an id. */
function isNamed({ clientId, profileId }: ProfileRef): boolean {
  return isId(clientId) && isId(profileId)
}

type Content = { readonly ok: true; readonly payload: Payload } | Refusal

/** The payload as it is in the canonical bytes, which are what was signed. */
function readContent(value: unknown, { artifactId }: Statement): Content {
  const canonical = toCanonical(value)
  if (!canonical.ok || !isArtifactText(canonical.text, artifactId))
    return refused('payload_mismatch', `The payload isn't the artifact ${artifactId} that was signed.`)
  const artifact = fromText(canonical.text, artifactId)
  if (!artifact) return refused('not_a_release', 'What was signed is not a configuration.')
  return { ok: true, payload: artifact.payload }
}

/** A field of the answer that repeats what was signed: where it stands, what it says, what it must say. */
type Claim = readonly [pointer: string, said: unknown, signed: unknown]

function toClaims(answer: Members, signed: VerifiedStatement, payload: Payload): readonly Claim[] {
  const { statement } = signed
  const metadata = isObject(answer.metadata) ? answer.metadata : {}
  return [
    ['/artifact_id', answer.artifact_id, statement.artifactId],
    ['/client_id', answer.client_id, statement.clientId],
    ['/profile_id', answer.profile_id, statement.profileId],
    ['/created_at', answer.created_at, statement.createdAt],
    ['/signature', answer.signature, signed.signature],
    ['/signing_key_id', answer.signing_key_id, signed.signingKeyId],
    ['/metadata/changelog', metadata.changelog, statement.changelog],
    ['/metadata/server_count', metadata.server_count, countServers(payload)],
    ['/metadata/sequence', metadata.sequence, statement.sequence],
    ['/metadata/previous_artifact_id', metadata.previous_artifact_id, previousOf(metadata, statement)],
  ]
}

/** Of the artifact before, only whether there is one was signed: the statement names the release before by its own digest. */
function previousOf({ previous_artifact_id: said }: Members, { previousRelease }: Statement): unknown {
  if (previousRelease === null) return null
  return isDigest(said) ? said : 'the id of an artifact'
}

function checkClaims(claims: readonly Claim[]): Refusal | undefined {
  const lie = claims.find(([, said, signed]) => said !== signed)
  if (!lie) return undefined
  const [pointer, said, signed] = lie
  return refused(
    'statement_mismatch',
    `"${pointer}" is ${show(said)}; by what was signed it is ${show(signed)}.`,
  )
}

/** Only plain values are shown: anything else may be too deep to be written, and is never right. */
function show(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'an object or a list' : quote(value)
}

function checkExpected(statement: Statement, expected: Expectations): Refusal | undefined {
  const { clientId, profileId, sequence } = statement
  const release = `It is release ${sequence} of ${nameOf(statement)}`
  if (clientId !== (expected.clientId ?? clientId))
    return refused('wrong_client', `${release}, not of the client ${quote(expected.clientId)}.`)
  if (profileId !== (expected.profileId ?? profileId))
    return refused('wrong_profile', `${release}, not of the profile ${quote(expected.profileId)}.`)
  if (sequence < (expected.minSequence ?? sequence))
    return refused('sequence_too_old', `${release}, older than release ${expected.minSequence}.`)
  return undefined
}

function toRelease(
  { statement, digest, signingKeyId }: VerifiedStatement,
  payload: Payload,
): VerifiedRelease {
  return { ...statement, releaseDigest: digest, payload, signingKeyId }
}

function refused(failure: VerificationFailure, message: string): Refusal {
  return { ok: false, failure, message }
}
