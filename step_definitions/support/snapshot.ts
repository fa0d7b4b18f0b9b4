import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Orchestrator } from '../../src/index.ts'
import type { Sandbox } from './sandbox.ts'

/** All that the orchestrator keeps and all files of the person's home, as comparable text by key and by path. */
export type Snapshot = Readonly<Record<string, string>>

export async function takeSnapshot(sandbox: Sandbox, orchestrator: Orchestrator): Promise<Snapshot> {
  // A look must not be what makes the store.
  const entries = existsSync(sandbox.home) ? await orchestrator.store.list('') : []
  const files = await filesBelow(sandbox.userHome, (path) => !isStoreFile(path))
  return {
    ...Object.fromEntries(
      entries
        .filter(({ key, value }) => !isUse(value) && !isTrace(key))
        .map(({ key, value }) => [`store: ${key}`, JSON.stringify(value)]),
    ),
    ...Object.fromEntries([...files].map(([path, bytes]) => [`file: ${path}`, digest(bytes)])),
  }
}

/** The files below a folder, each with its bytes. */
export async function filesBelow(
  folder: string,
  isWanted: (path: string) => boolean = () => true,
): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(
    await Promise.all(paths.filter(isWanted).map(async (path) => [path, await readFile(path)] as const)),
  )
}

/** That a token was used is recorded for refused requests too; it is no change of what is kept for people. */
function isUse(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'usageCount' in value
}

/** What is refused is written down, too: that is a trace of the attempt, and the scenarios of the audit look at it. */
function isTrace(key: string): boolean {
  return key.startsWith('audit/') || key === 'audit-head'
}

/** The store is compared by its entries; its files move even when it is only read. */
function isStoreFile(path: string): boolean {
  return /store\.sqlite(-wal|-shm|-journal)?$/.test(path)
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
