import { hash } from 'node:crypto'
import { isObject, type Members } from '../json.ts'
import type { JsonObject } from '../vocabulary.ts'

/** By which way in a change came. */
export type DoorName = 'http' | 'mcp' | 'stdio' | 'cli' | 'library'

/** What is said of a change: that it is about to happen, and then what came of it. */
export interface AuditFacts {
  /** Shared by the two entries of one change. */
  readonly change_id: string
  readonly phase: 'begun' | 'ended'
  /** The id of the credential. */
  readonly principal: string
  readonly door: DoorName
  readonly operation: string
  /** `cursor/work`, `keys`, the id of a token; null where what was asked for names nothing that could be. */
  readonly target: string | null
  /** SHA-256 of what the target was in its canonical form, and of what it is now; null when it was or is nothing. */
  readonly before: string | null
  readonly after: string | null
  /** Null as long as it is open. */
  readonly outcome: 'done' | 'refused' | 'failed' | null
  /** Of the problem, when it was refused or failed. */
  readonly code: string | null
  readonly request_id: string | null
  /** Of a refusal: how many more of the credential the same process left out before it; absent if none. */
  readonly left_out?: number
}

/**
 * One link of the chain. Its members are named as they are stored, hashed and shown, which is the same, so that whoever has read it can
 * compute the chain again.
 */
export interface AuditEntry extends AuditFacts {
  /** From 1, without gaps. */
  readonly sequence: number
  /** ISO 8601. */
  readonly at: string
  /** The hash of the entry before; 64 zeros for the first. */
  readonly previous_hash: string
  /** SHA-256 of all else in its RFC 8785 form. */
  readonly hash: string
}

/** How far the chain goes. */
export interface ChainEnd {
  readonly sequence: number
  readonly hash: string
}

export const chainBegin: ChainEnd = { sequence: 0, hash: '0'.repeat(64) }

export const headKey = 'audit-head'
export const entryPrefix = 'audit/'

/** Enough digits for every safe integer, so that keys sort as their numbers do. */
export function entryKey(sequence: number): string {
  return `${entryPrefix}${String(sequence).padStart(16, '0')}`
}

export function toSequence(key: string): number {
  return Number(key.slice(entryPrefix.length))
}

export function toEntry(facts: AuditFacts, at: string, previous: ChainEnd): AuditEntry {
  const content = { sequence: previous.sequence + 1, at, ...facts, previous_hash: previous.hash }
  return { ...content, hash: hashOf(content) }
}

/** RFC 8785 of an object without depth, of texts, whole numbers and null, is its JSON with the members in order (section 3.2.3). */
function hashOf({ hash: _, ...content }: Members): string {
  const members = Object.entries(content).sort(([left], [right]) => (left < right ? -1 : 1))
  return hash('sha256', JSON.stringify(Object.fromEntries(members)))
}

export function toJson(entry: AuditEntry): JsonObject {
  return { ...entry }
}

/** Undefined for what is no entry, or no longer: one that was altered doesn't have its hash. */
export function fromJson(value: unknown): AuditEntry | undefined {
  return isObject(value) && value.hash === hashOf(value) ? (value as unknown as AuditEntry) : undefined
}

/** What can't be read leads nowhere: the end is then looked for among the entries. */
export function toChainEnd(value: unknown): ChainEnd {
  if (!isObject(value)) return chainBegin
  const { sequence, hash: last } = value
  return Number.isSafeInteger(sequence) && typeof last === 'string'
    ? { sequence: Number(sequence), hash: last }
    : chainBegin
}
