import { createHmac, randomBytes } from 'node:crypto'
import type { JsonValue } from '../vocabulary.ts'

/** An artifact that was written into a client's file. */
export interface Deployment {
  readonly profileId: string
  readonly artifactId: string
  readonly sequence: number
  /** ISO 8601. */
  readonly deployedAt: string
  /** The id of the credential that asked for it. */
  readonly deployedBy: string
  readonly configPath: string
  readonly backupPath: string | null
  readonly managed: ManagedEntries
}

/**
 * The entries a deployment wrote, each as a digest of its value in the file. The values hold resolved secrets, so the digest is keyed
 * with a salt of its own: two stores can't be compared, and no table of guesses can be made in advance.
 */
export interface ManagedEntries {
  readonly salt: string
  readonly digests: Readonly<Record<string, string>>
}

/** What the store keeps for one file: the deployment in it, and one that was about to be written when the record was made. */
export interface DeploymentRecord {
  readonly current: Deployment | null
  readonly pending: PendingDeployment | null
}

export const noManagedEntries: ManagedEntries = { salt: '', digests: {} }

export interface PendingDeployment extends Deployment {
  /** Keyed digest of the whole file as it will be. */
  readonly fileDigest: string
}

export type FileState = 'in_sync' | 'edited' | 'missing' | 'unreadable'

export function newSalt(): string {
  return randomBytes(16).toString('base64url')
}

export function toManagedEntries(entries: ReadonlyMap<string, JsonValue>, salt: string): ManagedEntries {
  const digests = [...entries].map(([name, value]) => [name, digestOf(value, salt)])
  return { salt, digests: Object.fromEntries(digests) }
}

export function isManaged(managed: ManagedEntries, name: string): boolean {
  return Object.hasOwn(managed.digests, name)
}

/** Whether the value in the file is still the one that was written. */
export function isUntouched(managed: ManagedEntries, name: string, value: JsonValue): boolean {
  return isManaged(managed, name) && managed.digests[name] === digestOf(value, managed.salt)
}

export function digestOfText(text: string, salt: string): string {
  return createHmac('sha256', salt).update(text).digest('hex')
}

/** Equal as JSON: the order of an object's keys doesn't count. */
export function isSameValue(a: JsonValue, b: JsonValue): boolean {
  return JSON.stringify(a, sortKeys) === JSON.stringify(b, sortKeys)
}

function digestOf(value: JsonValue, salt: string): string {
  return digestOfText(JSON.stringify(value, sortKeys), salt)
}

function sortKeys(_key: string, value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** What a deployment's file looks like now; `entries` is undefined when there is no file. */
export function fileState(
  managed: ManagedEntries,
  entries: ReadonlyMap<string, JsonValue> | undefined,
): FileState {
  const names = Object.keys(managed.digests)
  if (names.length === 0) return 'in_sync'
  const present = names.filter((name) => entries?.has(name))
  if (present.length === 0) return 'missing'
  const untouched = present.filter((name) => isUntouched(managed, name, entries?.get(name) ?? null))
  return untouched.length === names.length ? 'in_sync' : 'edited'
}

/**
 * The deployment that a record stands for, given what is in the file: a pending one counts when the file holds it, which is the case
 * after a crash between the file's rename and the store's commit.
 */
export function settle(
  { current, pending }: DeploymentRecord,
  text: string,
  entries: ReadonlyMap<string, JsonValue>,
): Deployment | null {
  if (!pending) return current
  const { fileDigest, ...deployment } = pending
  const isWhole = fileDigest === digestOfText(text, pending.managed.salt)
  return isWhole || isWritten(pending.managed, current?.managed ?? noManagedEntries, entries)
    ? deployment
    : current
}

/** For a file that was edited since: all that was to come is there, and nothing that was to go. */
function isWritten(
  pending: ManagedEntries,
  former: ManagedEntries,
  entries: ReadonlyMap<string, JsonValue>,
): boolean {
  const leftovers = [...entries].filter(
    ([name, value]) => !isManaged(pending, name) && isUntouched(former, name, value),
  )
  return leftovers.length === 0 && fileState(pending, entries) === 'in_sync'
}
