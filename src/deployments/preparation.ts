import type { Release } from '../artifacts/releases.ts'
import { type Client, toClientEntry } from '../clients/client.ts'
import { editConfig } from '../clients/config-document.ts'
import { type Finding, OrchestrationError } from '../errors.ts'
import { type Reference, resolveEntry } from '../secrets/references.ts'
import type { JsonObject, Payload } from '../vocabulary.ts'
import { unreadable } from './config-file.ts'
import { type Deployment, noManagedEntries, settle } from './deployment.ts'
import type { DeploymentRecords, Recorded } from './deployment-records.ts'
import type { Entries } from './masked-diff.ts'
import { type Plan, planDeploy } from './plan.ts'
import { readTarget, type Target } from './target.ts'

/** What a reference stands for on this machine; undefined when it stands for nothing. */
export type Lookup = (reference: Reference) => Promise<string | undefined>

/** All that is decided before anything is written. */
export interface Prepared {
  readonly client: Client
  readonly release: Release
  readonly target: Target
  readonly recorded: Recorded
  readonly settled: Deployment | null
  readonly plan: Plan
  /** The file's new text; undefined when the file already says all that it should. */
  readonly newText: string | undefined
}

export interface PreparationOptions {
  readonly records: DeploymentRecords
  readonly locate: (client: Client) => Promise<string>
}

/**
 * Looks at the file and decides what a deploy does to it. `config_file_unreadable`, `config_entry_conflict`. Undefined when another
 * process announced a deploy between the look at the record and that at the file: what seems to be the user's may be what that one wrote.
 */
export async function prepare(
  { records, locate }: PreparationOptions,
  release: Release,
  client: Client,
  wanted: Entries,
  overwrite: boolean,
): Promise<Prepared | undefined> {
  const configPath = await locate(client)
  const recorded = await records.read(client.clientId, configPath)
  const target = await readTarget(client, configPath)
  const settled = settle(recorded.record, target.text, target.entries)
  const managed = settled?.managed ?? noManagedEntries
  const planning = planDeploy({ entries: target.entries, managed, wanted, overwrite })
  if (!planning.ok) {
    const { revision } = await records.read(client.clientId, configPath)
    if (revision !== recorded.revision) return undefined
    throw conflict(configPath, planning.conflicts)
  }
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

/**
 * A payload in the client's own shape with its references resolved: what goes into the file, and nowhere else. `secret_unresolved`
 * names every reference without a value.
 */
export async function resolvePayload(client: Client, payload: Payload, lookup: Lookup): Promise<Entries> {
  const resolved = new Map<string, JsonObject>()
  const missing = new Set<string>()
  for (const [name, entry] of Object.entries(payload.mcpServers)) {
    const resolution = await resolveEntry(entry, lookup)
    if (resolution.ok) resolved.set(name, toClientEntry(client, resolution.entry))
    else for (const reference of resolution.missing) missing.add(reference)
  }
  if (missing.size > 0) throw unresolved([...missing])
  return resolved
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
