import type { Release, ReleaseSelector, Releases } from '../artifacts/releases.ts'
import { type Client, getClient, toClientEntry } from '../clients/client.ts'
import { editConfig } from '../clients/config-document.ts'
import { type Finding, OrchestrationError } from '../errors.ts'
import { type Reference, resolveEntry } from '../secrets/references.ts'
import type { Store } from '../store/store.ts'
import type { JsonObject, JsonValue, Payload, ProfileRef } from '../vocabulary.ts'
import type { Backups } from './backups.ts'
import { replaceConfigFile, unreadable } from './config-file.ts'
import {
  type Deployment,
  digestOfText,
  type FileState,
  fileState,
  isUntouched,
  newSalt,
  settle,
  toManagedEntries,
} from './deployment.ts'
import { createDeploymentRecords, type DeploymentRecords, type Recorded } from './deployment-records.ts'
import { type Entries, maskedDiff, maskTexts, toMaskedEntries } from './masked-diff.ts'
import { type Plan, planDeploy } from './plan.ts'
import { readTarget, type Target } from './target.ts'

export interface Deployments {
  /**
   * Writes a release into its client's file. Refuses with `config_entry_conflict`, `config_file_changed`, `config_file_unreadable`,
   * `secret_unresolved` or `write_failed`; the file is then as it was.
   */
  deploy(ref: ProfileRef, options: DeployOptions): Promise<DeployResult>
  /** What a deployment last wrote into the client's file, and what became of it; null when nothing is deployed there. */
  current(clientId: string): Promise<DeploymentStatus | null>
  /** Where the client reads its configuration on this machine; null when it has no place here. */
  configPath(clientId: string): Promise<string | null>
}

export interface DeployOptions extends ReleaseSelector {
  /** The id of the credential that asks. */
  readonly deployedBy: string
  /** Replace managed entries that were edited by hand. The user's own entries are never replaced. Default false. */
  readonly overwrite?: boolean
  /** Do all but write, and show the difference. Default false. */
  readonly dryRun?: boolean
}

export interface DeployResult extends Pick<Plan, 'written' | 'removed' | 'kept'> {
  readonly status: 'deployed' | 'dry_run'
  readonly configPath: string
  readonly artifactId: string
  /** ISO 8601; null for a dry run. */
  readonly deployedAt: string | null
  /** Where the bytes that were replaced are kept; null when none were. */
  readonly backupPath: string | null
  /** Unified text, for a dry run only. */
  readonly diff?: string
}

export interface DeploymentStatus extends Deployment {
  readonly fileState: FileState
  /** A newer release of the profile exists. */
  readonly outdated: boolean
}

export interface DeploymentsOptions {
  readonly store: Store
  readonly releases: Releases
  readonly backups: Backups
  readonly locate: (client: Client) => Promise<string>
  readonly lookup: (reference: Reference) => Promise<string | undefined>
  readonly clock: () => Date
}

/** How often a deploy starts over because another process was deploying into the same file. */
const maxAttempts = 5

export function createDeployments(options: DeploymentsOptions): Deployments {
  const context = { ...options, records: createDeploymentRecords(options.store) }
  return {
    deploy: (ref, request) => deploy(context, ref, request),
    current: (clientId) => currentStatus(context, getClient(clientId)),
    configPath: (clientId) => options.locate(getClient(clientId)).catch(unreadableAsNull),
  }
}

interface Context extends DeploymentsOptions {
  readonly records: DeploymentRecords
}

/** All that is decided before anything is written. */
interface Prepared {
  readonly client: Client
  readonly release: Release
  readonly target: Target
  readonly recorded: Recorded
  readonly settled: Deployment | null
  readonly plan: Plan
  /** The file's new text; undefined when the file already says all that it should. */
  readonly newText: string | undefined
}

async function deploy(context: Context, ref: ProfileRef, options: DeployOptions): Promise<DeployResult> {
  const client = getClient(ref.clientId)
  const release = await context.releases.get(ref, options)
  const wanted = await resolve(context, client, release.payload)
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const prepared = await prepare(context, client, release, wanted, options.overwrite ?? false)
    if (options.dryRun) return await dryRun(context, prepared)
    const deployment = await carryOut(context, prepared, options.deployedBy)
    if (deployment) return toResult(prepared, deployment)
  }
  throw new OrchestrationError(
    'config_file_changed',
    `Another process keeps deploying into the file of ${client.displayName}. Deploy again when it is done.`,
  )
}

/** The release's entries in the client's own shape with their references resolved: they never leave this function's caller. */
async function resolve(context: Context, client: Client, payload: Payload): Promise<Entries> {
  const resolved = new Map<string, JsonObject>()
  const missing = new Set<string>()
  for (const [name, entry] of Object.entries(payload.mcpServers)) {
    const resolution = await resolveEntry(entry, context.lookup)
    if (resolution.ok) resolved.set(name, toClientEntry(client, resolution.entry))
    else for (const reference of resolution.missing) missing.add(reference)
  }
  if (missing.size > 0) throw unresolved([...missing])
  return resolved
}

