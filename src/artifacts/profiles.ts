import type { Drafts, ProfilePage } from '../drafts/drafts.ts'
import type { Limits } from '../vocabulary.ts'
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
  readonly drafts: Pick<Drafts, 'list' | 'names'>
  readonly releases: Pick<Releases, 'list' | 'names'>
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
      const [begun, published] = await Promise.all([drafts.names(limits), releases.names(limits)])
      const byClient = Map.groupBy(toOrder([...begun, ...published]), toClientId)
      return new Map(Array.from(byClient, ([clientId, names]) => [clientId, names.map(toProfileId)]))
    },
  }
}

function toOrder(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort()
}

/** Of a name, `client/profile`. */
function toClientId(name: string): string {
  return name.slice(0, name.indexOf('/'))
}

function toProfileId(name: string): string {
  return name.slice(name.indexOf('/') + 1)
}

function toProfile(
  profileId: string,
  draftedAt: string | undefined,
  latest: ReleaseSummary | undefined,
): Profile {
  const updatedAt = [draftedAt ?? '', latest?.createdAt ?? ''].sort().at(-1) ?? ''
  return { profileId, latest: latest ?? null, updatedAt }
}
