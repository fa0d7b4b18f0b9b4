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

/**
 * What the store keeps for one file: the deployment in it, and those that were about to be written when the record was made, in the order
 * in which they were announced. Several processes may be about to; only one of them will find the file as it was.
 */
export interface DeploymentRecord {
  readonly current: Deployment | null
  readonly pending: readonly PendingDeployment[]
  /**
   * Whether it is this very write of the record that made `current` the current one. Else the write announced a deploy, or gave one up,
   * and `current` is what it was: without this, a deploy that is done and one that is given up leave records of the same shape.
   */
  readonly isNew?: boolean
}

/** Each deployment draws a salt of its own, so that is what tells two of the same release apart. */
export function isSameDeployment(a: Deployment | null, b: Deployment | null): boolean {
  return a?.managed.salt === b?.managed.salt
}

/** The record once a deployment is found to be in the file. */
export function complete(record: DeploymentRecord, deployment: Deployment): DeploymentRecord {
  return { current: deployment, pending: stillPending(record, deployment), isNew: true }
}

/**
 * What may still be written over a deployment. Each deploy replaces just what it had looked at: once another has written, those announced
 * before it find that gone.
 */
export function stillPending(
  { pending }: DeploymentRecord,
  deployment: Deployment | null,
): readonly PendingDeployment[] {
  const place = pending.findIndex((each) => isSameDeployment(each, deployment))
  const isUntouched = pending[place]?.leavesFile === true
  return pending.filter((_, index) => index > place || (index < place && isUntouched))
}

export const noManagedEntries: ManagedEntries = { salt: '', digests: {} }

export interface PendingDeployment extends Deployment {
  /** Keyed digest of the whole file as it will be. */
  readonly fileDigest: string
  /** The file says already all that it should, so nothing is written. */
  readonly leavesFile?: boolean
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
 * The deployment that a record stands for, given what is in the file: one that was announced counts when the file holds it, which is the
 * case after a crash between the file's rename and the store's commit.
 */
export function settle(
  { current, pending }: DeploymentRecord,
  text: string,
  entries: ReadonlyMap<string, JsonValue>,
): Deployment | null {
  const former = current?.managed ?? noManagedEntries
  const written =
    pending.findLast(({ fileDigest, managed }) => fileDigest === digestOfText(text, managed.salt)) ??
    pending.findLast(({ managed }) => isWritten(managed, former, entries))
  if (!written) return current
  const { fileDigest: _digest, leavesFile: _leaves, ...deployment } = written
  return deployment
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
