import { randomUUID } from 'node:crypto'
import { link, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { OrchestrationError } from './errors.ts'

export interface PrivateFileOptions {
  /** Of the finished file; until it is finished nobody but the owner can open it. Default 0600. */
  readonly mode?: number
  /** What takes away the leavings in the file's folder first. Default: it is read each time. */
  readonly sweep?: Sweep
}

/** Removes from a folder what a process that was killed while it wrote has left there. */
type Sweep = (folder: string) => Promise<void>

/**
 * Replaces a file as a whole: a reader, or a crash at any moment, meets all of the old bytes or all of the new ones.
 * The folder must exist. Trouble is `write_failed`, and then the old file is as it was.
 */
export async function writePrivateFile(
  path: string,
  bytes: string | Uint8Array,
  options: PrivateFileOptions = {},
): Promise<void> {
  try {
    await withTemporary(
      path,
      async (temporary) => {
        await writeSynced(temporary, bytes, options.mode ?? 0o600)
        await rename(temporary, path)
        await syncFolder(dirname(path))
      },
      options.sweep,
    )
  } catch (error) {
    throw toWriteFailed(path, error)
  }
}

/**
 * Makes a file that must not exist yet; false when it does, and then nothing has changed. Of several processes at once exactly one
 * gets true, and the file is whole from the moment it can be seen.
 */
export async function createPrivateFile(path: string, bytes: string | Uint8Array): Promise<boolean> {
  try {
    return await withTemporary(path, async (temporary) => {
      await writeSynced(temporary, bytes, 0o600)
      return await linkUnlessExists(temporary, path)
    })
  } catch (error) {
    throw toWriteFailed(path, error)
  }
}

/**
 * Gives `work` a name for the bytes that are to take the place of a file: beside it, since rename is atomic within one file system only.
 * Nothing stays under that name, however it ends; and what a process that was killed left in this folder goes.
 */
export async function withTemporary<T>(
  path: string,
  work: (temporary: string) => Promise<T>,
  sweep: Sweep = sweepNow,
): Promise<T> {
  const folder = dirname(path)
  await sweep(folder).catch(() => undefined)
  const temporary = join(folder, `${temporaryPrefix}${randomUUID()}${temporarySuffix}`)
  try {
    return await work(temporary)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
}

/** Ours at a glance, in a folder that is a client's. */
const temporaryPrefix = '.mcp-orchestration-'
const temporarySuffix = '.tmp'

/** A write takes milliseconds. One that was frozen for so long finds its bytes gone and fails, and the file is as it was. */
const staleAfterMs = 60 * 60 * 1000

/** For folders that fill up: each is read at its first write and then once an hour, since that costs as much as there is in it. */
export function createHourlySweep(): Sweep {
  const sweptMs = new Map<string, number>()
  return async (folder) => {
    const nowMs = performance.now()
    if (nowMs - (sweptMs.get(folder) ?? Number.NEGATIVE_INFINITY) < staleAfterMs) return
    sweptMs.set(folder, nowMs)
    await sweepNow(folder)
  }
}

/** They may hold secrets, and would be more and more. */
async function sweepNow(folder: string): Promise<void> {
  const names = await readdir(folder)
  for (const name of names.filter(isTemporary)) {
    const { mtimeMs } = await lstat(join(folder, name))
    if (Date.now() - mtimeMs > staleAfterMs) await rm(join(folder, name), { force: true })
  }
}

function isTemporary(name: string): boolean {
  return name.startsWith(temporaryPrefix) && name.endsWith(temporarySuffix)
}

/** Removes a file, durably; one that isn't there is no trouble. */
export async function removePrivateFile(path: string): Promise<void> {
  try {
    await rm(path)
    await syncFolder(dirname(path))
  } catch (error) {
    if (!isMissing(error)) throw toWriteFailed(path, error)
  }
}

/** Makes a folder that only its owner can enter, with the parents that it lacks. An existing one stays as it is. */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await makeFolder(resolve(path))
  } catch (error) {
    throw toWriteFailed(path, error)
  }
}

/** Step by step: where a folder can't be made though its parent is there, as below /proc, Node's own recursion never ends. */
async function makeFolder(path: string): Promise<void> {
  const parent = dirname(path)
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (!isMissing(error) || (await isThere(parent))) throw error
    await makeFolder(parent)
    return await makeFolder(path)
  }
  await syncFolder(parent)
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

async function writeSynced(path: string, bytes: string | Uint8Array, mode: number): Promise<void> {
  await using file = await open(path, 'wx', 0o600)
  await file.writeFile(bytes)
  // By chmod and not by open, where the umask would take bits away.
  if (mode !== 0o600) await file.chmod(mode)
  await file.sync()
}

/** `link` refuses a name that exists, which `rename` would replace. */
async function linkUnlessExists(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
  await syncFolder(dirname(path))
  return true
}

/** A new name is durable only when its folder is; Windows can't open folders and keeps names by journal. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  await using folder = await open(path, 'r')
  await folder.sync()
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT'
}

/** What the system said, as `write_failed` with a sentence for the operator. */
export function toWriteFailed(path: string, error: unknown): OrchestrationError {
  const reason = errorCode(error) ?? 'unknown reason'
  const sentence = `${path} could not be written (${reason}). Check that its folder exists, may be written and has space left.`
  return new OrchestrationError('write_failed', sentence, { cause: error })
}

/** The system's own code of an error: `ENOENT`, `ENOSPC`, … */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}
