import { isObject } from '../json.ts'
import type { Change, Entry, Store } from '../store/store.ts'
import type { JsonValue } from '../vocabulary.ts'
import { isAlive, type KeptRequest, readRequest, requestKey, sizeOf, writeRequest } from './kept-request.ts'

/** How much is kept; beyond that the oldest answer goes first. */
export interface LedgerBounds {
  readonly perCredential: Tally
  readonly inAll: Tally
}

/** So many requests, which take so much as they are written. */
export interface Tally {
  readonly count: number
  readonly bytes: number
}

/**
 * All that is kept, in the order in which it came: every request stands in two lines, everybody's and its owner's, so that the oldest
 * of either is found by a look at the line's first. Whoever adds, answers or removes one commits the ledger's own entry with it,
 * through which all of them go one after the other and the tallies are exact.
 */
export const ledgerKey = 'idempotency/ledger'

interface Ledger extends Tally {
  /** The place of the next request. */
  readonly next: number
}

/** How many of a line's oldest are looked at for each newcomer: more than one, so that what has run out gets less. */
const lookedAt = 2
const pageSize = 10

/** What adds a request, takes the place of `former` if there is one, and makes room for it; undefined if there is none to be made. */
export async function toAddition(
  store: Store,
  entry: Entry | undefined,
  request: Omit<KeptRequest, 'place'>,
  former: KeptRequest | undefined,
  bounds: LedgerBounds,
): Promise<{ readonly change: Change; readonly added: KeptRequest } | undefined> {
  const added = { ...request, place: readLedger(entry).next }
  const change = await toReplacement(store, entry, former, added, bounds, request.begunAt)
  return change && { change, added }
}

/**
 * What puts a request in the place of its former self, if it has one, and makes room by what has run out or is oldest. A request that
 * runs is never given up for another: it would be done a second time beside itself. Undefined when only such are left.
 */
export async function toReplacement(
  store: Store,
  entry: Entry | undefined,
  former: KeptRequest | undefined,
  added: KeptRequest,
  bounds: LedgerBounds,
  now: number,
): Promise<Change | undefined> {
  const replaced = former ? [former] : []
  const own = await readTally(store, added.owner)
  const [anybodys, owns] = [
    await findGone(store, everybody, toSum(readLedger(entry), replaced, [added]), bounds.inAll, added, now),
    await findGone(store, added.owner, toSum(own, replaced, [added]), bounds.perCredential, added, now),
  ]
  return anybodys && owns && toChange(store, entry, unique([...replaced, ...anybodys, ...owns]), [added])
}

export function toRemoval(store: Store, entry: Entry | undefined, gone: KeptRequest): Promise<Change> {
  return toChange(store, entry, [gone], [])
}

/** What removes the requests, and adds others. */
async function toChange(
  store: Store,
  entry: Entry | undefined,
  gone: readonly KeptRequest[],
  added: readonly KeptRequest[],
): Promise<Change> {
  const former = readLedger(entry)
  const next = Math.max(former.next, ...added.map(({ place }) => place + 1))
  const ledger: Ledger = { next, ...toSum(former, gone, added) }
  const tallies = await Promise.all(
    [...new Set([...gone, ...added].map(({ owner }) => owner))].map(async (owner) => {
      const isOwn = (each: KeptRequest) => each.owner === owner
      const tally = toSum(await readTally(store, owner), gone.filter(isOwn), added.filter(isOwn))
      return [tallyKey(owner), tally] as const
    }),
  )
  const put: Record<string, JsonValue> = {
    ...Object.fromEntries(tallies.flatMap(([key, each]) => (each.count > 0 ? [[key, { ...each }]] : []))),
    ...Object.fromEntries(added.flatMap((each) => placesOf(each).map((key) => [key, each.id]))),
    ...Object.fromEntries(added.map((each) => [requestKey(each.id), writeRequest(each)])),
    [ledgerKey]: { ...ledger },
  }
  const removed = [
    ...tallies.map(([key]) => key),
    ...gone.flatMap((each) => [requestKey(each.id), ...placesOf(each)]),
  ]
  return { put, delete: removed.filter((key) => !Object.hasOwn(put, key)) }
}

/** Among a line's oldest those that have run out, and as many answered ones as it takes; undefined if that is not enough. */
async function findGone(
  store: Store,
  line: string,
  total: Tally,
  most: Tally,
  added: KeptRequest,
  now: number,
): Promise<readonly KeptRequest[] | undefined> {
  const gone: KeptRequest[] = []
  let left = total
  let looks = 0
  for await (const each of oldestOf(store, line)) {
    const isTooMuch = exceeds(left, most)
    looks += 1
    if (!isTooMuch && looks > lookedAt) break
    const canGo = !isAlive(each, now) || (isTooMuch && each.answer !== undefined)
    if (each.id === added.id || !canGo) continue
    gone.push(each)
    left = toSum(left, [each], [])
  }
  return exceeds(left, most) ? undefined : gone
}

async function* oldestOf(store: Store, line: string): AsyncGenerator<KeptRequest> {
  const prefix = linePrefix(line)
  let after = prefix
  for (;;) {
    const places = await store.list(prefix, { after, limit: pageSize })
    for (const { key, value } of places) {
      after = key
      const entry = await store.get(requestKey(String(value)))
      const request = entry && readRequest(entry)
      if (request) yield request
    }
    if (places.length < pageSize) return
  }
}

const everybody = 'all'

function placesOf({ owner, place }: KeptRequest): readonly string[] {
  return [everybody, owner].map((line) => `${linePrefix(line)}${String(place).padStart(16, '0')}`)
}

function linePrefix(line: string): string {
  return `idempotency/lines/${line}/`
}

function tallyKey(owner: string): string {
  return `idempotency/tallies/${owner}`
}

async function readTally(store: Store, owner: string): Promise<Tally> {
  return toTally((await store.get(tallyKey(owner)))?.value)
}

function readLedger(entry: Entry | undefined): Ledger {
  const { next = 0 } = entry && isObject(entry.value) ? entry.value : {}
  return { next: Number(next), ...toTally(entry?.value) }
}

function toTally(value: unknown): Tally {
  const { count = 0, bytes = 0 } = isObject(value) ? value : {}
  return { count: Number(count), bytes: Number(bytes) }
}

function toSum(tally: Tally, gone: readonly KeptRequest[], added: readonly KeptRequest[]): Tally {
  const bytes = added.reduce((sum, each) => sum + sizeOf(each), tally.bytes)
  return {
    count: tally.count + added.length - gone.length,
    bytes: gone.reduce((sum, each) => sum - sizeOf(each), bytes),
  }
}

function exceeds(tally: Tally, most: Tally): boolean {
  return tally.count > most.count || tally.bytes > most.bytes
}

function unique(requests: readonly KeptRequest[]): readonly KeptRequest[] {
  return [...new Map(requests.map((each) => [each.id, each])).values()]
}
