import type { Drafts } from '../drafts/drafts.ts'
import type { Page } from '../store/store.ts'
import type { ReleaseSummary, Releases } from './releases.ts'

/** A configuration of a client that has a draft, a release, or both. */
export interface Profile {
  readonly profileId: string
  readonly latest: ReleaseSummary | null
  /** When the draft or the release last changed. ISO 8601. */
  readonly updatedAt: string
}

/** The profiles of a client, by id. */
export type Profiles = (clientId: string, page?: Page) => Promise<readonly Profile[]>

export interface ProfilesOptions {
  readonly drafts: Pick<Drafts, 'list'>
  readonly releases: Pick<Releases, 'list'>
}

export function createProfiles({ drafts, releases }: ProfilesOptions): Profiles {
  return async (clientId, page = {}) => {
    const [begun, published] = await Promise.all([drafts.list(clientId, page), releases.list(clientId, page)])
    const drafted = new Map(begun.map(({ profileId, updatedAt }) => [profileId, updatedAt]))
    const released = new Map(published.map(({ profileId, ...summary }) => [profileId, summary]))
    const ids = [...new Set([...drafted.keys(), ...released.keys()])].sort()
    return ids
      .slice(0, page.limit)
      .map((profileId) => toProfile(profileId, drafted.get(profileId), released.get(profileId)))
  }
}

function toProfile(
  profileId: string,
  draftedAt: string | undefined,
  latest: ReleaseSummary | undefined,
): Profile {
  const updatedAt = [draftedAt ?? '', latest?.createdAt ?? ''].sort().at(-1) ?? ''
  return { profileId, latest: latest ?? null, updatedAt }
}
