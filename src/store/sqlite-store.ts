import { resolve } from 'node:path'
import { createPollingBell } from './bell.ts'
import { createCommitQueue } from './commit-queue.ts'
import { follow } from './follow.ts'
import { checkKey } from './keys.ts'
import { prepareChange } from './prepared-change.ts'
import { type HistoryOptions, storeClosed, toHistoryBounds } from './records.ts'
import { createSqliteConnection } from './sqlite-connection.ts'
import { whenFree } from './sqlite-patience.ts'
import { createReadiness } from './sqlite-readiness.ts'
import type { SqliteRecords } from './sqlite-records.ts'
import type { Store } from './store.ts'

export interface SqliteStoreOptions extends HistoryOptions {
  /** Made with its folder (modes 0600 and 0700) when the store is first used. */
  readonly file: string
  /** How long to wait for a lock that another process holds; default 5,000. */
  readonly lockTimeoutMs?: number
  /** How soon a watch sees what another process committed; default 200. */
  readonly pollIntervalMs?: number
  /** A bound on the size of the file; without one, the disk is the bound. */
  readonly maxBytes?: number
}

/** A store in one SQLite file, which several processes may use at once. Nothing is touched before the first call. */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const { lockTimeoutMs: patienceMs = 5_000, pollIntervalMs = 200, maxBytes } = options
  const file = resolve(options.file)
  const connection = createSqliteConnection({ file, history: toHistoryBounds(options), maxBytes })
  const queue = createCommitQueue({
    apply: (changes) => connection.use((records) => records.applyAll(changes)),
    patienceMs,
    file,
  })
  const whenReady = createReadiness({ connection, patienceMs, file })
  const bell = createPollingBell(lookForCommits, pollIntervalMs)
  let closing: Promise<void> | undefined

  return {
    get: async (key) => {
      checkKey(key)
      return read((records) => records.get(key))
    },
    list: (prefix, page) => read((records) => records.list(prefix, page)),
    keys: (prefix, page) => read((records) => records.keys(prefix, page)),
    commit: async (change) => {
      checkOpen()
      const result = await queue.add(prepareChange(change))
      bell.ring()
      return result
    },
    watch: (prefix, { fromRevision, signal } = {}) => {
      const start = fromRevision === undefined ? revision() : Promise.resolve(fromRevision)
      // The failure is the reader's to meet, if one ever comes.
      start.catch(() => {})
      const since = (from: number) => read((records) => records.since(prefix, from))
      return follow({ start, since, bell }, signal)
    },
    revision,
    stamp: () => read((records) => records.stamp()),
    ready: async () => {
      checkOpen()
      await whenReady()
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }

  function revision(): Promise<number> {
    return read((records) => records.head())
  }

  function read<T>(work: (records: SqliteRecords) => T): Promise<T> {
    return whenFree(
      () => {
        checkOpen()
        return connection.use(work)
      },
      patienceMs,
      file,
    )
  }

  function checkOpen(): void {
    if (closing) throw storeClosed()
  }

  async function close(): Promise<void> {
    await queue.drained()
    connection.close()
    bell.ring()
  }

  /** A failure counts as news: whoever is woken by it reads for himself and meets it. */
  function lookForCommits(): number {
    try {
      return connection.use((records) => records.head())
    } catch {
      return -1
    }
  }
}
