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

export interface Profiles {
  /** The profiles of a client, by id. `signature_invalid` when the latest release of one isn't what was signed. */
  list(clientId: string, page?: Page): Promise<readonly Profile[]>
  /** Only their ids, which a damaged release doesn't hide. */
  ids(clientId: string): Promise<readonly string[]>
}

export interface ProfilesOptions {
  readonly drafts: Pick<Drafts, 'list'>
  readonly releases: Pick<Releases, 'list' | 'profileIds'>
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
      return merge(drafted.keys(), released.keys())
        .slice(0, page.limit)
        .map((profileId) => toProfile(profileId, drafted.get(profileId), released.get(profileId)))
    },
    async ids(clientId) {
      const [begun, published] = await Promise.all([drafts.list(clientId), releases.profileIds(clientId)])
      return merge(
        begun.map(({ profileId }) => profileId),
        published,
      )
    },
  }
}

function merge(drafted: Iterable<string>, released: Iterable<string>): readonly string[] {
  return [...new Set([...drafted, ...released])].sort()
}

function toProfile(
  profileId: string,
  draftedAt: string | undefined,
  latest: ReleaseSummary | undefined,
): Profile {
  const updatedAt = [draftedAt ?? '', latest?.createdAt ?? ''].sort().at(-1) ?? ''
  return { profileId, latest: latest ?? null, updatedAt }
}
