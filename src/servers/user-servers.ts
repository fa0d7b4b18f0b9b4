import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isId } from '../vocabulary.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import { createServerFileReader, reasonOf, type ServerFile, type ServerFileReader } from './server-file.ts'

/** A file that is left out of the catalogue, by its name within the folder; `.` is the folder itself. */
export interface RejectedFile {
  readonly file: string
  readonly reason: string
}

export interface UserServers {
  readonly servers: ReadonlyMap<string, CatalogueServer>
  readonly rejected: readonly RejectedFile[]
}

type Files = ReadonlyMap<string, ServerFile>

/** Reads the folder as it is at each call; what is in a file is read again only if its stamp has changed. */
export function createUserServers(folder: string, builtin: ReadonlySet<string>): () => Promise<UserServers> {
  const readFile = withoutMisnamed(createServerFileReader(), builtin)
  let known: Files = new Map()
  return oneAtATime(async () => {
    known = await readFiles(folder, known, readFile)
    return toUserServers(known)
  })
}

/** Callers that come during a reading share the next one: a crowd costs two, and nobody gets one that began before their call. */
function oneAtATime<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  const start = () => {
    next = undefined
    running = read().finally(() => {
      running = undefined
    })
    return running
  }
  return () => {
    if (next) return next
    if (!running) return start()
    next = running.then(start, start)
    return next
  }
}

async function readFiles(folder: string, known: Files, readFile: ServerFileReader): Promise<Files> {
  const files = new Map<string, ServerFile>()
  const listed = await listFiles(folder)
  if ('reason' in listed) return new Map([['.', listed]])
  for (const name of listed.names) {
    files.set(name, await readFile(join(folder, name), name.slice(0, -suffix.length), known.get(name)))
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
    if (!isId(serverId)) return { reason: `its base name is no server id: ${idRule}` }
    if (builtin.has(serverId))
      return { reason: `${serverId} is built in, and that one wins: give the file another name` }
    return readFile(path, serverId, known)
  }
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
const idRule =
  'it needs lower-case letters, digits, dots, dashes and underscores, at most 64, a letter or digit first'
