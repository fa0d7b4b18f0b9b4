import * as fs from 'node:fs'
import { chown, type FileHandle, lstat, open, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { OrchestrationError } from '../errors.ts'
import {
  createPrivateFile,
  errorCode,
  isMissing,
  makePrivateFolder,
  syncFolder,
  toWriteFailed,
  withTemporary,
} from '../private-file.ts'

/** A client's file as it was looked at: enough to notice any change before it is replaced. */
export interface ConfigFile {
  /** As the client knows it; `realPath` is behind its symbolic links. */
  readonly path: string
  readonly realPath: string
  readonly content: FileContent | undefined
}

interface FileContent {
  readonly bytes: Buffer
  readonly text: string
  readonly stat: fs.BigIntStats
}

/** No client's configuration comes near it; what does is something else. */
const maxFileBytes = 16 * 1024 * 1024

/** Reads a client's file. What exists but can't be read as text is `config_file_unreadable`; nothing there is an answer. */
export async function readConfigFile(filePath: string): Promise<ConfigFile> {
  try {
    const realPath = await resolveLinks(filePath)
    return { path: filePath, realPath, content: await readContent(filePath, realPath) }
  } catch (error) {
    if (error instanceof OrchestrationError) throw error
    throw unreadable(filePath, `It can't be read (${errorCode(error)}).`, error)
  }
}

/**
 * Replaces the file's content in one atomic step: a synced temporary file beside it, a last look at what is being replaced, a rename,
 * a sync of the folder. Mode, owner and symbolic links stay. A file that changed since it was read is `config_file_changed`;
 * one that can't be written is `write_failed`; in both cases it is as it was.
 */
export async function replaceConfigFile(file: ConfigFile, text: string): Promise<void> {
  await makePrivateFolder(path.dirname(file.realPath))
  if (file.content) await swap(file, file.content, text)
  else if (!(await createPrivateFile(file.realPath, text))) throw changed(file)
}

async function swap(file: ConfigFile, before: FileContent, text: string): Promise<void> {
  try {
    await withTemporary(file.realPath, async (temporary) => {
      await writeTemporary(temporary, text, before.stat)
      swapUnlessChanged(file, before, temporary)
    })
  } catch (error) {
    throw error instanceof OrchestrationError ? error : toWriteFailed(file.path, error)
  }
  await syncFolder(path.dirname(file.realPath)).catch(() => undefined) // it is replaced by now; what a power cut undoes shows as the file's state
}

async function resolveLinks(filePath: string): Promise<string> {
  try {
    return await realpath(filePath)
  } catch (error) {
    if (!isMissing(error)) throw error
    const link = await lstat(filePath).catch(() => undefined)
    if (link) throw unreadable(filePath, 'It is a symbolic link to a file that is not there.', error)
    return filePath
  }
}

async function readContent(filePath: string, realPath: string): Promise<FileContent | undefined> {
  const found = await stat(realPath).catch((error) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (!found) return undefined
  if (!found.isFile())
    throw unreadable(filePath, `It is a ${found.isDirectory() ? 'folder' : 'special file'}.`)
  if (found.size > maxFileBytes)
    throw unreadable(filePath, `It is larger than ${maxFileBytes / 1024 / 1024} MiB.`)
  await using handle = await open(realPath, 'r')
  return await contentOf(filePath, handle)
}

async function contentOf(filePath: string, handle: FileHandle): Promise<FileContent> {
  const bytes = await handle.readFile()
  return { bytes, text: decode(filePath, bytes), stat: await handle.stat({ bigint: true }) }
}

function decode(filePath: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw unreadable(filePath, 'It is not UTF-8 text.', error)
  }
}

async function writeTemporary(temporary: string, text: string, like: fs.BigIntStats): Promise<void> {
  await using handle = await open(temporary, 'wx', 0o600)
  await handle.writeFile(text)
  await takeAttributes(handle, temporary, like)
  await handle.sync()
}

/** A file of another owner is handed back to that owner where the system allows it; its mode is kept in any case. */
async function takeAttributes(handle: FileHandle, temporary: string, like: fs.BigIntStats): Promise<void> {
  const own = await handle.stat({ bigint: true })
  if (own.uid !== like.uid || own.gid !== like.gid) {
    await chown(temporary, Number(like.uid), Number(like.gid)).catch(ignoreForbidden)
  }
  await handle.chmod(Number(like.mode & 0o7777n))
}

function ignoreForbidden(error: unknown): void {
  if (errorCode(error) !== 'EPERM') throw error
}

/** Synchronous from the last look to the rename, so that nothing of this process comes between, and as little as can be of others. */
function swapUnlessChanged(file: ConfigFile, before: FileContent, temporary: string): void {
  if (!isUnchanged(file, before)) throw changed(file)
  fs.accessSync(file.realPath, fs.constants.W_OK) // a rename would replace what its owner made read-only
  fs.renameSync(temporary, file.realPath)
}

function isUnchanged(file: ConfigFile, before: FileContent): boolean {
  try {
    const now = fs.statSync(file.path, { bigint: true })
    const same = (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every(
      (key) => now[key] === before.stat[key],
    )
    return same && fs.readFileSync(file.realPath).equals(before.bytes)
  } catch {
    return false
  }
}

/** Says that a file was left alone, and why: `reason` is a sentence. */
export function unreadable(filePath: string, reason: string, cause?: unknown): OrchestrationError {
  return new OrchestrationError(
    'config_file_unreadable',
    `${filePath} was left as it is. ${reason} Mend or move the file, then try again.`,
    { cause },
  )
}

function changed(file: ConfigFile): OrchestrationError {
  return new OrchestrationError(
    'config_file_changed',
    `${file.path} was changed by another program during the deploy and was left as that program wrote it. Deploy again.`,
  )
}
