import { oneAtATime } from '../shared-work.ts'
import { type Change, type Entry, listKeys, type Store, type StoreEvent } from '../store/store.ts'
import { fromEntry, grantKey, grantPrefix } from './stored-token.ts'
import type { Grant } from './token.ts'

/**
 * Where a token stands among all, the oldest first; the id decides between equals. Each has its place as a key of its own, so that a
 * page of them is a look at so many keys. Every commit that writes or deletes a grant does so with its place.
 *
 * Earlier versions know of no places, and may be at work on the same store. So before the places are gone by, the store's history is
 * read, from where it was last found sound; what it shows to be missing, or to be left over, is mended. That a history is gone from which
 * it could be told counts as a gap.
 */
export interface TokenOrder {
  /** The first places after one; fewer than the limit only at the end. */
  places(limit: number, after?: string): Promise<readonly string[]>
}

export function createTokenOrder(store: Store): TokenOrder {
  /** Up to which revision no commit is known to have left a place out, and up to which that is written down. */
  let sound: number | undefined
  let written = 0
  const mendTogether = oneAtATime(mend)

  return {
    async places(limit, after = '') {
      if (await isSound())
        return (await listKeys(store, prefix, { after: prefix + after, limit })).map(toPlace)
      return (await mendTogether())
        .map(toPlace)
        .filter((place) => place > after)
        .sort()
        .slice(0, limit)
    },
  }

  async function isSound(): Promise<boolean> {
    const head = await store.revision()
    if (sound === undefined) written = toRevision(await store.get(markKey))
    if (!(await hasKeptOrder(store, sound ?? written, head))) return false
    await found(head)
    return true
  }

  /** Written down now and then, so that the next process has little history to read. No list is refused because it can't be. */
  async function found(revision: number): Promise<void> {
    sound = revision
    if (revision - written < unwrittenRevisions) return
    written = revision
    await store.commit({ put: { [markKey]: revision } }).catch(() => undefined)
  }

  /** Answers the keys of all places, which hold even where they can't be written. */
  async function mend(): Promise<readonly string[]> {
    const head = await store.revision()
    const { kept, left, missing } = await comparePlaces(store)
    const added: string[] = []
    let isMended = await commitAll(store, inGroups(left).map(toRemoval))
    for (const ids of inGroups(missing)) {
      const grants = await readGrants(store, ids)
      added.push(...grants.map(({ place }) => place))
      isMended = (await commitAll(store, [toAddition(grants)])) && isMended
    }
    if (isMended && (await commitAll(store, [{ put: { [markKey]: head } }]))) sound = written = head
    return [...kept, ...added]
  }
}

/** Only keys are read: the places of grants that are there, those of grants that are not, and the ids that have none. */
async function comparePlaces(store: Store) {
  const ids = new Set((await listKeys(store, grantPrefix)).map((key) => key.slice(grantPrefix.length)))
  const places = await listKeys(store, prefix)
  const placed = new Set(places.map(toId))
  return {
    kept: places.filter((key) => ids.has(toId(key))),
    left: places.filter((key) => !ids.has(toId(key))),
    missing: [...ids].filter((id) => !placed.has(id)),
  }
}

/** A grant as it was read, and the key of its place. What is no grant has none. */
interface Unplaced {
  readonly place: string
  readonly entry: Entry
}

async function readGrants(store: Store, ids: readonly string[]): Promise<readonly Unplaced[]> {
  const entries = await Promise.all(ids.map((id) => store.get(grantKey(id))))
  return entries.flatMap((entry) => {
    const stored = fromEntry(entry)
    return entry && stored ? [{ place: placeKey(stored.grant), entry }] : []
  })
}

/** Unless one of the grants was made after all. */
function toRemoval(keys: readonly string[]): Change {
  return { if: keys.map((key) => ({ key: grantKey(toId(key)), revision: 0 })), delete: keys }
}

/** Unless one of the grants was revoked meanwhile. */
function toAddition(grants: readonly Unplaced[]): Change {
  return {
    if: grants.map(({ entry: { key, revision } }) => ({ key, revision })),
    put: Object.fromEntries(grants.map(({ place }) => [place, null])),
  }
}

/** Whether all could be done; if not, the next list tries again. */
async function commitAll(store: Store, changes: readonly Change[]): Promise<boolean> {
  try {
    for (const change of changes) if (!(await store.commit(change)).committed) return false
    return true
  } catch {
    return false
  }
}

async function hasKeptOrder(store: Store, from: number, head: number): Promise<boolean> {
  if (from === head) return true
  for await (const batch of store.watch(sharedPrefix, { fromRevision: from })) {
    if (batch.type === 'compacted' || !keepsOrder(batch.events)) return false
    if (batch.through >= head) return true
  }
  return false
}

/** Whether each grant was written or deleted with its place. A batch holds commits as a whole. */
function keepsOrder(events: readonly StoreEvent[]): boolean {
  const nameOf = ({ type, revision }: StoreEvent, id: string) => `${revision} ${type} ${id}`
  const placed = new Set(
    events.filter(({ key }) => key.startsWith(prefix)).map((event) => nameOf(event, toId(event.key))),
  )
  return events
    .filter(({ key }) => key.startsWith(grantPrefix))
    .every((event) => placed.has(nameOf(event, event.key.slice(grantPrefix.length))))
}

/** What both the grants' keys and those of their places begin with, and no usage's. */
const sharedPrefix = 'tokens'
const prefix = 'tokens-by-age/'
const markKey = 'token-order'

const unwrittenRevisions = 1_000
/** Keeps one commit within some 20 ms. */
const largestGroup = 500

export function placeKey({ createdAt, id }: Grant): string {
  return `${prefix}${createdAt.toWellFormed()} ${id}`
}

/** A place as a text that sorts as it does. */
function toPlace(key: string): string {
  return key.slice(prefix.length)
}

/** Whose place it is. */
export function toId(place: string): string {
  return place.slice(place.lastIndexOf(' ') + 1)
}

function toRevision(mark: Entry | undefined): number {
  return typeof mark?.value === 'number' ? mark.value : 0
}

function inGroups<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / largestGroup) }, (_, index) =>
    all.slice(index * largestGroup, (index + 1) * largestGroup),
  )
}
