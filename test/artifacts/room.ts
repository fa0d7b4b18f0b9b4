import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createReleases, type Releases } from '../../src/artifacts/releases.ts'
import type { Draft, Drafts } from '../../src/drafts/drafts.ts'
import type { Validation } from '../../src/drafts/validation.ts'
import { clientNotFound, type Finding, OrchestrationError } from '../../src/errors.ts'
import { createSigningKeys, type SigningKeys } from '../../src/keys/signing-keys.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Store } from '../../src/store/store.ts'
import type { JsonValue, Payload, ProfileRef, RemoteEntry, StdioEntry } from '../../src/vocabulary.ts'

/** The profile that Priya publishes to. */
export const ref: ProfileRef = { clientId: 'cursor', profileId: 'default' }

export const memory: StdioEntry = {
  type: 'stdio',
  command: 'npx',
  args: ['-y', '@modelcontextprotocol/server-memory'],
  env: {},
}

export const docs: RemoteEntry = { type: 'streamable-http', url: 'https://docs.example/mcp', headers: {} }

export interface Room {
  readonly folder: string
  readonly store: Store
  readonly keys: SigningKeys
  readonly releases: Releases
  readonly drafts: DraftShelf
  /** Another process's view of the same store and keys. */
  elsewhere(): Releases
  /** What Priya does: the draft holds just this, and is published. */
  publish(mcpServers: Payload['mcpServers'], changelog?: string): ReturnType<Releases['publish']>
}

export interface DraftShelf extends Pick<Drafts, 'find' | 'validate'> {
  put(ref: ProfileRef, payload: Payload, errors?: readonly Finding[]): void
}

export async function createRoom(context: TestContext): Promise<Room> {
  return await openRoom(await temporaryFolder(context), createMemoryStore())
}

/** In a folder that may have its keys already. */
export async function openRoom(folder: string, store: Store): Promise<Room> {
  const keys = createSigningKeys({ folder: join(folder, 'keys') })
  const drafts = createDraftShelf()
  const options = { store, drafts, clock: createClock() }
  const releases = createReleases({ ...options, keys })
  await keys.initialize()
  return {
    folder,
    store,
    keys,
    releases,
    drafts,
    elsewhere: () =>
      createReleases({ ...options, keys: createSigningKeys({ folder: join(folder, 'keys') }) }),
    publish(mcpServers, changelog) {
      drafts.put(ref, { mcpServers })
      return releases.publish(ref, changelog === undefined ? {} : { changelog })
    },
  }
}

export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-orchestration-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Drafts that are what one puts, and valid unless one says otherwise; it knows the clients cursor and zed. */
export function createDraftShelf(): DraftShelf {
  const shelf = new Map<string, Validation>()
  const find = async ({ clientId, profileId }: ProfileRef) => {
    if (clientId === 'cursor' || clientId === 'zed') return shelf.get(`${clientId}/${profileId}`)
    throw clientNotFound(clientId)
  }
  return {
    put(ref, payload, errors = []) {
      shelf.set(
        `${ref.clientId}/${ref.profileId}`,
        toValidation({ ...ref, payload, revision: 1, updatedAt: null }, errors),
      )
    },
    find: async (ref) => (await find(ref))?.draft,
    async validate(ref) {
      const validation = await find(ref)
      if (validation) return validation
      throw new OrchestrationError('profile_not_found', `${ref.clientId}/${ref.profileId} has no draft.`)
    },
  }
}

function toValidation(draft: Draft, errors: readonly Finding[]): Validation {
  return {
    valid: errors.length === 0,
    errors: errors.map((finding) => ({ ...finding, severity: 'error', serverName: 'memory' })),
    warnings: [],
    serverCount: Object.keys(draft.payload.mcpServers).length,
    validatedAt: '2026-10-01T08:00:00.000Z',
    draft,
  }
}

/** A second later each time it is asked. */
export function createClock(): () => Date {
  let now = Date.parse('2026-10-01T08:00:00.000Z')
  return () => {
    now += 1000
    return new Date(now)
  }
}

/** What an independent hand has made: see fixtures/README.md. */
export async function readFixture(name: string): Promise<string> {
  return await readFile(new URL(`fixtures/${name}`, import.meta.url), 'utf8')
}

/** Puts a value into the store behind everybody's back. */
export async function overwrite(store: Store, key: string, value: JsonValue): Promise<void> {
  await store.commit({ put: { [key]: value } })
}

/** For assert.rejects. */
export function hasCode(
  code: OrchestrationError['code'],
  message: RegExp = /./,
): (error: unknown) => boolean {
  return (error) => error instanceof OrchestrationError && error.code === code && message.test(error.message)
}
