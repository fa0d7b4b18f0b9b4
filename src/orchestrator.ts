import { homedir } from 'node:os'
import path from 'node:path'
import { createProfiles, type Profiles } from './artifacts/profiles.ts'
import { createReleases, type Releases } from './artifacts/releases.ts'
import { type Audit, createAudit } from './audit/audit.ts'
import { type Client, clients, type Platform } from './clients/client.ts'
import { createConfigFileLocator } from './clients/config-path.ts'
import { createBackups } from './deployments/backups.ts'
import { createDeployments, type Deployments } from './deployments/deployments.ts'
import { createDrafts, type Drafts } from './drafts/drafts.ts'
import { OrchestrationError } from './errors.ts'
import { createEvents, type Events } from './events/events.ts'
import { createFolderStamp } from './folder-stamp.ts'
import { createIdempotency, type Idempotency } from './idempotency/idempotency.ts'
import { createSigningKeys, type SigningKeys } from './keys/signing-keys.ts'
import type { Reference } from './secrets/references.ts'
import { createSecrets, type Secrets } from './secrets/secrets.ts'
import { type Catalogue, createCatalogue } from './servers/catalogue.ts'
import { createEpochs, type Epoch } from './store/epochs.ts'
import { createMemoryStore } from './store/memory-store.ts'
import { createSqliteStore } from './store/sqlite-store.ts'
import type { Store } from './store/store.ts'
import { createTokens, type Tokens } from './tokens/tokens.ts'

export { digestOf } from './artifacts/canonical.ts'
export type { ReleaseSummary } from './artifacts/releases.ts'
export type {
  AuditEntry,
  AuditedChange,
  AuditNotes,
  AuditQuery,
  DoorName,
} from './audit/audit.ts'
export type { Draft } from './drafts/drafts.ts'
export type { ValidationFinding } from './drafts/validation.ts'
export type { EventBatch, OrchestrationEvent } from './events/events.ts'
export {
  type CatalogueServer,
  type Parameter,
  toArgumentTexts,
  type Variable,
} from './servers/catalogue-server.ts'
export type { Epoch } from './store/epochs.ts'
export { areWithin, type Rights, type Token } from './tokens/tokens.ts'

/** All are optional: without any, it is the one of the default home that the commands use too. */
export interface OrchestratorOptions {
  /** The folder of keys, secrets, backups and the embedded store. Default: `$MCP_ORCHESTRATION_HOME`, else `~/.mcp-orchestration`. */
  readonly home?: string
  /**
   * Where state lives: `sqlite` (in the home; survives a restart, shared by processes), `memory` (gone at the end), or a store of your
   * own, which you then close yourself. Default: `$MCP_ORCHESTRATION_STORE`, else `sqlite`.
   */
  readonly store?: 'sqlite' | 'memory' | Store
  /** Where clients' files are looked for, and what `${env:NAME}` resolves to. Default: `process.env`. */
  readonly env?: Environment
  /** Whose conventions for clients' files hold. Default: this machine's. */
  readonly platform?: Platform
  /** What time it is. Default: the system's. */
  readonly clock?: () => Date
  /** Told, once each, of files that were left out: a user's `server.json`, a trusted key. Default: nobody is told. */
  readonly onWarning?: (sentence: string) => void
}

/** Environment variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The domain, put together. What it does is described by `operations`; a host that embeds it may use its rooms directly. */
export interface Orchestrator extends AsyncDisposable {
  readonly home: string
  readonly store: Store
  readonly clients: readonly Client[]
  readonly catalogue: Catalogue
  readonly drafts: Drafts
  readonly releases: Releases
  readonly profiles: Profiles
  readonly keys: SigningKeys
  readonly secrets: Secrets
  readonly deployments: Deployments
  readonly events: Events
  readonly idempotency: Idempotency
  readonly tokens: Tokens
  readonly audit: Audit
  /**
   * The same number for as long as nothing changed that answers are made of: the store, in whatever process, the trusted keys, the user's
   * own servers; for a second at the most, since other files may have changed. What was made in an epoch holds until a higher number is
   * answered.
   */
  epoch(): Promise<Epoch>
  /** Resolves when the store can be read and written, else `store_unavailable`. */
  ready(): Promise<void>
  /** Writes what is buffered and lets go of the store. Calling it again does nothing. */
  close(): Promise<void>
}

