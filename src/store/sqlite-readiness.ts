import { rm, writeFile } from 'node:fs/promises'
import type { SqliteConnection } from './sqlite-connection.ts'
import { whenFree } from './sqlite-patience.ts'
import { toUnavailable } from './sqlite-trouble.ts'

export interface ReadinessOptions {
  readonly connection: SqliteConnection
  readonly patienceMs: number
  readonly file: string
}

/**
 * Tells whether a commit would be taken, without making one: that the lock can be had, and that the folder takes some bytes more. SQLite
 * alone would not know: it writes into room that its log has from before until that is used up, and through handles that are open already.
 */
export function createReadiness({ connection, patienceMs, file }: ReadinessOptions): () => Promise<void> {
  let look: Promise<void> | undefined
  return () => {
    look ??= lookNow().finally(() => setTimeout(forget, freshMs).unref())
    return look
  }

  async function lookNow(): Promise<void> {
    await whenFree(takeLock, Math.min(patienceMs, longestWaitMs), file)
    await writeSpare(`${file}-spare`).catch((error) => {
      throw toUnavailable(error, file)
    })
  }

  /** By a transaction without changes. That it may write shows at its statements: SQLite begins one on a read-only file, too. */
  function takeLock(): void {
    connection.use((records) => records.applyAll([]))
  }

  function forget(): void {
    look = undefined
  }
}

/** Whoever asks in between is told the same: strangers may ask, as often as they like. */
const freshMs = 500

/** Shorter than for a commit: whoever asks whether it is worth a try has less patience than whoever tries. */
const longestWaitMs = 1_000

/** More than most commits write. */
const spareBytes = 64 * 1024

async function writeSpare(path: string): Promise<void> {
  try {
    await writeFile(path, Buffer.alloc(spareBytes), { mode: 0o600, flush: true })
  } finally {
    await rm(path, { force: true })
  }
}
