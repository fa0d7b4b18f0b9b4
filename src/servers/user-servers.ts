import { lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { createFolderStamp, type FolderStamp } from '../folder-stamp.ts'
import { oneAtATime } from '../shared-work.ts'
import { isId } from '../vocabulary.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import {
  createServerFileReader,
  isSameStamp,
  isUnchanged,
  leftOut,
  reasonOf,
  type ServerFile,
  type ServerFileReader,
} from './server-file.ts'

/** A file that is left out of the catalogue, by its name within the folder; `.` is the folder itself. */
export interface RejectedFile {
  readonly file: string
  readonly reason: string
}

export interface UserServers {
  readonly servers: ReadonlyMap<string, CatalogueServer>
  readonly rejected: readonly RejectedFile[]
}

/** The folder of the user's own servers. */
export interface UserFolder {
  /** All of them: the same object until something has changed. What is edited in place is seen within a second, of thousands within some. */
  all(): Promise<UserServers>
  /** One file as it is now, without a look at the others; undefined when there is none for this id. */
  file(serverId: string): Promise<ServerFile | undefined>
}

type Files = ReadonlyMap<string, ServerFile>

/** What is in a file is read again only if its stamp has changed. */
export function createUserServers(folder: string, builtin: ReadonlySet<string>): UserFolder {
  const readFile = withoutMisnamed(createServerFileReader(), builtin)
  const lookAtFolder = createFolderStamp(folder, () => Math.max(1_000, known.size * msForEachFile))
  const readOnce = oneAtATime(readAll)
  let known = new Map<string, ServerFile>()
  let shown: { readonly files: Files; readonly servers: UserServers } | undefined
  let last: { readonly stamp: FolderStamp; readonly servers: Promise<UserServers> } | undefined

  return { all, file }

  async function all(): Promise<UserServers> {
    const stamp = lookAtFolder()
    if (last?.stamp !== stamp) last = { stamp, servers: readOnce() }
    return await last.servers
  }

  async function readAll(): Promise<UserServers> {
    const files = await readFiles(folder, known, readFile)
    known = new Map(files)
    if (!shown || !isSame(shown.files, files)) shown = { files, servers: toUserServers(files) }
    return shown.servers
  }

  async function file(serverId: string): Promise<ServerFile | undefined> {
    if (!isId(serverId)) return undefined
    const name = serverId + suffix
    const path = join(folder, name)
    const former = known.get(name)
    if (former && isUnchanged(path, former)) return former
    return isThere(path) ? keep(name, await readFile(path, serverId, former)) : undefined
  }

  /** Of a crowd that reads the same, all get the same object. */
  function keep(name: string, found: ServerFile): ServerFile {
    const other = known.get(name)
    if (other && isSameStamp(other.stamp, found.stamp)) return other
    known.set(name, found)
    return found
  }
}

function isSame(former: Files, files: Files): boolean {
  for (const [name, file] of files) if (former.get(name) !== file) return false
  return former.size === files.size
}

/** Even a symbolic link that leads nowhere. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

async function readFiles(folder: string, known: Files, readFile: ServerFileReader): Promise<Files> {
  const files = new Map<string, ServerFile>()
  const listed = await listFiles(folder)
  if ('reason' in listed) return new Map([['.', leftOut(listed.reason, known.get('.'))]])
  for (const name of listed.names) {
    // By join, each of thousands would be parsed again.
    const path = folder + sep + name
    const former = known.get(name)
    const isKnown = former && isUnchanged(path, former)
    files.set(name, isKnown ? former : await readFile(path, name.slice(0, -suffix.length), former))
    if (files.size % filesAtATime === 0) await endOfTurn()
  }
  return files
}

/** What is hidden, or no JSON by its name, is nothing of ours: editors leave such things behind. */
async function listFiles(
  folder: string,
): Promise<{ readonly names: readonly string[] } | { readonly reason: string }> {
  try {
    const names = await readdir(folder)
    return { names: names.filter((name) => name.endsWith(suffix) && !name.startsWith('.')).sort() }
  } catch (error) {
    return isMissing(error) ? { names: [] } : { reason: reasonOf(error) }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function withoutMisnamed(readFile: ServerFileReader, builtin: ReadonlySet<string>): ServerFileReader {
  return async (path, serverId, known) => {
    if (!isId(serverId)) return leftOut(`its base name is no server id: ${idRule}`, known)
    if (builtin.has(serverId))
      return leftOut(`${serverId} is built in, and that one wins: give the file another name`, known)
    return readFile(path, serverId, known)
  }
}

function endOfTurn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}

function toUserServers(files: Files): UserServers {
  const servers = new Map<string, CatalogueServer>()
  const rejected: RejectedFile[] = []
  for (const [name, file] of files) {
    if ('server' in file) servers.set(file.server.serverId, file.server)
    else rejected.push({ file: name, reason: file.reason })
  }
  return { servers, rejected }
}

const suffix = '.json'
/** So a look at all of them, some 4 µs for each, takes no more than 2 % of the time, however many there are. */
const msForEachFile = 0.3
/** Then others get their turn: a look at so many takes less than a millisecond. */
const filesAtATime = 256
const idRule =
  'it needs lower-case letters, digits, dots, dashes and underscores, at most 64, a letter or digit first'