/**
 * Puts an orchestrator together. Nothing is read, made or opened before its first use, so this never fails for the state of the disk.
 * Throws `invalid_request` for a store of an unknown name.
 *
 * @example
 * await using orchestrator = createOrchestrator()
 * await orchestrator.drafts.add({ clientId: 'cursor', profileId: 'default' }, { serverId: 'memory' })
 */
export function createOrchestrator(options: OrchestratorOptions = {}): Orchestrator {
  const { env = process.env, clock = () => new Date(), onWarning = () => {} } = options
  const home = path.resolve(
    options.home ?? (env.MCP_ORCHESTRATION_HOME || path.join(homedir(), '.mcp-orchestration')),
  )
  const store = createStore(options.store ?? (env.MCP_ORCHESTRATION_STORE || 'sqlite'), home)
  const platform = options.platform ?? (process.platform as Platform)
  const userFolder = path.join(home, 'servers')
  const catalogue = createCatalogue({
    userFolder,
    onRejected: ({ file, reason }) => onWarning(`The server file ${file} was left out: ${reason}`),
  })
  const secrets = createSecrets({ folder: path.join(home, 'secrets') })
  const keys = createSigningKeys({
    folder: path.join(home, 'keys'),
    onIgnored: ({ file, reason }) => onWarning(`The trusted key ${file} was left out: ${reason}`),
  })
  const drafts = createDrafts({ store, catalogue, secrets, clock })
  const releases = createReleases({ store, drafts, keys, clock })
  const locate = createConfigFileLocator(platform, env)
  const deployments = createDeployments({
    store,
    releases,
    backups: createBackups({ folder: path.join(home, 'backups'), clock }),
    locate: async (client) => locate(client),
    lookup: (reference) => lookUp(reference, secrets, env),
    clock,
  })
  const tokens = createTokens({
    store,
    clock,
    onFlushFailed: () =>
      onWarning('The uses of tokens could not be written; they are kept and written later.'),
  })
  const profiles = createProfiles({ drafts, releases })
  const close = closeOnce(tokens, store, store !== options.store)
  return {
    home,
    store,
    clients,
    catalogue,
    drafts,
    releases,
    profiles,
    keys,
    secrets,
    deployments,
    events: createEvents({ store, deployments }),
    idempotency: createIdempotency({ store, clock }),
    tokens,
    audit: createAudit({ store, clock }),
    epoch: createEpochs({
      store,
      looks: [path.join(home, 'keys', 'trusted'), userFolder].map((folder) => createFolderStamp(folder)),
    }),
    ready: async () => void (await (store.ready?.() ?? store.revision())),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function createStore(chosen: string | Store, home: string): Store {
  if (typeof chosen !== 'string') return chosen
  if (chosen === 'memory') return createMemoryStore()
  if (chosen === 'sqlite') return createSqliteStore({ file: path.join(home, 'store.sqlite') })
  throw new OrchestrationError('invalid_request', `There is no store "${chosen}". Choose sqlite or memory.`)
}

/** The product's own variables resolve to nothing: a deploy would hand the API key to whoever may write a draft. */
async function lookUp(
  { source, name }: Reference,
  secrets: Secrets,
  env: Environment,
): Promise<string | undefined> {
  if (source === 'secret') return await secrets.get(name)
  return name.toUpperCase().startsWith('MCP_ORCHESTRATION_') ? undefined : env[name]
}

/** A store that was handed in stays open: whoever made it closes it. */
function closeOnce(tokens: Tokens, store: Store, isOwned: boolean): () => Promise<void> {
  let closing: Promise<void> | undefined
  const close = async () => {
    await tokens.close()
    if (isOwned) await store.close()
  }
  return () => (closing ??= close())
}
