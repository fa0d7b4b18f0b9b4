import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { OrchestrationError } from '../errors.ts'
import { codeOf } from './sqlite-trouble.ts'

export interface SqliteFileOptions {
  readonly file: string
  readonly maxBytes: number | undefined
}

/** An open database file of ours, and whether its path still leads to it. */
export interface SqliteFile {
  readonly database: DatabaseSync
  isCurrent(): boolean
}

/** Makes folder, file and schema where they are missing; throws what SQLite or the file system throws. */
export function openSqliteFile({ file, maxBytes }: SqliteFileOptions): SqliteFile {
  createFile(file)
  const identity = identityOf(file)
  const database = new DatabaseSync(file, { timeout: blockingMs })
  try {
    makePrivate(file)
    const fresh = isNew(database)
    database.exec(connectionPragmas)
    if (fresh) createSchema(database)
    if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.ceil(maxBytes / pageBytes)}`)
    return { database, isCurrent: () => identityOf(file) === identity }
  } catch (error) {
    database.close()
    throw error
  }
}

/** How long SQLite itself may wait for a lock, which blocks the event loop; longer waits are the store's, and asynchronous. */
const blockingMs = 4
const pageBytes = 4096

/** "mcpo": tells our files from other programs' SQLite files. */
const applicationId = 0x6d63706f
const schemaVersion = 1

/**
 * FULL syncs the log at each commit; `fullfsync` makes that reach the platter on macOS; `trusted_schema` keeps a file that someone
 * else prepared from running functions of its choice.
 */
const connectionPragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA trusted_schema = OFF;
`

const schema = `
  CREATE TABLE entries (key TEXT NOT NULL PRIMARY KEY, text TEXT NOT NULL, revision INTEGER NOT NULL) STRICT;
  CREATE TABLE history (revision INTEGER NOT NULL, key TEXT NOT NULL, text TEXT, total INTEGER NOT NULL) STRICT;
  CREATE UNIQUE INDEX history_order ON history (revision, key);
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`

/**
 * Made by us, since SQLite would take the umask's mode. Only ever opened here when it is new: POSIX takes all of a process's locks on
 * a file away when the process closes any handle to it, and another connection of this process may live on those.
 */
function createFile(file: string): void {
  makeFolder(dirname(file))
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
}

/** Step by step: where a folder can't be made though its parent is there, as below /proc, Node's own recursion never ends. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return
    if (codeOf(error) !== 'ENOENT' || existsSync(dirname(folder))) throw error
    makeFolder(dirname(folder))
    makeFolder(folder)
  }
}

/** SQLite gives -wal and -shm the mode of the main file. The folder is left alone: it may be one that the user shares on purpose. */
function makePrivate(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) {
    const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & 0o077) !== 0) chmodSync(path, mode & 0o700)
  }
}

function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}

/** Asked before anything is written, so that a file of another program or of another version of this one is left as it is. */
function isNew(database: DatabaseSync): boolean {
  const { id, version, tables } = describe(database)
  if (id === applicationId && version === schemaVersion) return false
  if (id === applicationId) throw new OrchestrationError('store_unavailable', otherVersion)
  if (id === 0 && version === 0 && tables === 0) return true
  throw new OrchestrationError('store_unavailable', otherProgram)
}

function describe(database: DatabaseSync): Record<string, unknown> {
  return { ...database.prepare(description).get() }
}

/** Two processes may open a new file at once: the second to get the lock finds it made. */
function createSchema(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE')
  if (isNew(database)) database.exec(schema)
  database.exec('COMMIT')
}

const description = `
  SELECT application_id AS id, user_version AS version, (SELECT count(*) FROM sqlite_schema) AS tables
  FROM pragma_application_id, pragma_user_version
`

const otherVersion =
  'The store was written by another version of this program. Run that version, or move the store away to begin with an empty one.'
const otherProgram =
  'The file where the store should be is a database of another program. Choose another home folder, or move the file away.'
