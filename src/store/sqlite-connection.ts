import { OrchestrationError } from '../errors.ts'
import type { HistoryBounds } from './records.ts'
import { openSqliteFile, type SqliteFile } from './sqlite-file.ts'
import { createSqliteRecords, type SqliteRecords } from './sqlite-records.ts'
import { isBusy, toUnavailable } from './sqlite-trouble.ts'

export interface SqliteConnectionOptions {
  readonly file: string
  readonly history: HistoryBounds
  readonly maxBytes: number | undefined
}

/** The way to the records of one file, opened when it is first used, and anew after a failure or when the file was replaced. */
export interface SqliteConnection {
  /** Throws SQLite's own error while another connection holds the lock, and `store_unavailable` for any other trouble. */
  use<T>(work: (records: SqliteRecords) => T): T
  close(): void
}

export function createSqliteConnection(options: SqliteConnectionOptions): SqliteConnection {
  let open: SqliteFile | undefined
  let records: SqliteRecords | undefined
  let lookedAtMs = 0

  return { use, close }

  function use<T>(work: (records: SqliteRecords) => T): T {
    try {
      return work(connect())
    } catch (error) {
      // What was thrown knowingly, such as for a key that is none, says nothing against the connection.
      if (isBusy(error) || error instanceof OrchestrationError) throw error
      close()
      throw toUnavailable(error, options.file)
    }
  }

  function connect(): SqliteRecords {
    if (isReplaced()) close()
    open ??= openSqliteFile(options)
    records ??= createSqliteRecords(open.database, options.history)
    return records
  }

  /** A file that was removed or replaced would go on taking writes that nobody else ever sees. A look costs as much as half a read. */
  function isReplaced(): boolean {
    const now = performance.now()
    if (!open || now - lookedAtMs < lookEveryMs) return false
    lookedAtMs = now
    return !open.isCurrent()
  }

  function close(): void {
    open?.database.close()
    open = undefined
    records = undefined
  }
}

const lookEveryMs = 50