async function prepare(
  context: Context,
  client: Client,
  release: Release,
  wanted: Entries,
  overwrite: boolean,
): Promise<Prepared> {
  const configPath = await context.locate(client)
  const recorded = await context.records.read(client.clientId, configPath)
  const target = await readTarget(client, configPath)
  const settled = settle(recorded.record, target.text, target.entries)
  const managed = settled?.managed ?? { salt: '', digests: {} }
  const planning = planDeploy({ entries: target.entries, managed, wanted, overwrite })
  if (!planning.ok) throw conflict(configPath, planning.conflicts)
  return {
    client,
    release,
    target,
    recorded,
    settled,
    plan: planning.plan,
    newText: edit(client, target, planning.plan, wanted),
  }
}

function edit(client: Client, target: Target, plan: Plan, wanted: Entries): string | undefined {
  if (plan.written.length + plan.removed.length === 0) return undefined
  const set = new Map([...wanted].filter(([name]) => plan.written.includes(name)))
  const edited = editConfig(client, target.file.content?.text, { set, remove: new Set(plan.removed) })
  if (!edited.ok) throw unreadable(target.file.path, edited.reason)
  return edited.text
}

/** Undefined when another process announced a deploy to the same file in the meantime. */
async function carryOut(
  context: Context,
  prepared: Prepared,
  deployedBy: string,
): Promise<Deployment | undefined> {
  const { client, release, target, recorded, plan, newText } = prepared
  const deployment: Deployment = {
    profileId: release.profileId,
    artifactId: release.artifactId,
    sequence: release.sequence,
    deployedAt: context.clock().toISOString(),
    deployedBy,
    configPath: target.file.path,
    backupPath: newText === undefined ? null : await context.backups.keep(client.clientId, target.file),
    managed: toManagedEntries(plan.managed, newSalt()),
  }
  const text = newText ?? target.text
  const fileDigest = digestOfText(text, deployment.managed.salt)
  const begun = await context.records.begin(recorded, { ...deployment, fileDigest })
  if (!begun) return undefined
  if (newText !== undefined) await write(context, prepared, begun, newText)
  await context.records.finish(
    begun,
    deployment,
    async () => (await readTarget(client, target.file.path)).text === text,
  )
  return deployment
}

async function write(
  context: Context,
  { target }: Prepared,
  begun: Recorded,
  newText: string,
): Promise<void> {
  try {
    await replaceConfigFile(target.file, newText)
  } catch (error) {
    await context.records.abandon(begun).catch(() => undefined) // the record of a write that did not happen is harmless
    throw error
  }
}

async function dryRun(context: Context, prepared: Prepared): Promise<DeployResult> {
  const { client, release, target, plan } = prepared
  const after = toMaskedEntries(client, release.payload)
  const managedAfter = new Map([...after].filter(([name]) => plan.managed.has(name)))
  const diff = maskedDiff(client, target.file.path, await maskedNow(context, prepared), managedAfter)
  return { ...toResult(prepared, { deployedAt: null, backupPath: null }), status: 'dry_run', diff }
}

/** The managed entries as they stand in the file: untouched ones as their release has them, edited ones without any text. */
async function maskedNow(context: Context, { client, target, settled }: Prepared): Promise<Entries> {
  if (!settled) return new Map()
  const { profileId, sequence, managed } = settled
  const ref = { clientId: client.clientId, profileId }
  const release = await context.releases.get(ref, { sequence }).catch(() => undefined)
  const released = release ? toMaskedEntries(client, release.payload) : new Map<string, JsonObject>()
  const show = (name: string, value: JsonValue) =>
    (isUntouched(managed, name, value) && released.get(name)) || (maskTexts(value) as JsonObject)
  const present = [...target.entries].filter(([name]) => Object.hasOwn(managed.digests, name))
  return new Map(present.map(([name, value]) => [name, show(name, value)]))
}

function toResult(prepared: Prepared, done: Pick<DeployResult, 'deployedAt' | 'backupPath'>): DeployResult {
  const { written, removed, kept } = prepared.plan
  return {
    status: 'deployed',
    configPath: prepared.target.file.path,
    artifactId: prepared.release.artifactId,
    deployedAt: done.deployedAt,
    backupPath: done.backupPath,
    written,
    removed,
    kept,
  }
}

async function currentStatus(context: Context, client: Client): Promise<DeploymentStatus | null> {
  const configPath = await context.locate(client).catch(unreadableAsNull)
  if (configPath === null) return null
  const { record } = await context.records.read(client.clientId, configPath)
  if (!record.current && !record.pending) return null
  const target = await readTarget(client, configPath).catch(unreadableAsNull)
  const deployment = target ? settle(record, target.text, target.entries) : record.current
  if (!deployment) return null
  const latest = await context.releases.summary({
    clientId: client.clientId,
    profileId: deployment.profileId,
  })
  return {
    ...deployment,
    fileState: target ? fileState(deployment.managed, target.entries) : 'unreadable',
    outdated: latest !== undefined && latest.sequence > deployment.sequence,
  }
}

function unreadableAsNull(error: unknown): null {
  if (error instanceof OrchestrationError && error.code === 'config_file_unreadable') return null
  throw error
}

function conflict(configPath: string, errors: readonly Finding[]): OrchestrationError {
  const [first] = errors
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  return new OrchestrationError(
    'config_entry_conflict',
    `${configPath} was left as it is: ${first?.message}${more}`,
    { errors },
  )
}

function unresolved(missing: readonly string[]): OrchestrationError {
  return new OrchestrationError(
    'secret_unresolved',
    `Nothing on this machine resolves ${missing.join(', ')}. Set the variable, or add the server again with the secret's value.`,
  )
}
