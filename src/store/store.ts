import type { JsonValue } from '../vocabulary.ts'

/**
 * The store port, modelled on etcd's transactions: one flat space of string keys with JSON values under one global, rising revision.
 * Every failure of the means below it (disk full, locked, unreachable) is an OrchestrationError `store_unavailable`.
 */
export interface Store {
  get(key: string): Promise<Entry | undefined>
  /** Entries whose key starts with `prefix`, in ascending byte order of their keys. */
  list(prefix: string, page?: Page): Promise<readonly Entry[]>
  /** Only the keys of what `list` gives, for less than it costs to read the values. Of a store without it, `list` is asked. */
  keys?(prefix: string, page?: Page): Promise<readonly string[]>
  /** All of it or nothing; durable when the promise resolves. */
  commit(change: Change): Promise<CommitResult>
  /**
   * Changes under `prefix` with a revision above `fromRevision` (default: from now on), in order, until `signal` aborts,
   * which ends the iteration without an error. Sees commits of other processes on the same store. A commit is never split between two
   * batches, so a reader can go on from any `through`.
   */
  watch(prefix: string, options?: WatchOptions): AsyncIterable<WatchBatch>
  /** The revision of the newest commit; 0 for an empty store. */
  revision(): Promise<number>
  /**
   * The same object for as long as nothing is committed, by whatever process: much cheaper to ask than `revision`, and all that one needs
   * to know whether what was read still holds. It must be taken after the call. What is made of a store without it is never kept.
   */
  stamp?(): Promise<object>
  /**
   * Resolves when a commit would be taken, as far as one can tell without making one. A store without it counts as ready when it can be
   * read.
   */
  ready?(): Promise<void>
  close(): Promise<void>
}

/** A key with what stands there now. */
export interface Entry {
  readonly key: string
  readonly value: JsonValue
  /** The revision of the commit that last wrote this key. */
  readonly revision: number
}

/** Which part of a list; all of it by default. */
export interface Page {
  /** Only keys greater than this one. */
  readonly after?: string
  readonly limit?: number
}

/** What a commit does, if its conditions hold. */
export interface Change {
  /** Each key must have this revision; 0 means that it must not exist. */
  readonly if?: readonly Condition[]
  readonly put?: Readonly<Record<string, JsonValue>>
  readonly delete?: readonly string[]
}

/** That nobody else wrote the key since. */
export interface Condition {
  readonly key: string
  readonly revision: number
}

/** Whether it was done, under which revision, or what stood against it. */
export type CommitResult =
  | { readonly committed: true; readonly revision: number }
  /** The first condition that did not hold; nothing was written. */
  | { readonly committed: false; readonly conflict: string }

/** From where on, and until when. */
export interface WatchOptions {
  readonly fromRevision?: number
  readonly signal?: AbortSignal
}

/** One key's part of a commit. */
export type StoreEvent =
  | {
      readonly type: 'put'
      readonly key: string
      readonly value: JsonValue
      readonly revision: number
    }
  | { readonly type: 'delete'; readonly key: string; readonly revision: number }

/** What a watch has read at once. */
export type WatchBatch =
  /** All that happened up to the revision `through`; nothing, when what was committed lies under other prefixes. */
  | { readonly type: 'changes'; readonly through: number; readonly events: readonly StoreEvent[] }
  /** History up to this revision is gone; the iteration ends after this. */
  | { readonly type: 'compacted'; readonly revision: number }

/** Only the keys of what `list` gives. */
export async function listKeys(store: Store, prefix: string, page?: Page): Promise<readonly string[]> {
  if (store.keys) return await store.keys(prefix, page)
  return (await store.list(prefix, page)).map(({ key }) => key)
}
