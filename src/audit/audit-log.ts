import { setTimeout as delay } from 'node:timers/promises'
import { OrchestrationError } from '../errors.ts'
import { isObject } from '../json.ts'
import type { Store } from '../store/store.ts'
import type { JsonObject } from '../vocabulary.ts'
import {
  type AuditFacts,
  type ChainEnd,
  entryKey,
  entryPrefix,
  headKey,
  toChainEnd,
  toEntry,
  toJson,
  toSequence,
} from './audit-entry.ts'

export interface AuditLogOptions {
  readonly store: Store
  readonly clock: () => Date
  /** How long other processes may be first; default 10,000. */
  readonly timeoutMs?: number
}

export interface AuditLog {
  /** Resolves when it is durable; `store_unavailable` when it can't be. */
  append(facts: AuditFacts): Promise<void>
}

/** Keeps one commit, and what it writes to the store's history, within some 300 KiB. */
const largestGroup = 500
const longestPauseMs = 50

/** While one commit is on its way, what comes gathers for the next: a crowd of changes costs a few commits, whatever its size. */
export function createAuditLog(options: AuditLogOptions): AuditLog {
  const { store, timeoutMs = 10_000 } = options
  let waiting: Waiting[] = []
  let isDraining = false

  return { append }

  function append(facts: AuditFacts): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiting.push({ facts, resolve, reject, deadline: performance.now() + timeoutMs })
    if (!isDraining) void drain()
    return promise
  }

  async function drain(): Promise<void> {
    isDraining = true
    for (let tries = 0; waiting.length > 0; ) {
      tries = (await attempt()) ? 0 : tries + 1
      if (tries > 0) await delay(Math.random() * Math.min(2 ** tries, longestPauseMs))
    }
    isDraining = false
  }

  /** Whether no other process was first. */
  async function attempt(): Promise<boolean> {
    let group: readonly Waiting[] = waiting
    try {
      const end = await findEnd(store)
      group = waiting.slice(0, largestGroup)
      const isCommitted = await commit(options, end, group)
      leave(isCommitted ? group : waiting.filter(({ deadline }) => performance.now() >= deadline), (each) =>
        isCommitted ? each.resolve() : each.reject(crowded(timeoutMs)),
      )
      return isCommitted
    } catch (error) {
      leave(group, ({ reject }) => reject(error))
      return true
    }
  }

  function leave(group: readonly Waiting[], settle: (each: Waiting) => void): void {
    const gone = new Set(group)
    waiting = waiting.filter((each) => !gone.has(each))
    for (const each of gone) settle(each)
  }
}

interface Waiting {
  readonly facts: AuditFacts
  readonly deadline: number
  resolve(): void
  reject(error: unknown): void
}

/** The end of the chain, and the revision of the head's record, under which all appends of all processes go one after the other. */
interface FoundEnd extends ChainEnd {
  readonly revision: number
}

/** As the head says, or the last entry where the head was put back behind it: what is there is never written over. */
async function findEnd(store: Store): Promise<FoundEnd> {
  const head = await store.get(headKey)
  let end = toChainEnd(head?.value)
  for (;;) {
    const beyond = await store.list(entryPrefix, { after: entryKey(end.sequence), limit: 1000 })
    const last = beyond.at(-1)
    if (!last) return { ...end, revision: head?.revision ?? 0 }
    end = { sequence: toSequence(last.key), hash: isObject(last.value) ? String(last.value.hash) : '' }
  }
}

async function commit(
  { store, clock }: AuditLogOptions,
  { revision, ...end }: FoundEnd,
  group: readonly Waiting[],
): Promise<boolean> {
  const at = clock().toISOString()
  const entries: [string, JsonObject][] = []
  let last: ChainEnd = end
  for (const { facts } of group) {
    const entry = toEntry(facts, at, last)
    entries.push([entryKey(entry.sequence), toJson(entry)])
    last = entry
  }
  const { sequence, hash } = last
  const put = { ...Object.fromEntries(entries), [headKey]: { sequence, hash } }
  return (await store.commit({ if: [{ key: headKey, revision }], put })).committed
}

function crowded(timeoutMs: number): OrchestrationError {
  return new OrchestrationError(
    'store_unavailable',
    `Other processes kept writing to the audit log for ${timeoutMs} ms, so this change was given up. Try again.`,
  )
}
