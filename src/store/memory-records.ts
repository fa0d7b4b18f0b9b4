import { checkPrefix, toKeyRange } from './keys.ts'
import type { PreparedChange, Write } from './prepared-change.ts'
import {
  bytesOf,
  type HistoryBounds,
  type HistoryPage,
  type Records,
  revisionsPerPage,
  toEvent,
} from './records.ts'
import { createSortedKeys } from './sorted-keys.ts'
import type { CommitResult, Entry, Page, StoreEvent } from './store.ts'

export interface MemoryRecords extends Records {
  apply(change: PreparedChange): CommitResult
}

/** Values are kept as JSON text, so that what goes in and what comes out are copies. */
export function createMemoryRecords(bounds: HistoryBounds): MemoryRecords {
  const entries = new Map<string, StoredEntry>()
  const keys = createSortedKeys()
  /** By revision, without a gap from the oldest to the head. */
  const history = new Map<number, Commit>()
  let oldest = 1
  let historyBytes = 0
  let head = 0
  let stamp = {}

  return { get, list, keys: keysIn, head: () => head, stamp: () => stamp, since, apply }

  function get(key: string): Entry | undefined {
    const found = entries.get(key)
    return found && { key, value: JSON.parse(found.text), revision: found.revision }
  }

  function list(prefix: string, page?: Page): readonly Entry[] {
    return keysIn(prefix, page).flatMap((key) => get(key) ?? [])
  }

  function keysIn(prefix: string, page?: Page): readonly string[] {
    const { from, end, limit } = toKeyRange(prefix, page)
    return keys.range(from, end, limit)
  }

  function since(prefix: string, from: number): HistoryPage {
    checkPrefix(prefix)
    const first = Math.max(from + 1, oldest)
    const through = Math.min(head, first + revisionsPerPage - 1)
    const events: StoreEvent[] = []
    for (let revision = first; revision <= through; revision += 1)
      for (const write of history.get(revision)?.writes ?? [])
        if (write.key.startsWith(prefix)) events.push(toEvent({ ...write, revision }))
    return { head, floor: oldest - 1, through, events }
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
    stamp = {}
    for (const write of writes) put(write)
    const bytes = writes.reduce((sum, write) => sum + bytesOf(write), 0)
    history.set(head, { writes, bytes })
    historyBytes += bytes
    compact()
  }

  function put({ key, text }: Write): void {
    if (text === null) {
      keys.remove(key)
      entries.delete(key)
    } else {
      if (!entries.has(key)) keys.add(key)
      entries.set(key, { text, revision: head })
    }
  }

  function compact(): void {
    for (let commit = history.get(oldest); commit && !isWithin(commit); commit = history.get(oldest)) {
      historyBytes -= commit.bytes
      history.delete(oldest)
      oldest += 1
    }
  }

  /** Whether the bounds let the oldest commit stay. */
  function isWithin({ bytes }: Commit): boolean {
    return oldest > head - bounds.revisions && historyBytes - bytes < bounds.bytes
  }
}

interface Commit {
  readonly writes: readonly Write[]
  readonly bytes: number
}

interface StoredEntry {
  readonly text: string
  readonly revision: number
}
