import { listEntries, listNames, type ProfilePage } from '../drafts/profile-entries.ts'
import type { Store } from '../store/store.ts'
import { isId, type JsonValue, type Limits, type ProfileRef } from '../vocabulary.ts'
import { isSequence } from './json-guards.ts'
import { distrusted, isSameSummary, nameOf, type ReleaseSummary, readSummary } from './release.ts'
import { fromHeadKey, headKey, headPrefix, headRoom, newestKey } from './store-keys.ts'

/** The records that say where to look. They aren't signed: what they lead to is, and must agree. */
export interface ReleaseIndex {
  head(ref: ProfileRef): Promise<ReleaseSummary | undefined>
  /** Of a client's profiles, by profile id; `after` is a profile id. */
  heads(clientId: string, page?: ProfilePage): Promise<readonly ProfileHead[]>
  /** Only which profiles within the limits have a head, whatever it says, each as `client/profile`. */
  names(limits: Limits | null): Promise<readonly string[]>
  /** The newest sequence that holds an artifact. */
  newestWith(ref: ProfileRef, artifactId: string): Promise<number | undefined>
}

export interface ProfileHead extends ReleaseSummary {
  readonly profileId: string
}

export function createReleaseIndex(store: Store): ReleaseIndex {
  return {
    async head(ref) {
      const entry = await store.get(headKey(ref))
      return entry && readHead(ref, entry.value)
    },
    async heads(clientId, page = {}) {
      const prefix = headPrefix(clientId)
      const entries = await listEntries(store, prefix, page)
      return entries.map(({ key, value }) => {
        const profileId = key.slice(prefix.length)
        return { profileId, ...readHead({ clientId, profileId }, value) }
      })
    },
    names: (limits) => listNames(store, headRoom, limits),
    async newestWith(ref, artifactId) {
      const entry = await store.get(newestKey(ref, artifactId))
      return entry && readNewest(ref, artifactId, entry.value)
    },
  }
}

export function readHead(ref: ProfileRef, value: JsonValue): ReleaseSummary {
  const head = readSummary(value)
  if (!head) throw distrusted(`The head record of ${nameOf(ref)}`, 'it is malformed')
  return head
}

/** A head must agree with the release that it leads to. */
export function checkHead(ref: ProfileRef, head: ReleaseSummary, release: ReleaseSummary | undefined): void {
  if (release && isSameSummary(head, release)) return
  throw distrusted(`The head record of ${nameOf(ref)}`, `release ${head.sequence} says otherwise of itself`)
}

/** What is told of a release that was published. */
export interface Publication extends ProfileRef {
  readonly artifactId: string
  readonly sequence: number
}

/** The publication that a write to the store was; undefined for any other write. It is a notice: what it names is verified when read. */
export function toPublication(key: string, value: JsonValue): Publication | undefined {
  const ref = fromHeadKey(key)
  const head = readSummary(value)
  if (!ref || !head || !isId(ref.clientId) || !isId(ref.profileId)) return undefined
  return { ...ref, artifactId: head.artifactId, sequence: head.sequence }
}

function readNewest(ref: ProfileRef, artifactId: string, value: JsonValue): number {
  if (!isSequence(value))
    throw distrusted(`The index record of ${artifactId} in ${nameOf(ref)}`, 'it is malformed')
  return value
}
