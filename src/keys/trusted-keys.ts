import type { KeyObject } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { OrchestrationError } from '../errors.ts'
import { createFolderStamp, type FolderStamp } from '../folder-stamp.ts'
import { isMissing, makePrivateFolder, removePrivateFile, writePrivateFile } from '../private-file.ts'
import { toFileIdentity } from './file-identity.ts'
import { fromPublicPem, type ParsedPublicKey, toKeyId, toPublicPem } from './public-key.ts'

/** Public keys by their ids. */
export type TrustedKeySet = ReadonlyMap<string, KeyObject>

/** The public keys whose signatures count: files that a person put, or let be put, on this machine. */
export interface TrustedKeys {
  /** What is added or taken away counts at once, what is edited in place within a second; the same set until then. */
  all(): Promise<TrustedKeySet>
  /** Durable when it resolves. */
  add(publicKey: KeyObject): Promise<void>
  remove(publicKey: KeyObject): Promise<void>
  pathOf(publicKey: KeyObject): string
}

export interface IgnoredKey {
  readonly file: string
  readonly reason: string
}

export interface TrustedKeysOptions {
  readonly folder: string
  /** Told once about each `.pem` file that doesn't count, and again when it changes. */
  readonly onIgnored?: (ignored: IgnoredKey) => void
}

/** What was begun to be read under a stamp. */
interface Reading {
  readonly stamp: FolderStamp
  readonly keys: Promise<TrustedKeySet>
}

interface ReadKey {
  readonly identity: string
  readonly parsed: ParsedPublicKey
}

/** Far above any Ed25519 public key, which takes 113 bytes. */
const largestFileBytes = 4096n

export function createTrustedKeys({ folder, onIgnored }: TrustedKeysOptions): TrustedKeys {
  const lookAtFolder = createFolderStamp(folder)
  let known: ReadonlyMap<string, ReadKey> = new Map()
  let last: Reading | undefined

  async function read(file: string): Promise<ReadKey | undefined> {
    const info = await statIfThere(join(folder, file))
    if (!info) return undefined
    const identity = toFileIdentity(info)
    const former = known.get(file)
    if (former?.identity === identity) return former
    const parsed = await parseFile(join(folder, file), info)
    if (!parsed.ok) onIgnored?.({ file, reason: parsed.reason })
    return { identity, parsed }
  }

  async function all(): Promise<TrustedKeySet> {
    const stamp = lookAtFolder()
    if (last?.stamp !== stamp) last = { stamp, keys: readAll() }
    return await last.keys.catch((error) => {
      // What can't be read now may be the next time.
      if (last?.stamp === stamp) last = undefined
      throw error
    })
  }

  async function readAll(): Promise<TrustedKeySet> {
    const files = await listPemFiles(folder)
    const keys = await Promise.all(files.map(async (file) => [file, await read(file)] as const))
    known = new Map(keys.flatMap(([file, key]) => (key ? [[file, key]] : [])))
    return toKeySet(known)
  }

  function pathOf(publicKey: KeyObject): string {
    return join(folder, `${toKeyId(publicKey)}.pem`)
  }

  return {
    all,
    pathOf,
    async add(publicKey) {
      await makePrivateFolder(folder)
      await writePrivateFile(pathOf(publicKey), toPublicPem(publicKey), { mode: 0o644 })
    },
    remove: (publicKey) => removePrivateFile(pathOf(publicKey)),
  }
}

async function listPemFiles(folder: string): Promise<readonly string[]> {
  try {
    const files = await readdir(folder)
    return files.filter((file) => file.endsWith('.pem')).sort()
  } catch (error) {
    if (isMissing(error)) return []
    throw new OrchestrationError(
      'internal_error',
      `The folder of the trusted keys, ${folder}, can't be read. Check that it is a folder and who may enter it.`,
      { cause: error },
    )
  }
}

async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  return await stat(path, { bigint: true }).catch(() => undefined)
}

async function parseFile(path: string, info: BigIntStats): Promise<ParsedPublicKey> {
  // Asked before it is opened: reading from a pipe would never end.
  if (!info.isFile() || info.size > largestFileBytes)
    return { ok: false, reason: 'it is not a small regular file' }
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return { ok: false, reason: 'it cannot be read' }
  const parsed = fromPublicPem(text)
  if (!parsed.ok || basename(path) === `${toKeyId(parsed.key)}.pem`) return parsed
  return { ok: false, reason: `its name must be its RFC 7638 thumbprint, ${toKeyId(parsed.key)}.pem` }
}

function toKeySet(known: ReadonlyMap<string, ReadKey>): TrustedKeySet {
  const keys = [...known.values()].flatMap(({ parsed }) => (parsed.ok ? [parsed.key] : []))
  return new Map(keys.map((key) => [toKeyId(key), key]))
}
