import { setImmediate as endOfTurn } from 'node:timers/promises'
import type { Entry, Store } from '../store/store.ts'
import {
  type AuditEntry,
  type ChainEnd,
  chainBegin,
  entryKey,
  entryPrefix,
  fromJson,
  headKey,
  toChainEnd,
  toSequence,
} from './audit-entry.ts'

/** Whether the log is whole, and what of it is still open. */
export type ChainVerification =
  | {
      readonly ok: true
      /** Remember it: only with it a log that was written anew from an earlier point on is told from the true one. */
      readonly end: ChainEnd
      /** What was begun and never ended: changes that are going on right now, and those whose process did not live to say. */
      readonly unknownOutcomes: readonly AuditEntry[]
    }
  | ({ readonly ok: false } & ChainFault)

/** The first place where the chain doesn't hold. */
export interface ChainFault {
  /**
   * `altered`: what stands there does not have the hash that it says. `missing`: nothing stands there, though later entries do.
   * `misplaced`: another entry stands there. `unlinked`: the one before it is not the one that it was written after. `truncated`: the log
   * ends before the last entry that there was. `head_lost`: the record of the last entry is gone or behind. `rewritten`: another entry
   * than the one that you remember.
   */
  readonly fault: 'altered' | 'missing' | 'misplaced' | 'unlinked' | 'truncated' | 'head_lost' | 'rewritten'
  /** Of the entry in question. */
  readonly sequence: number
  readonly message: string
}

/**
 * Computes the chain again, from the first entry on. `expected` is an end that an earlier verification gave. Other processes may append
 * meanwhile.
 */
export async function verifyChain(store: Store, expected?: ChainEnd): Promise<ChainVerification> {
  const known = toChainEnd((await store.get(headKey))?.value)
  const open = new Map<string, AuditEntry>()
  let end = chainBegin
  for await (const stored of storedEntries(store)) {
    const link = checkLink(stored, end, [known, ...(expected ? [expected] : [])])
    if ('fault' in link) return { ok: false, ...link }
    if (link.phase === 'begun') open.set(link.change_id, link)
    else open.delete(link.change_id)
    end = { sequence: link.sequence, hash: link.hash }
  }
  const fault = checkEnd(end, known, expected) ?? (await checkHead(store, end))
  return fault ? { ok: false, ...fault } : { ok: true, end, unknownOutcomes: [...open.values()] }
}

/** In order, a page at a time; between two pages others get their turn. */
async function* storedEntries(store: Store): AsyncGenerator<Entry> {
  let after = entryPrefix
  for (;;) {
    const page = await store.list(entryPrefix, { after, limit: 500 })
    yield* page
    const last = page.at(-1)
    if (!last) return
    after = last.key
    await endOfTurn()
  }
}

/** The entry, if it is the one that follows. */
function checkLink(
  { key, value }: Entry,
  previous: ChainEnd,
  ends: readonly ChainEnd[],
): AuditEntry | ChainFault {
  const sequence = previous.sequence + 1
  if (key !== entryKey(sequence)) return toGap(key, sequence)
  const entry = fromJson(value)
  if (!entry) return toFault('altered', sequence, 'its hash does not fit what it says')
  if (entry.sequence !== sequence)
    return toFault('misplaced', sequence, `entry ${entry.sequence} stands in its place`)
  if (entry.previous_hash !== previous.hash)
    return toFault('unlinked', sequence, 'it was written after another entry than the one before it')
  return ends.some((end) => end.sequence === sequence && end.hash !== entry.hash)
    ? toFault('rewritten', sequence, 'another entry stood there')
    : entry
}

function toGap(key: string, sequence: number): ChainFault {
  return toSequence(key) > sequence
    ? toFault('missing', sequence, 'it is gone, though later ones are there')
    : toFault('misplaced', sequence, `"${key}" stands before it, which no entry is called`)
}

function checkEnd(end: ChainEnd, known: ChainEnd, expected = known): ChainFault | undefined {
  const furthest = Math.max(known.sequence, expected.sequence)
  if (furthest <= end.sequence) return undefined
  return toFault('truncated', end.sequence + 1, `the log ends before it and once went to ${furthest}`)
}

/** Entries and head are committed at once, so a head that is read after the entries is never behind them. */
async function checkHead(store: Store, end: ChainEnd): Promise<ChainFault | undefined> {
  const head = await store.get(headKey)
  const now = toChainEnd(head?.value)
  if (now.sequence < end.sequence)
    return toFault('head_lost', end.sequence, `the record of the last entry says ${now.sequence}`)
  return undefined
}

function toFault(fault: ChainFault['fault'], sequence: number, reason: string): ChainFault {
  return { fault, sequence, message: `Entry ${sequence} of the audit log is ${words[fault]}: ${reason}.` }
}

const words: Readonly<Record<ChainFault['fault'], string>> = {
  altered: 'altered',
  missing: 'missing',
  misplaced: 'misplaced',
  unlinked: 'not linked',
  truncated: 'cut off',
  head_lost: 'not known to be the last',
  rewritten: 'rewritten',
}
