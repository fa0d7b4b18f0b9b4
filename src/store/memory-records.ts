import { checkPrefix, compareKeys, toKeyRange } from './keys.ts'
import type { PreparedChange, Write } from './prepared-change.ts'
import {
  bytesOf,
  type HistoryBounds,
  type HistoryPage,
  type Records,
  revisionsPerPage,
  toEvent,
} from './records.ts'
import type { CommitResult, Entry, Page } from './store.ts'

export interface MemoryRecords extends Records {
  apply(change: PreparedChange): CommitResult
}

/** Values are kept as JSON text, so that what goes in and what comes out are copies. */
export function createMemoryRecords(bounds: HistoryBounds): MemoryRecords {
  const entries = new Map<string, StoredEntry>()
  const keys: string[] = []
  const history: Commit[] = []
  let historyBytes = 0
  let head = 0

  return { get, list, head: () => head, since, apply }

  function get(key: string): Entry | undefined {
    const found = entries.get(key)
    return found && { key, value: JSON.parse(found.text), revision: found.revision }
  }

  function list(prefix: string, page?: Page): readonly Entry[] {
    const { from, end, limit } = toKeyRange(prefix, page)
    const start = lowerBound(keys, from)
    const stop = end === undefined ? keys.length : lowerBound(keys, end)
    return keys.slice(start, Math.min(stop, start + limit)).flatMap((key) => get(key) ?? [])
  }

  function since(prefix: string, from: number): HistoryPage {
    checkPrefix(prefix)
    const start = history.findLastIndex(({ revision }) => revision <= from) + 1
    const recent = history.slice(start, start + revisionsPerPage)
    const events = recent.flatMap(({ revision, writes }) =>
      writes.filter(({ key }) => key.startsWith(prefix)).map((write) => toEvent({ ...write, revision })),
    )
    return { head, floor: (history[0]?.revision ?? 1) - 1, through: recent.at(-1)?.revision ?? head, events }
  }

  function apply({ conditions, writes }: PreparedChange): CommitResult {
    const broken = conditions.find(({ key, revision }) => revision !== (entries.get(key)?.revision ?? 0))
    if (broken) return { committed: false, conflict: broken.key }
    const effective = writes.filter(({ key, text }) => text !== null || entries.has(key))
    if (effective.length > 0) record(effective)
    return { committed: true, revision: head }
  }

  function record(writes: readonly Write[]): void {
    head += 1
    for (const write of writes) put(write)
    const bytes = writes.reduce((sum, write) => sum + bytesOf(write), 0)
    history.push({ revision: head, writes, bytes })
    historyBytes += bytes
    compact()
  }

  function put({ key, text }: Write): void {
    const index = lowerBound(keys, key)
    if (text === null) {
      keys.splice(index, 1)
      entries.delete(key)
    } else {
      if (!entries.has(key)) keys.splice(index, 0, key)
      entries.set(key, { text, revision: head })
    }
  }

  function compact(): void {
    let gone = 0
    for (const { revision, bytes } of history) {
      if (revision > head - bounds.revisions && historyBytes - bytes < bounds.bytes) break
      historyBytes -= bytes
      gone += 1
    }
    history.splice(0, gone)
  }
}

interface Commit {
  readonly revision: number
  readonly writes: readonly Write[]
  readonly bytes: number
}

interface StoredEntry {
  readonly text: string
  readonly revision: number
}

/** The index of the first of the sorted `keys` that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let [low, high] = [0, keys.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareKeys(keys[middle] ?? '', key) < 0) low = middle + 1
    else high = middle
  }
  return low
}
