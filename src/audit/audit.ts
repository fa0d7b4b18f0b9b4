import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { type ErrorCode, isFault, toProblem } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { AuditEntry, AuditFacts, ChainEnd } from './audit-entry.ts'
import { createAuditLog } from './audit-log.ts'
import { type ChainVerification, verifyChain } from './chain.ts'
import { type AuditPage, type AuditQuery, readAudit } from './reading.ts'
import { createRefusalQuota } from './refusal-quota.ts'

export type { AuditEntry, AuditFacts, ChainEnd, DoorName } from './audit-entry.ts'
export type { ChainFault, ChainVerification } from './chain.ts'
export type { AuditPage, AuditQuery } from './reading.ts'

/** Who changed what: an append-only chain of entries in the store. Nothing that may be a secret is ever in it. */
export interface Audit {
  /**
   * Announces a change, lets it happen, and says what came of it before it answers or throws what `work` does. What can't be announced
   * does not happen: `store_unavailable`. The same code when it happened and the log could not say so: its outcome is then unknown.
   */
  track<T>(change: AuditedChange, work: (note: TakeNote) => Promise<T>): Promise<T>
  /**
   * Writes down an attempt that was refused before anything of it was begun: 20 a minute and credential, and with the next one how many
   * were left out. Never fails, and takes a second at the most: whoever is refused is told so, whatever becomes of the log.
   */
  refused(change: AuditedChange, code: ErrorCode): Promise<void>
  /** In the order in which it was written. */
  read(query?: AuditQuery): Promise<AuditPage>
  /** Computes the chain again; `expected` is an end that an earlier verification gave. */
  verify(expected?: ChainEnd): Promise<ChainVerification>
}

/** Who is about to change what, and by which way. */
export type AuditedChange = Pick<AuditEntry, 'principal' | 'door' | 'operation' | 'target' | 'request_id'>

/** What is known of a change only while it happens. */
export type AuditNotes = Partial<Pick<AuditEntry, 'target' | 'before' | 'after'>>
/** Takes them down; what is said last counts. */
export type TakeNote = (notes: AuditNotes) => void

export interface AuditOptions {
  readonly store: Store
  readonly clock: () => Date
  readonly newId?: () => string
  /** How long a refusal waits for its entry; default 1,000. */
  readonly refusalPatienceMs?: number
}

export function createAudit(options: AuditOptions): Audit {
  const { store, clock, newId = randomUUID, refusalPatienceMs = 1_000 } = options
  const log = createAuditLog({ store, clock })
  const quota = createRefusalQuota({ clock })

  return {
    track,
    refused,
    read: (query = {}) => readAudit(store, query),
    verify: (expected) => verifyChain(store, expected),
  }

  async function track<T>(change: AuditedChange, work: (note: TakeNote) => Promise<T>): Promise<T> {
    const begun = toBegun(change, newId())
    await log.append(begun)
    let notes: AuditNotes = {}
    const result = await work((more) => {
      notes = { ...notes, ...more }
    }).catch(async (error: unknown) => {
      // Whoever asked is told why it failed, even if the log can't be: what was begun and not ended is seen there.
      await log.append(toEnded(begun, { ...notes, ...toOutcome(error) })).catch(() => undefined)
      throw error
    })
    await log.append(toEnded(begun, { ...notes, outcome: 'done' }))
    return result
  }

  async function refused(change: AuditedChange, code: ErrorCode): Promise<void> {
    const { principal } = change
    const leftOut = quota.take(principal)
    if (leftOut === undefined) return
    const more = leftOut > 0 ? { left_out: leftOut } : {}
    const entry = toEnded(toBegun(change, newId()), { outcome: 'refused', code, ...more })
    const written = log.append(entry).catch(() => quota.leaveOut(principal, leftOut + 1))
    await within(refusalPatienceMs, written)
  }
}

/** Goes on when it is done, or so much later; what is then still going on can't fail. */
async function within(timeoutMs: number, work: Promise<void>): Promise<void> {
  const done = new AbortController()
  await Promise.race([work, delay(timeoutMs, undefined, { signal: done.signal })])
  done.abort()
}

/** Member by member: whatever else a caller's object holds stays out of the log. */
function toBegun(
  { principal, door, operation, target, request_id }: AuditedChange,
  change_id: string,
): AuditFacts {
  const open = { before: null, after: null, outcome: null, code: null }
  return { change_id, phase: 'begun', principal, door, operation, target, request_id, ...open }
}

function toEnded(begun: AuditFacts, result: AuditNotes & Partial<AuditFacts>): AuditFacts {
  return { ...begun, ...result, phase: 'ended' }
}

/** A fault of ours may have left something half done; a refusal never has. */
function toOutcome(error: unknown): Pick<AuditFacts, 'outcome' | 'code'> {
  const { code } = toProblem(error)
  return { outcome: isFault(code) ? 'failed' : 'refused', code }
}
