import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { OrchestrationError } from './errors.ts'

export interface PrivateFileOptions {
  /** Of the finished file; until it is finished nobody but the owner can open it. Default 0600. */
  readonly mode?: number
}

/**
 * Replaces a file as a whole: a reader, or a crash at any moment, meets all of the old bytes or all of the new ones.
 * The folder must exist. Trouble is `write_failed`, and then the old file is as it was.
 */
export async function writePrivateFile(
  path: string,
  bytes: string | Uint8Array,
  options: PrivateFileOptions = {},
): Promise<void> {
  // Rename is atomic within one file system only, so the new bytes grow up beside the old ones.
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    await writeSynced(temporary, bytes, options.mode ?? 0o600)
    await rename(temporary, path)
    await syncFolder(dirname(path))
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw toWriteFailed(path, error)
  }
}

/**
 * Makes a file that must not exist yet; false when it does, and then nothing has changed. Of several processes at once exactly one
 * gets true, and the file is whole from the moment it can be seen.
 */
export async function createPrivateFile(path: string, bytes: string | Uint8Array): Promise<boolean> {
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`)
  try {
    await writeSynced(temporary, bytes, 0o600)
    return await linkUnlessExists(temporary, path)
  } catch (error) {
    throw toWriteFailed(path, error)
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined)
  }
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
