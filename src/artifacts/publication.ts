import { draftKey } from '../drafts/draft.ts'
import type { Draft, Drafts, Expectation, Validation } from '../drafts/drafts.ts'
import { wrongRevision } from '../drafts/refusals.ts'
import { type Finding, invalidValue, OrchestrationError } from '../errors.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import type { Change, Condition, Entry, Store } from '../store/store.ts'
import { type Decision, updateEntry } from '../store/update.ts'
import type { ProfileRef } from '../vocabulary.ts'
import { type Artifact, toArtifact } from './artifact.ts'
import { signEnvelope } from './envelope.ts'
import { countServers } from './payload.ts'
import { distrusted, nameOf, type Release, toSummary } from './release.ts'
import { readHead } from './release-index.ts'
import type { ReleaseReader } from './release-reader.ts'
import { type Statement, toReleaseDigest, writeStatement } from './statement.ts'
import { artifactKey, headKey, newestKey, releaseKey } from './store-keys.ts'
import { loadArtifact } from './stored-artifact.ts'
import type { KnownStatement } from './verified-statement.ts'

export interface Published {
  /** `unchanged` = the latest release already says just this. */
  readonly status: 'published' | 'unchanged'
  readonly release: Release
}

export interface PublicationRequest extends Expectation {
  readonly changelog: string | null
}

export interface PublicationPorts {
  readonly store: Store
  readonly drafts: Pick<Drafts, 'validate'>
  readonly keys: SigningKeys
  readonly reader: ReleaseReader
  readonly clock: () => Date
}

/**
 * Validates the draft, signs, and commits artifact, release, index and head at once. All of it is decided anew when another process
 * was first, so sequences have no gaps and a later publish never carries an older draft than an earlier one.
 */
export async function publish(
  ports: PublicationPorts,
  ref: ProfileRef,
  request: PublicationRequest,
): Promise<Published> {
  const { result, revision } = await updateEntry(ports.store, headKey(ref), (entry) =>
    decide(ports, ref, request, entry),
  )
  const { signed, ...published } = result
  if (signed && revision !== undefined) ports.reader.keep(signed, revision)
  return published
}

interface Decided extends Published {
  /** What a new release says. */
  readonly signed?: KnownStatement
}

async function decide(
  ports: PublicationPorts,
  ref: ProfileRef,
  { changelog, ...expectation }: PublicationRequest,
  entry: Entry | undefined,
): Promise<Decision<Decided>> {
  const validation = await ports.drafts.validate(ref)
  const conditions = toConditions(validation.draft, expectation)
  const artifact = fromDraft(validation)
  const latest =
    entry && (await ports.reader.statement({ ref, sequence: readHead(ref, entry.value).sequence }))
  if (latest && isSame(latest.statement, artifact, changelog)) {
    const release = await ports.reader.release({ ref, sequence: latest.statement.sequence })
    return { result: { status: 'unchanged', release } }
  }
  const { release, signed } = await sign(ports, ref, changelog, artifact, latest)
  await checkPlaceIsFree(ports.store, release, entry)
  const change = await toChange(ports.store, release, artifact)
  const result = { status: 'published', release, signed } as const
  return { change: { ...change, if: [...(change.if ?? []), ...conditions] }, result }
}

/** That the draft is still the one that was expected, now and when the release is committed. */
function toConditions(draft: Draft, { expectedRevision }: Expectation): readonly Condition[] {
  if (expectedRevision === undefined) return []
  if (draft.revision !== expectedRevision) throw wrongRevision(draft, draft.revision, expectedRevision)
  return [{ key: draftKey(draft), revision: draft.revision }]
}

function fromDraft({ draft, valid, errors }: Validation): Artifact {
  if (!valid) throw invalidDraft(draft, errors)
  const attempt = toArtifact(draft.payload)
  if (attempt.ok) return attempt.artifact
  throw invalidDraft(draft, [{ code: 'invalid_payload', pointer: '', message: `${attempt.reason}.` }])
}

function isSame(latest: Statement, { artifactId }: Artifact, changelog: string | null): boolean {
  return latest.artifactId === artifactId && latest.changelog === changelog
}

async function sign(
  { keys, clock }: PublicationPorts,
  ref: ProfileRef,
  changelog: string | null,
  { artifactId, payload }: Artifact,
  latest: KnownStatement | undefined,
): Promise<{ readonly release: Release; readonly signed: KnownStatement }> {
  const { clientId, profileId } = ref
  const sequence = (latest?.statement.sequence ?? 0) + 1
  const said = { clientId, profileId, artifactId, sequence, createdAt: clock().toISOString(), changelog }
  const statement = { ...said, previousRelease: latest?.digest ?? null }
  const written = writeStatement(statement)
  if (!written.ok) throw invalidChangelog(written.reason)
  const body = Buffer.from(written.text)
  const signer = await keys.signer()
  const envelope = signEnvelope(body, signer)
  const release = {
    ...said,
    previousArtifactId: latest?.statement.artifactId ?? null,
    payload,
    serverCount: countServers(payload),
    envelope,
    signingKeyId: signer.keyId,
    signature: envelope.signatures[0]?.sig ?? '',
  }
  return { release, signed: { statement, digest: toReleaseDigest(body), signingKeyId: signer.keyId } }
}

/**
 * A release after the head's is there only if the head was put back, or if another process has just published: then the head has
 * changed too, and the commit will fail and all be decided anew.
 */
async function checkPlaceIsFree(store: Store, release: Release, head: Entry | undefined): Promise<void> {
  if ((await store.get(releaseKey(release, release.sequence))) === undefined) return
  const now = await store.get(headKey(release))
  if (now?.revision !== head?.revision) return
  throw distrusted(
    `The head record of ${nameOf(release)}`,
    `there is a release ${release.sequence} that it doesn't know`,
  )
}

/** An artifact that is there already is looked at and left alone. */
async function toChange(store: Store, release: Release, { artifactId, text }: Artifact): Promise<Change> {
  const existing = await loadArtifact(store, artifactId)
  const key = releaseKey(release, release.sequence)
  return {
    if: [
      { key, revision: 0 },
      { key: artifactKey(artifactId), revision: existing?.revision ?? 0 },
    ],
    put: {
      ...(existing ? {} : { [artifactKey(artifactId)]: text }),
      [key]: { ...release.envelope },
      [newestKey(release, artifactId)]: release.sequence,
      [headKey(release)]: { ...toSummary(release) },
    },
  }
}

function invalidDraft(ref: ProfileRef, findings: readonly Finding[]): OrchestrationError {
  const errors = findings.map(({ code, pointer, message }) => ({ code, pointer, message }))
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new OrchestrationError(
    'validation_failed',
    `The draft of ${nameOf(ref)} can't be published: ${first?.message}${more} Mend it, then publish again.`,
    { errors },
  )
}

function invalidChangelog(reason: string): OrchestrationError {
  const message = `The changelog can't be signed: ${reason}. Send well-formed Unicode.`
  return invalidValue('/changelog', message)
}
