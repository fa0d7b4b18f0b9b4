import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { toKeyRange } from './keys.ts'
import type { PreparedChange, Write } from './prepared-change.ts'
import {
  bytesOf,
  type HistoryBounds,
  type HistoryPage,
  type Records,
  revisionsPerPage,
  type StoredEvent,
  toEvent,
} from './records.ts'
import type { CommitResult, Entry, Page } from './store.ts'

export interface SqliteRecords extends Records {
  /** Under one lock and one sync to disk: each change is kept or refused for itself, in order; a failure undoes them all. */
  applyAll(changes: readonly PreparedChange[]): readonly CommitResult[]
}

export function createSqliteRecords(database: DatabaseSync, history: HistoryBounds): SqliteRecords {
  const statements = prepareStatements(database)
  let seen = { version: Number.NaN }
  return { get, list, keys, head, stamp, since, applyAll }

  function get(key: string): Entry | undefined {
    const row = statements.get.get(key)
    return row && toEntry({ ...row, key })
  }

  function list(prefix: string, page?: Page): readonly Entry[] {
    const { from, end, limit } = toKeyRange(prefix, page)
    return statements.list.all(from, end ?? beyondText, limit).map(toEntry)
  }

  function keys(prefix: string, page?: Page): readonly string[] {
    const { from, end, limit } = toKeyRange(prefix, page)
    const row = statements.keys.get(from, end ?? beyondText, limit)
    return JSON.parse(String(row?.keys))
  }

  function head(): number {
    return Number(statements.newest.get()?.revision)
  }

  /** SQLite's own count tells of commits through other connections only; those through this one end the stamp themselves. */
  function stamp(): object {
    const version = Number(statements.dataVersion.get()?.data_version)
    if (seen.version !== version) seen = { version }
    return seen
  }

  /**
   * Three reads without a transaction: the head comes first and bounds the events, the floor last, so that a commit of another process
   * in between leaves nothing out unnoticed.
   */
  function since(prefix: string, revision: number): HistoryPage {
    const newest = head()
    const through = Math.min(newest, revision + revisionsPerPage)
    const { from, end } = toKeyRange(prefix)
    const events = statements.since
      .all(revision, through, from, end ?? beyondText)
      .map(toStoredEvent)
      .map(toEvent)
    return { head: newest, floor: Number(statements.oldest.get()?.revision) - 1, through, events }
  }

  function applyAll(changes: readonly PreparedChange[]): readonly CommitResult[] {
    seen = { version: Number.NaN }
    database.exec('BEGIN IMMEDIATE')
    try {
      const results = changes.map(apply)
      compact()
      database.exec('COMMIT')
      return results
    } catch (error) {
      // Some failures, such as a full disk, have rolled it back already.
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  }

  function compact(): void {
    const within = statements.oldestWithin.get(history.bytes)
    statements.compact.run(Math.max(head() - history.revisions, Number(within?.revision ?? 1) - 1))
  }

  function apply({ conditions, writes }: PreparedChange): CommitResult {
    const broken = conditions.find(({ key, revision }) => revision !== revisionOf(key))
    if (broken) return { committed: false, conflict: broken.key }
    const effective = writes.filter(({ key, text }) => text !== null || revisionOf(key) > 0)
    const revision = head() + (effective.length > 0 ? 1 : 0)
    for (const write of effective) record(write, revision)
    return { committed: true, revision }
  }

  function revisionOf(key: string): number {
    return Number(statements.revisionOf.get(key)?.revision ?? 0)
  }

  function record({ key, text }: Write, revision: number): void {
    if (text === null) statements.delete.run(key)
    else statements.put.run(key, text, revision)
    statements.log.run(revision, key, text, bytesOf({ key, text }))
  }
}

/** An upper bound above every key: SQLite sorts any blob after any text. */
const beyondText = new Uint8Array()

const newestTotal = 'SELECT total FROM history ORDER BY revision DESC, key DESC LIMIT 1'

function prepareStatements(database: DatabaseSync) {
  return {
    // https://www.sqlite.org/pragma.html#pragma_data_version
    dataVersion: database.prepare('PRAGMA data_version'),
    get: database.prepare('SELECT text, revision FROM entries WHERE key = ?'),
    list: database.prepare(
      'SELECT key, text, revision FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?',
    ),
    // The index of the keys holds all that is asked for: no entry is read. All in one text cost a third of
    // a row for each, and stand there in the order of the subquery.
    keys: database.prepare(
      'SELECT json_group_array(key) AS keys FROM (SELECT key FROM entries WHERE key >= ? AND key < ? ORDER BY key LIMIT ?)',
    ),
    revisionOf: database.prepare('SELECT revision FROM entries WHERE key = ?'),
    put: database.prepare(
      'INSERT INTO entries (key, text, revision) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET text = excluded.text, revision = excluded.revision',
    ),
    delete: database.prepare('DELETE FROM entries WHERE key = ?'),
    // The newest revision is always in the history, and each has a row there, so its two ends are head and floor.
    newest: database.prepare('SELECT coalesce(max(revision), 0) AS revision FROM history'),
    oldest: database.prepare('SELECT coalesce(min(revision), 1) AS revision FROM history'),
    since: database.prepare(
      'SELECT key, text, revision FROM history WHERE revision > ? AND revision <= ? AND key >= ? AND key < ? ORDER BY revision, key',
    ),
    // `total` counts the bytes of all history ever, so that how many follow a row is a subtraction. Looked for from the oldest row on,
    // it costs no more than what is then deleted.
    log: database.prepare(
      `INSERT INTO history (revision, key, text, total) VALUES (?, ?, ?, ? + coalesce((${newestTotal}), 0))`,
    ),
    oldestWithin: database.prepare(
      `SELECT revision FROM history WHERE total > (${newestTotal}) - ? ORDER BY revision, key LIMIT 1`,
    ),
    compact: database.prepare('DELETE FROM history WHERE revision <= ?'),
  }
}

type Row = ReturnType<StatementSync['all']>[number]

function toEntry({ key, text, revision }: Row): Entry {
  return { key: String(key), value: JSON.parse(String(text)), revision: Number(revision) }
}

function toStoredEvent({ key, text, revision }: Row): StoredEvent {
  return { key: String(key), text: text === null ? null : String(text), revision: Number(revision) }
}
