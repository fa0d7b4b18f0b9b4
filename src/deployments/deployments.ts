import type { ReleaseSelector, Releases } from '../artifacts/releases.ts'
import { type Client, getClient } from '../clients/client.ts'
import { OrchestrationError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { inTurn } from '../store/update.ts'
import type { ProfileRef } from '../vocabulary.ts'
import type { Backups } from './backups.ts'
import { replaceConfigFile } from './config-file.ts'
import { type Deployment, digestOfText, newSalt, toManagedEntries } from './deployment.ts'
import { createDeploymentRecords, type DeploymentRecords, type Recorded } from './deployment-records.ts'
import { createFileStates, type FileStates } from './file-states.ts'
import { createFileWatch } from './file-watch.ts'
import type { Plan } from './plan.ts'
import { type Lookup, type Prepared, prepare, resolvePayload } from './preparation.ts'
import { previewOf } from './preview.ts'
import { type DeploymentStatus, statusOf } from './status.ts'
import { readTarget, unreadableAsNull } from './target.ts'

export type { DeploymentStatus } from './status.ts'

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
  /**
   * Looks at the deployed files about once a second, until the answered function is called, and commits what became of them to the
   * store, as any look at a deployment does. Without effect on whether the process goes on.
   */
  watchFiles(): () => void
}

export interface DeployOptions extends ReleaseSelector {
  /** The id of the credential that asks. */
  readonly deployedBy: string
  /** Replace managed entries that were edited by hand. The user's own entries are never replaced. Default false. */
  readonly overwrite?: boolean
  /** Do all but write, and show the difference. Default false. */
  readonly dryRun?: boolean
  /** The sequence that the profile's latest release must still have, else `precondition_failed`. */
  readonly expectedLatest?: number
  /** Whether whoever asks may read the profile that is deployed so far; a dry run shows of another only names. Default: may. */
  readonly mayRead?: (ref: ProfileRef) => boolean
}

export interface DeployResult extends Pick<Plan, 'written' | 'removed' | 'kept'> {
  readonly status: 'deployed' | 'dry_run'
  readonly configPath: string
  readonly artifactId: string
  /** What stood in the file before; null when nothing was deployed there. */
  readonly previousArtifactId: string | null
  /** ISO 8601; null for a dry run. */
  readonly deployedAt: string | null
  /** Where the bytes that were replaced are kept; null when none were. */
  readonly backupPath: string | null
  /** Unified text, for a dry run only. */
  readonly diff?: string
}

export interface DeploymentsOptions {
  readonly store: Store
  readonly releases: Releases
  readonly backups: Backups
  readonly locate: (client: Client) => Promise<string>
  readonly lookup: Lookup
  readonly clock: () => Date
  /** How long to wait between two looks at the files; default 1,000. */
  readonly fileWatchIntervalMs?: number
}

/** How often a deploy starts over because another process was deploying into the same file. */
const maxAttempts = 5

export function createDeployments(options: DeploymentsOptions): Deployments {
  const { store } = options
  const context = { ...options, records: createDeploymentRecords(store), states: createFileStates(store) }
  return {
    deploy: (ref, request) =>
      inTurn(options.store, `deploy ${ref.clientId}`, () => deploy(context, ref, request)),
    current: (clientId) => current(context, getClient(clientId)),
    configPath: (clientId) => options.locate(getClient(clientId)).catch(unreadableAsNull),
    watchFiles: createFileWatch(context),
  }
}

interface Context extends DeploymentsOptions {
  readonly records: DeploymentRecords
  readonly states: FileStates
}

async function deploy(context: Context, ref: ProfileRef, options: DeployOptions): Promise<DeployResult> {
  const client = getClient(ref.clientId)
  const release = await context.releases.get(ref, options)
  const wanted = await resolvePayload(client, release.payload, context.lookup)
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const prepared = await prepare(context, release, client, wanted, options.overwrite ?? false)
    if (!prepared) continue
    await checkLatest(context, ref, options)
    if (options.dryRun) return await toPreview(context, prepared, options)
    const deployment = await carryOut(context, prepared, options.deployedBy)
    if (deployment) return toResult(prepared, deployment)
  }
  throw new OrchestrationError(
    'config_file_changed',
    `Another process keeps deploying into the file of ${client.displayName}. Deploy again when it is done.`,
  )
}

/** Last of all that can refuse: what is deployed when nothing is selected is then the very release that was expected. */
async function checkLatest(
  { releases }: Context,
  ref: ProfileRef,
  { expectedLatest }: DeployOptions,
): Promise<void> {
  if (expectedLatest === undefined) return
  const latest = await releases.summary(ref)
  if (latest?.sequence === expectedLatest) return
  throw new OrchestrationError(
    'precondition_failed',
    `The latest release of ${ref.clientId}/${ref.profileId} is ${latest?.sequence}, not ${expectedLatest}. Look at it, then deploy again.`,
  )
}

/** Undefined when another process announced a deploy to the same file in the meantime. */
async function carryOut(
  context: Context,
  prepared: Prepared,
  deployedBy: string,
): Promise<Deployment | undefined> {
  const { client, release, target, recorded, settled, plan, newText } = prepared
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
  const begun = await context.records.begin(recorded, settled, {
    ...deployment,
    fileDigest,
    leavesFile: newText === undefined,
  })
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
    await context.records.abandon(begun).catch(() => undefined) // the file doesn't hold it, so it doesn't count
    throw error
  }
}

async function toPreview(
  { releases }: Context,
  prepared: Prepared,
  { mayRead = () => true }: DeployOptions,
): Promise<DeployResult> {
  const diff = await previewOf(prepared, releases, mayRead)
  return { ...toResult(prepared, { deployedAt: null, backupPath: null }), status: 'dry_run', diff }
}

function toResult(prepared: Prepared, done: Pick<DeployResult, 'deployedAt' | 'backupPath'>): DeployResult {
  const { written, removed, kept } = prepared.plan
  return {
    status: 'deployed',
    configPath: prepared.target.file.path,
    artifactId: prepared.release.artifactId,
    previousArtifactId: prepared.settled?.artifactId ?? null,
    deployedAt: done.deployedAt,
    backupPath: done.backupPath,
    written,
    removed,
    kept,
  }
}

async function current(context: Context, client: Client): Promise<DeploymentStatus | null> {
  const configPath = await context.locate(client).catch(unreadableAsNull)
  return configPath === null ? null : await statusOf(client, configPath, context)
}
