import type { Drafts, Expectation, ProfilePage } from '../drafts/drafts.ts'
import { clientNotFound, OrchestrationError } from '../errors.ts'
import type { SigningKeys } from '../keys/signing-keys.ts'
import type { Store } from '../store/store.ts'
import { isId, type Limits, type Payload, type ProfileRef } from '../vocabulary.ts'
import { type Artifact, toArtifact } from './artifact.ts'
import { type Comparison, toComparison } from './comparison.ts'
import { isDigest } from './json-guards.ts'
import { type Published, publish } from './publication.ts'
import { type Release, type ReleaseSummary, toSummary } from './release.ts'
import { createReleaseFinder, type ReleaseFinder, type ReleaseSelector } from './release-finder.ts'
import { checkHead, createReleaseIndex, type ProfileHead, type ReleaseIndex } from './release-index.ts'
import { createReleaseReader, type ReleaseReader } from './release-reader.ts'
import { loadArtifact } from './stored-artifact.ts'

export type { Comparison } from './comparison.ts'
export type { Published } from './publication.ts'
export type { Release, ReleaseSummary } from './release.ts'
export type { ReleaseSelector } from './release-finder.ts'

export interface Releases {
  /**
   * Makes the draft a signed release, or answers `unchanged`. `client_not_found`, `profile_not_found` without a draft,
   * `validation_failed` with every finding, `signing_key_missing`, `precondition_failed` when the draft isn't as expected.
   */
  publish(ref: ProfileRef, options?: PublishOptions): Promise<Published>
  /**
   * The latest unless told. `client_not_found`, `profile_not_found` (neither draft nor release), `nothing_published`,
   * `artifact_not_found`; `invalid_request` when the two selectors don't agree.
   */
  get(ref: ProfileRef, selector?: ReleaseSelector): Promise<Release>
  /** The latest, verified, without its payload; undefined when nothing is published. */
  summary(ref: ProfileRef): Promise<ReleaseSummary | undefined>
  /** Verified, newest first, only sequences below `before`. The same errors as `get`. */
  history(ref: ProfileRef, page: HistoryPage): Promise<readonly ReleaseSummary[]>
  /** Each profile's latest, verified, by profile id; `after` is a profile id. */
  list(clientId: string, page?: ProfilePage): Promise<readonly ProfileHead[]>
  /**
   * The profiles that have a release, within the limits, each as `client/profile`; their releases aren't looked at, so none of them stands
   * in the way.
   */
  names(limits: Limits | null): Promise<readonly string[]>
  /** How the latest release differs from what one has. The errors of `get`; `artifact_not_found` also for an unknown local id. */
  compare(ref: ProfileRef, local: Local): Promise<Comparison>
}

export interface PublishOptions extends Expectation {
  readonly changelog?: string
}

export interface HistoryPage {
  readonly limit: number
  readonly before?: number
}

export type Local = { readonly payload: Payload } | { readonly artifactId: string }

export interface ReleasesOptions {
  readonly store: Store
  readonly drafts: Pick<Drafts, 'find' | 'validate'>
  readonly keys: SigningKeys
  readonly clock: () => Date
}

interface Context {
  readonly store: Store
  readonly index: ReleaseIndex
  readonly finder: ReleaseFinder
  readonly reader: ReleaseReader
}

export function createReleases(options: ReleasesOptions): Releases {
  const { store, drafts, keys } = options
  const index = createReleaseIndex(store)
  const reader = createReleaseReader(store, keys)
  const finder = createReleaseFinder({ index, reader, drafts })
  const context = { store, index, finder, reader }
  return {
    publish: async (ref, request = {}) =>
      await publish({ ...options, reader }, checked(ref), {
        ...request,
        changelog: request.changelog ?? null,
      }),
    get: async (ref, selector = {}) => await finder.get(checked(ref), selector),
    summary: async (ref) => await summary(context, checked(ref)),
    history: async (ref, page) => await history(context, checked(ref), page),
    list: async (clientId, page) => await list(context, checkedClient(clientId), page),
    names: index.names,
    compare: async (ref, local) => await compare(context, checked(ref), local),
  }
}

async function summary({ index, reader }: Context, ref: ProfileRef): Promise<ReleaseSummary | undefined> {
  const head = await index.head(ref)
  if (head) await confirm(reader, [{ ref, head }])
  return head
}

async function list(
  { index, reader }: Context,
  clientId: string,
  page?: ProfilePage,
): Promise<readonly ProfileHead[]> {
  const heads = await index.heads(clientId, page)
  await confirm(
    reader,
    heads.map((head) => ({ ref: { clientId, profileId: head.profileId }, head })),
  )
  return heads
}

/** That the heads say what the signed statements say which they lead to. */
async function confirm(
  reader: ReleaseReader,
  claims: readonly { readonly ref: ProfileRef; readonly head: ReleaseSummary }[],
): Promise<void> {
  const found = await reader.statementsAt(claims.map(({ ref, head }) => ({ ref, sequence: head.sequence })))
  for (const [place, { ref, head }] of claims.entries()) checkHead(ref, head, found[place]?.statement)
}

async function history(
  { finder, reader }: Context,
  ref: ProfileRef,
  { limit, before = Number.POSITIVE_INFINITY }: HistoryPage,
): Promise<readonly ReleaseSummary[]> {
  const head = await finder.head(ref)
  const last = Math.min(head.sequence, before - 1)
  const first = Math.max(1, last - limit + 1)
  if (last < first) return []
  const found = await reader.statements(ref, first, last)
  const summaries = found.map(({ statement }) => toSummary(statement)).reverse()
  if (last === head.sequence) checkHead(ref, head, summaries[0])
  return summaries
}

async function compare({ store, finder }: Context, ref: ProfileRef, local: Local): Promise<Comparison> {
  const latest = await finder.get(ref, {})
  const mine: Pick<Artifact, 'artifactId'> & Partial<Artifact> =
    'payload' in local ? readLocal(local.payload) : local
  const { artifactId } = mine
  const released = await finder.newestWith(ref, artifactId)
  const payload = mine.payload ?? released?.payload ?? (await loadLocal(store, artifactId)).payload
  return toComparison({ ref, local: { artifactId, payload }, latest, localSequence: released?.sequence })
}

async function loadLocal(store: Store, artifactId: string): Promise<Artifact> {
  const artifact = isDigest(artifactId) ? await loadArtifact(store, artifactId) : undefined
  if (artifact) return artifact
  throw new OrchestrationError(
    'artifact_not_found',
    `There is no artifact "${artifactId}" here. Send the configuration itself as local_payload.`,
  )
}

function readLocal(payload: Payload): Artifact {
  const attempt = toArtifact(payload)
  if (attempt.ok) return attempt.artifact
  throw invalid('/local_payload', `The local payload can't be compared: ${attempt.reason}.`)
}

function checked(ref: ProfileRef): ProfileRef {
  checkedClient(ref.clientId)
  if (isId(ref.profileId)) return ref
  throw invalid(
    '/profile_id',
    `"${ref.profileId}" can't be the id of a profile. An id looks like "dev" or "team-a".`,
  )
}

function checkedClient(clientId: string): string {
  if (isId(clientId)) return clientId
  throw clientNotFound(clientId)
}

function invalid(pointer: string, message: string): OrchestrationError {
  return new OrchestrationError('invalid_request', message, {
    errors: [{ code: 'invalid_value', pointer, message }],
  })
}
