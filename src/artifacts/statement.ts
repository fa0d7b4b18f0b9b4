import { isObject } from '../json.ts'
import type { ProfileRef } from '../vocabulary.ts'
import { type Canonical, sha256Hex, toCanonical } from './canonical.ts'
import { isDigest, isSequence, isStringOrNull } from './json-guards.ts'

/** What a release says and signs. */
export interface Statement extends ProfileRef {
  readonly artifactId: string
  readonly sequence: number
  /** SHA-256 in hex of the previous release's statement; null for the first. */
  readonly previousRelease: string | null
  /** ISO 8601 in UTC with milliseconds. */
  readonly createdAt: string
  readonly changelog: string | null
}

/** in-toto attestation framework v1, spec/v1/statement.md. */
const statementType = 'https://in-toto.io/Statement/v1'

/**
 * The type of our predicate: `{ client_id, profile_id, sequence, previous_release, created_at, changelog }`. A name and no address, as
 * in-toto allows (spec/v1/field_types.md, TypeURI): nobody can take over the host of a URN. A change that an older reader would
 * misread gets `v2`.
 */
const releasePredicateType = 'urn:mcp-orchestration:release:v1'

/** The statement's text; refused when the changelog isn't well-formed Unicode. Its only form is the canonical one (RFC 8785). */
export function writeStatement(statement: Statement): Canonical {
  return toCanonical({
    _type: statementType,
    subject: [
      { name: `${statement.clientId}/${statement.profileId}`, digest: { sha256: statement.artifactId } },
    ],
    predicateType: releasePredicateType,
    predicate: {
      client_id: statement.clientId,
      profile_id: statement.profileId,
      sequence: statement.sequence,
      previous_release: statement.previousRelease,
      created_at: statement.createdAt,
      changelog: statement.changelog,
    },
  })
}

/** Undefined when the bytes are not a statement of ours. Unknown members are ignored, as in-toto asks (spec/v1/README.md). */
export function readStatement(bytes: Uint8Array): Statement | undefined {
  const value = parse(bytes)
  if (!isObject(value) || value._type !== statementType || value.predicateType !== releasePredicateType)
    return undefined
  const artifactId = readSubject(value.subject)
  return artifactId === undefined ? undefined : readPredicate(value.predicate, artifactId)
}

/** How the next release refers to this one. */
export function toReleaseDigest(statementBytes: Uint8Array): string {
  return sha256Hex(statementBytes)
}

function readSubject(subject: unknown): string | undefined {
  if (!Array.isArray(subject) || subject.length !== 1) return undefined
  const [only]: unknown[] = subject
  if (!isObject(only) || !isObject(only.digest)) return undefined
  return isDigest(only.digest.sha256) ? only.digest.sha256 : undefined
}

function readPredicate(predicate: unknown, artifactId: string): Statement | undefined {
  if (!isObject(predicate)) return undefined
  const { client_id: clientId, profile_id: profileId, sequence, changelog } = predicate
  const { previous_release: previousRelease, created_at: createdAt } = predicate
  if (typeof clientId !== 'string' || typeof profileId !== 'string' || !isSequence(sequence)) return undefined
  if (!isPrevious(previousRelease, sequence) || !isTimestamp(createdAt) || !isStringOrNull(changelog))
    return undefined
  return { clientId, profileId, artifactId, sequence, previousRelease, createdAt, changelog }
}

/** Only the first release has none before it. */
function isPrevious(value: unknown, sequence: number): value is string | null {
  return sequence === 1 ? value === null : isDigest(value)
}

const timestampExpression = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

function isTimestamp(value: unknown): value is string {
  return typeof value === 'string' && timestampExpression.test(value)
}

/** The bytes as JSON, if they are in the canonical form: two members of one name, say, could be read in two ways. */
function parse(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    const canonical = toCanonical(value)
    return canonical.ok && canonical.text === text ? value : undefined
  } catch {
    return undefined
  }
}
