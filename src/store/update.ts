import { setTimeout as delay } from 'node:timers/promises'
import { OrchestrationError } from '../errors.ts'
import type { Change, Entry, Store } from './store.ts'

export interface Decision<T> {
  /** What to write; absent if nothing is. That the entry is still the one that was looked at is a condition by itself. */
  readonly change?: Change
  readonly result: T
}

export interface Updated<T> {
  readonly result: T
  /** Of the commit; undefined if nothing was to be written. */
  readonly revision: number | undefined
}

export interface UpdateOptions {
  /** From when its turn comes: those before it in this process may each take as long. Default 10,000. */
  readonly timeoutMs?: number
}

/**
 * Read, decide, commit with optimistic concurrency: `decide` is asked again, with the entry as it then is, until its commit goes
 * through. Calls for one key queue up within this process, so that a crowd doesn't spin (and `decide` must not update its own key);
 * other processes' commits are met by trying again after a random pause. `store_unavailable` when that takes too long.
 */
export function updateEntry<T>(
  store: Store,
  key: string,
  decide: (entry: Entry | undefined) => Promise<Decision<T>> | Decision<T>,
  options: UpdateOptions = {},
): Promise<Updated<T>> {
  const { timeoutMs = 10_000 } = options
  return inTurn(store, key, async () => {
    const deadline = performance.now() + timeoutMs
    for (let tries = 1; performance.now() < deadline; tries += 1) {
      const entry = await store.get(key)
      const { change, result } = await decide(entry)
      if (!change) return { result, revision: undefined }
      const unchanged = { key, revision: entry?.revision ?? 0 }
      const outcome = await store.commit({ ...change, if: [unchanged, ...(change.if ?? [])] })
      if (outcome.committed) return { result, revision: outcome.revision }
      await delay(Math.random() * Math.min(2 ** tries, longestPauseMs))
    }
    throw new OrchestrationError(
      'store_unavailable',
      `"${key}" was being changed by others for ${timeoutMs} ms, so this change was given up and nothing of it is written. Try again.`,
    )
  })
}

const longestPauseMs = 50

/** The last call in line for each key. It belongs to a store as long as that lives, hence not a state of this module's own. */
const lines = new WeakMap<Store, Map<string, Promise<unknown>>>()

/** Does the work when all that came before it under this name, in this process and for this store, is done. */
export function inTurn<T>(store: Store, key: string, work: () => Promise<T>): Promise<T> {
  const line = lines.get(store) ?? new Map<string, Promise<unknown>>()
  lines.set(store, line)
  const turn = (line.get(key) ?? Promise.resolve()).then(work)
  const last = turn.then(leave, leave)
  line.set(key, last)
  return turn

  function leave(): void {
    if (line.get(key) === last) line.delete(key)
  }
}
