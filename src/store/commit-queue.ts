import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { PreparedChange } from './prepared-change.ts'
import { pause } from './sqlite-patience.ts'
import { isBusy, toUnavailable } from './sqlite-trouble.ts'
import type { CommitResult } from './store.ts'

export interface CommitQueueOptions {
  /** All of them in one transaction; throws SQLite's own error while another connection holds the lock. */
  readonly apply: (changes: readonly PreparedChange[]) => readonly CommitResult[]
  readonly patienceMs: number
  readonly file: string
}

export interface CommitQueue {
  add(change: PreparedChange): Promise<CommitResult>
  /** Resolves when nothing waits any more. */
  drained(): Promise<void>
}

/** Commits that arrive within one turn of the event loop, or while another process holds the lock, share one sync to disk. */
export function createCommitQueue({ apply, patienceMs, file }: CommitQueueOptions): CommitQueue {
  let waiting: Waiting[] = []
  let draining: Promise<void> | undefined

  return { add, drained: async () => draining }

  function add(change: PreparedChange): Promise<CommitResult> {
    const { promise, resolve, reject } = Promise.withResolvers<CommitResult>()
    waiting.push({ change, resolve, reject, deadline: performance.now() + patienceMs })
    draining ??= drain()
    return promise
  }

  async function drain(): Promise<void> {
    for (let tries = 0; waiting.length > 0; ) {
      await (tries === 0 ? endOfTurn() : pause(tries))
      tries = attempt() ? 0 : tries + 1
    }
    draining = undefined
  }

  /** Whether the lock was free. */
  function attempt(): boolean {
    const group = waiting.slice(0, largestGroup)
    try {
      const results = apply(group.map(({ change }) => change))
      leave(group)
      for (const [index, result] of results.entries()) group[index]?.resolve(result)
      return true
    } catch (error) {
      const given = isBusy(error) ? waiting.filter(({ deadline }) => performance.now() >= deadline) : group
      leave(given)
      for (const { reject } of given) reject(toUnavailable(error, file))
      return !isBusy(error)
    }
  }

  function leave(group: readonly Waiting[]): void {
    const gone = new Set(group)
    waiting = waiting.filter((commit) => !gone.has(commit))
  }
}

/** Keeps one transaction, which blocks the event loop, within some 20 ms. */
const largestGroup = 1000

interface Waiting {
  readonly change: PreparedChange
  readonly deadline: number
  resolve(result: CommitResult): void
  reject(error: unknown): void
}
