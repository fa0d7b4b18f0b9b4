import type { Deployments } from '../deployments/deployments.ts'
import type { Store, WatchBatch, WatchOptions } from '../store/store.ts'
import { type OrchestrationEvent, toEvent } from './event.ts'

export type { OrchestrationEvent } from './event.ts'

/** What has been read at once. */
export type EventBatch =
  /** All that happened up to the store's revision `through`; no event, when that was something else. */
  | { readonly type: 'events'; readonly through: number; readonly events: readonly OrchestrationEvent[] }
  /** What happened up to this revision is forgotten; the iteration ends after this. Follow from this revision to go on. */
  | { readonly type: 'compacted'; readonly revision: number }

/** What happens, told in order to whoever follows. */
export interface Events {
  /**
   * What happens to drafts, releases and deployments, in order, with what other processes do on the same store: from now on, or after
   * `fromRevision`, until `signal` aborts, which ends the iteration without an error. It is pulled, so a slow reader costs no memory.
   * While anybody follows, the deployed files are looked at once a second. `store_unavailable` when the store fails.
   */
  follow(options?: WatchOptions): AsyncIterable<EventBatch>
}

export interface EventsOptions {
  readonly store: Store
  readonly deployments: Pick<Deployments, 'watchFiles'>
}

export function createEvents({ store, deployments }: EventsOptions): Events {
  return {
    follow(options = {}) {
      const batches = store.watch('', options)
      return {
        [Symbol.asyncIterator]: () => watchingFiles(batches, options.signal, deployments.watchFiles()),
      }
    },
  }
}

/** The files are watched until the iteration ends, in whichever way. */
function watchingFiles(
  batches: AsyncIterable<WatchBatch>,
  signal: AbortSignal | undefined,
  stopWatching: () => void,
): AsyncIterator<EventBatch, undefined> {
  const iterator = batches[Symbol.asyncIterator]()
  const stop = () => {
    stopWatching()
    signal?.removeEventListener('abort', stop)
  }
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  return {
    async next() {
      const { done, value } = await iterator.next().catch((error) => {
        stop()
        throw error
      })
      if (!done) return { done: false, value: toEventBatch(value) }
      stop()
      return { done: true, value: undefined }
    },
    async return() {
      stop()
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
}

function toEventBatch(batch: WatchBatch): EventBatch {
  if (batch.type === 'compacted') return batch
  const events = batch.events.flatMap((told) => toEvent(told) ?? [])
  return { type: 'events', through: batch.through, events }
}
