import { OrchestrationError } from '../errors.ts'
import type { Write } from './prepared-change.ts'
import type { Entry, Page, StoreEvent } from './store.ts'

/** What an adapter within this process keeps, as it is read: entries and the history of their changes. */
export interface Records {
  get(key: string): Entry | undefined
  list(prefix: string, page?: Page): readonly Entry[]
  keys(prefix: string, page?: Page): readonly string[]
  /** The revision of the newest commit. */
  head(): number
  /** The same object for as long as nothing is committed. */
  stamp(): object
  /** What happened under `prefix` after `revision`. */
  since(prefix: string, revision: number): HistoryPage
}

export interface HistoryPage {
  readonly head: number
  /** History up to this revision is gone. */
  readonly floor: number
  /** `events` holds everything up to this revision; it is below `head` when there is more to read. */
  readonly through: number
  readonly events: readonly StoreEvent[]
}

/** How far one read of the history goes, so that a watch that is far behind doesn't hold all of it in memory. */
export const revisionsPerPage = 256

export interface HistoryOptions {
  /** How many revisions a watch can go back; at least 1, default 50,000. */
  readonly historyRevisions?: number
  /** Older revisions go, however few they are, while those after them hold as many bytes of keys and values; default 16 MiB. */
  readonly historyBytes?: number
}

/** Which of the history is kept; whichever bound is met first holds. */
export interface HistoryBounds {
  readonly revisions: number
  readonly bytes: number
}

/** Hours of ordinary use, seconds of a flood. The newest revision always stays, as the head. */
export function toHistoryBounds({
  historyRevisions = 50_000,
  historyBytes = 16 * 1024 * 1024,
}: HistoryOptions): HistoryBounds {
  return { revisions: Math.max(1, historyRevisions), bytes: Math.max(1, historyBytes) }
}

/** An event as it is kept: JSON text, null for a deletion. */
export interface StoredEvent {
  readonly key: string
  readonly text: string | null
  readonly revision: number
}

export function toEvent({ key, text, revision }: StoredEvent): StoreEvent {
  return text === null
    ? { type: 'delete', key, revision }
    : { type: 'put', key, value: JSON.parse(text), revision }
}

/** What a write takes up in the history. */
export function bytesOf({ key, text }: Write): number {
  return Buffer.byteLength(key) + Buffer.byteLength(text ?? '')
}

export function storeClosed(): OrchestrationError {
  return new OrchestrationError('store_unavailable', 'The store is closed. Open a new one to go on.')
}
