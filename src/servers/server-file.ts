import { type Stats, statSync } from 'node:fs'
import { constants, type FileHandle, open } from 'node:fs/promises'
import { onceUnlessFailed } from '../shared-work.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import type { ServerJsonCheck } from './server-json-check.ts'
import { toCatalogueServer } from './to-catalogue-server.ts'

/** A user's `server.json`, as it was under this stamp; without one it is looked at again each time. */
export type ServerFile = { readonly stamp?: FileStamp } & (
  | { readonly server: CatalogueServer }
  | { readonly reason: string }
)

/** What tells two states of a file apart without reading it. Compared as numbers: as a text it would have to be made for each look. */
export type FileStamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>

/** Reads one file. What it was known as is answered again if it is left out for the same reason. */
export type ServerFileReader = (path: string, serverId: string, known?: ServerFile) => Promise<ServerFile>

const maximumBytes = 256 * 1024

export function createServerFileReader(load = loadCheck): ServerFileReader {
  const loadOnce = onceUnlessFailed(load)
  return async (path, serverId, known) => {
    const check = await loadOnce()
    return await readServerFile(path, serverId, check).catch((error) => leftOut(reasonOf(error), known))
  }
}

/**
 * Whether the file still is what was read. Asked synchronously: of thousands of files it is asked each second, and a thread of the pool
 * would take ten times as long.
 */
export function isUnchanged(path: string, known: ServerFile): boolean {
  try {
    return isSameStamp(known.stamp, statSync(path))
  } catch {
    return false
  }
}

export function isSameStamp(known: FileStamp | undefined, found: FileStamp | undefined): boolean {
  return (
    known !== undefined &&
    known.dev === found?.dev &&
    known.ino === found.ino &&
    known.size === found.size &&
    known.mtimeMs === found.mtimeMs &&
    known.ctimeMs === found.ctimeMs
  )
}

/** A file without a stamp; the same object for the same reason, so that one sees that nothing has changed. */
export function leftOut(reason: string, known: ServerFile | undefined): ServerFile {
  return known && 'reason' in known && known.reason === reason ? known : { reason }
}

/** Ajv and its compilation cost about 100 ms, which a start without files of the user's is spared. */
async function loadCheck(): Promise<ServerJsonCheck> {
  const { compileServerJsonCheck } = await import('./server-json-check.ts')
  return compileServerJsonCheck()
}

async function readServerFile(path: string, serverId: string, check: ServerJsonCheck): Promise<ServerFile> {
  // Without O_NONBLOCK the opening of a named pipe would wait for somebody to write into it.
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stats = await file.stat()
  const stamp = toStamp(stats)
  if (stats.isDirectory()) return { stamp, reason: 'it is a folder' }
  if (!stats.isFile()) return { stamp, reason: 'it is no regular file' }
  const bytes = await readUpTo(file, stats.size, maximumBytes + 1)
  if (bytes.length > maximumBytes) return { stamp, reason: `it has more than ${maximumBytes / 1024} KiB` }
  return { stamp, ...toServer(serverId, bytes, check) }
}

/** A file may grow after its size was asked for, some say that they have none, and some never end. */
async function readUpTo(file: FileHandle, expectedBytes: number, limitBytes: number): Promise<Uint8Array> {
  let buffer = Buffer.alloc(Math.min(expectedBytes + 1, limitBytes))
  let length = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length)
    length += bytesRead
    if (bytesRead === 0 || length === limitBytes) return buffer.subarray(0, length)
    if (length === buffer.length) buffer = Buffer.concat([buffer], limitBytes)
  }
}

function toServer(serverId: string, bytes: Uint8Array, check: ServerJsonCheck) {
  const parsed = parse(bytes)
  if ('reason' in parsed) return parsed
  const checked = check(parsed.value)
  if (!checked.ok) return { reason: `it is no server.json: ${checked.reason}` }
  const converted = toCatalogueServer(serverId, checked.json)
  return converted.ok ? { server: converted.server } : { reason: converted.reason }
}

/** The decoder takes a byte order mark away and refuses bytes that are no UTF-8. */
function parse(bytes: Uint8Array): { readonly value: unknown } | { readonly reason: string } {
  try {
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch (error) {
    return { reason: error instanceof SyntaxError ? `it is no JSON${placeOf(error)}` : 'it is not UTF-8' }
  }
}

/** Where the parser stopped, if it says so. Its whole message would quote the file, which may be a link to anything. */
function placeOf(error: SyntaxError): string {
  const [place] = /\(line \d+ column \d+\)/.exec(error.message) ?? []
  return place === undefined ? '' : ` ${place}`
}

function toStamp({ dev, ino, size, mtimeMs, ctimeMs }: Stats): FileStamp {
  return { dev, ino, size, mtimeMs, ctimeMs }
}

/** The system's code for what went wrong, in words where they help. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown trouble'
  return words[code] ?? `it can't be read (${code})`
}

const words: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link that leads back to itself',
  ENOENT: 'it is gone, or a symbolic link to something that is',
  ENOTDIR: 'it is no folder',
  EACCES: 'this process may not read it',
}
