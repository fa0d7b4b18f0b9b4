/**
 * Loaded before the product where its syncs to disk are counted: with a write-ahead log and `synchronous=FULL`, SQLite syncs the log once
 * for each transaction that it commits.
 */
import { DatabaseSync } from 'node:sqlite'
import { counted } from './measurements.ts'

const { exec } = DatabaseSync.prototype

DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  if (sql === 'COMMIT') counted.commits += 1
  return exec.call(this, sql)
}
