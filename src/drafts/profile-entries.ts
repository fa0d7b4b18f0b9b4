import { type Entry, listKeys, type Page, type Store } from '../store/store.ts'
import type { Limits } from '../vocabulary.ts'

/**
 * What a room of the store keeps for each profile, under `<room>/<client>/<profile>`. Ids hold no slash, so no two of these can be the
 * same key.
 */

/** Which of a client's profiles; by profile id, `after` one. */
export interface ProfilePage extends Page {
  /** Only these, as far as there are any; all of them by default. */
  readonly only?: readonly string[]
}

/** One client's entries under `prefix`, which ends in its id and a slash. What is not asked for isn't read. */
export async function listEntries(
  store: Store,
  prefix: string,
  { only, after, ...page }: ProfilePage,
): Promise<readonly Entry[]> {
  if (!only)
    return await store.list(prefix, { ...page, ...(after !== undefined && { after: prefix + after }) })
  const wanted = only.filter((profileId) => after === undefined || profileId > after).sort()
  const found = await Promise.all(wanted.map((profileId) => store.get(prefix + profileId)))
  return found.flatMap((entry) => entry ?? []).slice(0, page.limit)
}

/** The profiles that have an entry in the room, within the limits, each as `client/profile`; only keys are read. */
export async function listNames(
  store: Store,
  room: string,
  limits: Limits | null,
): Promise<readonly string[]> {
  const keys = limits ? await listKeysWithin(store, room, limits) : await listKeys(store, `${room}/`)
  return keys.map((key) => key.slice(room.length + 1))
}

async function listKeysWithin(store: Store, room: string, limits: Limits): Promise<readonly string[]> {
  const keys = await Promise.all([
    ...limits.clients.map((clientId) => listKeys(store, `${room}/${clientId}/`)),
    ...limits.profiles.map((profile) => listKey(store, `${room}/${profile}`)),
  ])
  return keys.flat()
}

async function listKey(store: Store, key: string): Promise<readonly string[]> {
  return (await listKeys(store, key, { limit: 1 })).filter((each) => each === key)
}
