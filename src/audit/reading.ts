import { setImmediate as endOfTurn } from 'node:timers/promises'
import { isObject } from '../json.ts'
import type { Store } from '../store/store.ts'
import { type AuditEntry, entryKey, entryPrefix, headKey, toChainEnd, toSequence } from './audit-entry.ts'

/** Which entries are wanted; all of them by default. */
export interface AuditQuery {
  /** Only entries after this sequence. */
  readonly after?: number
  /** Only entries from then on. */
  readonly since?: Date
  /** Which of them; default: all. */
  readonly isWanted?: (entry: AuditEntry) => boolean
  /** Default 100. */
  readonly limit?: number
}

/** A part of the log. */
export interface AuditPage {
  /** In order. May be empty though there is more: a page looks at a bounded number of entries, whatever it finds. */
  readonly entries: readonly AuditEntry[]
  /** After which sequence to go on; undefined at the end of the log. */
  readonly next?: number
}

/** At first as many are read as are asked for, then more: few of them are wanted. */
const storePage = 500
const mostLookedAt = 10_000

/** Shows what is stored, as it is: whether it is what was written, only the chain can say. */
export async function readAudit(store: Store, query: AuditQuery): Promise<AuditPage> {
  const { limit = 100, since } = query
  const start = since === undefined ? 0 : await findStart(store, since.getTime() - largestSkewMs)
  const entries: AuditEntry[] = []
  let after = Math.max(query.after ?? 0, start)
  let looked = 0
  for (let size = limit + 1; looked < mostLookedAt; size *= 2) {
    size = Math.min(size, storePage, mostLookedAt - looked)
    const page = await store.list(entryPrefix, { after: entryKey(after), limit: size })
    for (const { key, value } of page) {
      if (isAsked(value, query)) {
        if (entries.length === limit) return { entries, next: after }
        entries.push(value)
      }
      after = toSequence(key)
    }
    if (page.length < size) return { entries }
    looked += size
    await endOfTurn()
  }
  return { entries, next: after }
}

/** What is no object can't be shown as an entry; the rest is, whatever was made of it. */
function isAsked(value: unknown, { since, isWanted = () => true }: AuditQuery): value is AuditEntry {
  if (!isObject(value) || typeof value.at !== 'string') return false
  const isRecent = since === undefined || Date.parse(value.at) >= since.getTime()
  return isRecent && isWanted(value as unknown as AuditEntry)
}

/** By how much the clocks of machines on one store may differ. */
const largestSkewMs = 60 * 60 * 1000

/** After which sequence the entries of that time begin: times rise along the log, but for that difference. */
async function findStart(store: Store, time: number): Promise<number> {
  let low = 0
  let high = toChainEnd((await store.get(headKey))?.value).sequence
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const value = (await store.get(entryKey(middle + 1)))?.value
    if (isObject(value) && Date.parse(String(value.at)) < time) low = middle + 1
    else high = middle
  }
  return low
}
