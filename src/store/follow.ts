import type { Bell } from './bell.ts'
import type { HistoryPage } from './records.ts'
import type { WatchBatch } from './store.ts'

export interface Followed {
  readonly start: Promise<number>
  readonly since: (revision: number) => Promise<HistoryPage>
  readonly bell: Bell
}

/**
 * A watch over any adapter that can read its history. It is pulled, so a slow reader costs no memory: one that falls behind the
 * history that is kept is told `compacted`. So is one that asks for a revision yet to come: it remembers another store than this.
 */
export function follow(source: Followed, signal?: AbortSignal): AsyncIterable<WatchBatch> {
  return {
    [Symbol.asyncIterator]() {
      const stop = new AbortController()
      const batches = read(source, AbortSignal.any(signal ? [signal, stop.signal] : [stop.signal]))
      return {
        next: () => batches.next(),
        // A generator's own return() would wait behind a next() that waits for the next commit.
        return: () => {
          stop.abort()
          return batches.return(undefined)
        },
      }
    },
  }
}

async function* read(source: Followed, signal: AbortSignal): AsyncGenerator<WatchBatch, undefined> {
  let revision = await source.start
  while (!signal.aborted) {
    const page = await nextPage(source, revision, signal)
    if (revision < page.floor || revision > page.head) {
      yield { type: 'compacted', revision: revision < page.floor ? page.floor : page.head }
      return
    }
    const isNew = page.through > revision
    revision = page.through
    if (isNew && !signal.aborted) yield { type: 'changes', through: revision, events: page.events }
  }
}

/** Listens before it reads, so that a commit in between is not slept through; waits when there is nothing new. */
async function nextPage(
  { since, bell }: Followed,
  revision: number,
  signal: AbortSignal,
): Promise<HistoryPage> {
  const { promise: changed, resolve } = Promise.withResolvers<void>()
  const wake = () => resolve()
  const unsubscribe = bell.subscribe(wake)
  signal.addEventListener('abort', wake)
  try {
    const page = await since(revision)
    if (page.head === revision && !signal.aborted) await changed
    return page
  } finally {
    unsubscribe()
    signal.removeEventListener('abort', wake)
  }
}
