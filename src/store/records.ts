import { OrchestrationError } from '../errors.ts'
import type { Entry, Page, StoreEvent } from './store.ts'

/** What an adapter within this process keeps, as it is read: entries and the history of their changes. */
export interface Records {
  get(key: string): Entry | undefined
  list(prefix: string, page?: Page): readonly Entry[]
  /** The revision of the newest commit. */
  head(): number
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

/** How many revisions a watch can go back: hours of ordinary use, seconds of a flood. The newest one always stays, as the head. */
export function toHistoryRevisions(wanted = 10_000): number {
  return Math.max(1, wanted)
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

export function storeClosed(): OrchestrationError {
  return new OrchestrationError('store_unavailable', 'The store is closed. Open a new one to go on.')
}
