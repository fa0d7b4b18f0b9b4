import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

/** A path whose folder is not made yet, below one that is gone after the test. */
export async function newFile(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-store-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return path.join(folder, 'home', 'store.sqlite')
}

export function openStore(t: TestContext, options: SqliteStoreOptions): Store {
  const store = createSqliteStore(options)
  t.after(() => store.close())
  return store
}

/** Holds a lock on the file from a connection of its own, until the answered function is called or the test ends. */
export function lock(t: TestContext, file: string, sql: string): () => void {
  const database = new DatabaseSync(file)
  database.exec(sql)
  const release = () => {
    if (database.isOpen) database.close()
  }
  t.after(release)
  return release
}

export function withDatabase<T>(file: string, work: (database: DatabaseSync) => T): T {
  const database = new DatabaseSync(file)
  try {
    return work(database)
  } finally {
    database.close()
  }
}

export const childProgram = fileURLToPath(new URL('sqlite-child.ts', import.meta.url))

/** Runs one of the tasks of sqlite-child.ts to its end; answers what it printed. */
export async function runChild(task: string, file: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [childProgram, task, file])
  return stdout
}
