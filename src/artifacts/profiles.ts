import type { Drafts, ProfilePage } from '../drafts/drafts.ts'
import type { Limits, ProfileRef } from '../vocabulary.ts'
import type { ReleaseSummary, Releases } from './releases.ts'

/** A configuration of a client that has a draft, a release, or both. */
export interface Profile {
  readonly profileId: string
  readonly latest: ReleaseSummary | null
  /** When the draft or the release last changed. ISO 8601. */
  readonly updatedAt: string
}

export interface Profiles {
  /** The profiles of a client, by id. `signature_invalid` when the latest release of one isn't what was signed. */
  list(clientId: string, page?: ProfilePage): Promise<readonly Profile[]>
  /** The ids of all clients' profiles within the limits, by client id; a damaged draft or release hides none. */
  ids(limits: Limits | null): Promise<ReadonlyMap<string, readonly string[]>>
}

export interface ProfilesOptions {
  readonly drafts: Pick<Drafts, 'list' | 'refs'>
  readonly releases: Pick<Releases, 'list' | 'refs'>
}

export function createProfiles({ drafts, releases }: ProfilesOptions): Profiles {
  return {
    async list(clientId, page = {}) {
      const [begun, published] = await Promise.all([
        drafts.list(clientId, page),
        releases.list(clientId, page),
      ])
      const drafted = new Map(begun.map(({ profileId, updatedAt }) => [profileId, updatedAt]))
      const released = new Map(published.map(({ profileId, ...summary }) => [profileId, summary]))
      return toOrder([...drafted.keys(), ...released.keys()])
        .slice(0, page.limit)
        .map((profileId) => toProfile(profileId, drafted.get(profileId), released.get(profileId)))
    },
    async ids(limits) {
      const refs = await Promise.all([drafts.refs(limits), releases.refs(limits)])
      const byClient = Map.groupBy(refs.flat(), ({ clientId }) => clientId)
      return new Map(Array.from(byClient, ([clientId, of]) => [clientId, toOrder(of.map(toId))]))
    },
  }
}

function toOrder(profileIds: readonly string[]): readonly string[] {
  return [...new Set(profileIds)].sort()
}

function toId({ profileId }: ProfileRef): string {
  return profileId
}

function toProfile(
  profileId: string,
  draftedAt: string | undefined,
  latest: ReleaseSummary | undefined,
): Profile {
  const updatedAt = [draftedAt ?? '', latest?.createdAt ?? ''].sort().at(-1) ?? ''
  return { profileId, latest: latest ?? null, updatedAt }
}
