import type { Store } from '../store/store.ts'
import { updateEntry } from '../store/update.ts'
import { fromStoredUsage, grantKey, toStoredUsage, usageKey, usagePrefix } from './stored-token.ts'
import { addUsage, type Usage, unused } from './usage.ts'

export interface UsageCounterOptions {
  readonly store: Store
  readonly clock: () => Date
  readonly flushDelayMs: number
  /** Told of the first flush that failed by itself; the counts are kept and written with the next one that succeeds. */
  readonly onFlushFailed: (error: unknown) => void
}

/** Counts in memory and writes the sums down now and then, so that no request waits for the disk to be counted. */
export interface UsageCounter {
  record(id: string): void
  /** What is written down and what is not yet, together; no entry for a token that was never used. */
  usages(): Promise<ReadonlyMap<string, Usage>>
  /** The same of some tokens, in their order. */
  usagesOf(ids: readonly string[]): Promise<readonly Usage[]>
  /** Rejects if the store can't take it; the counts are kept then. */
  flush(): Promise<void>
  /** Writes what is left, as far as the store can take it. */
  close(): Promise<void>
}

export function createUsageCounter(options: UsageCounterOptions): UsageCounter {
  const { store, clock, flushDelayMs, onFlushFailed } = options
  const fresh = new Map<string, Uses>()
  // Touched in turn only, so a flush forgets what it has written and nothing else.
  const pending = new Map<string, Usage>()
  // Reading and flushing take turns: a count must not be met both in the store and here.
  const inTurn = createTurns()
  let timer: NodeJS.Timeout | undefined
  let failing = false
  let closed = false

  return { record, usages, usagesOf, flush, close }

  function record(id: string): void {
    const uses = fresh.get(id)
    if (uses) {
      uses.count += 1
      uses.last = clock()
    } else {
      fresh.set(id, { count: 1, last: clock() })
      flushSoon()
    }
  }

  /** Puts the uses that came since the last time to those that were counted before. */
  function gather(): void {
    for (const [id, { count, last }] of fresh) {
      const used = { usageCount: count, lastUsedAt: last.toISOString() }
      pending.set(id, addUsage(pending.get(id) ?? unused, used))
    }
    fresh.clear()
  }

  function usages(): Promise<ReadonlyMap<string, Usage>> {
    return inTurn(async () => {
      const entries = await store.list(usagePrefix)
      gather()
      const all = new Map(
        entries.map(({ key, value }) => [key.slice(usagePrefix.length), fromStoredUsage(value)]),
      )
      for (const [id, usage] of pending) all.set(id, addUsage(all.get(id) ?? unused, usage))
      return all
    })
  }

  function usagesOf(ids: readonly string[]): Promise<readonly Usage[]> {
    return inTurn(async () => {
      const entries = await Promise.all(ids.map((id) => store.get(usageKey(id))))
      gather()
      return ids.map((id, index) =>
        addUsage(fromStoredUsage(entries[index]?.value), pending.get(id) ?? unused),
      )
    })
  }

  function flush(): Promise<void> {
    return inTurn(async () => {
      gather()
      const saved = await Promise.allSettled(Array.from(pending, ([id, usage]) => save(id, usage)))
      if (pending.size + fresh.size > 0) flushSoon()
      for (const outcome of saved) if (outcome.status === 'rejected') throw outcome.reason
    })
  }

  async function save(id: string, usage: Usage): Promise<void> {
    await updateEntry(store, usageKey(id), async (entry) => {
      const grant = await store.get(grantKey(id))
      // Revoked meanwhile: its counts went with it.
      if (!grant) return { result: undefined }
      const sum = toStoredUsage(addUsage(fromStoredUsage(entry?.value), usage))
      const granted = { key: grant.key, revision: grant.revision }
      return { change: { if: [granted], put: { [usageKey(id)]: sum } }, result: undefined }
    })
    pending.delete(id)
  }

  function flushSoon(): void {
    if (!closed) timer ??= setTimeout(flushNow, flushDelayMs).unref()
  }

  function flushNow(): void {
    timer = undefined
    void flushOrTell()
  }

  /** Tells of the first of several failures in a row: while the store is down, there is one with every delay. */
  async function flushOrTell(): Promise<void> {
    try {
      await flush()
      failing = false
    } catch (error) {
      if (!failing) onFlushFailed(error)
      failing = true
    }
  }

  async function close(): Promise<void> {
    closed = true
    clearTimeout(timer)
    await flushOrTell()
  }
}

/** Changed in place, since every request is counted. */
interface Uses {
  count: number
  last: Date
}

function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const turn = last.then(work)
    last = turn.catch(() => {})
    return turn
  }
}
