import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { createDrafts, type Drafts } from '../../src/drafts/drafts.ts'
import { createSecrets, type Secrets } from '../../src/secrets/secrets.ts'
import { type Catalogue, createCatalogue } from '../../src/servers/catalogue.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'

export const ref = { clientId: 'cursor', profileId: 'default' }

export interface Room {
  /** Holds `store.sqlite`, `secrets` and `servers`. */
  readonly home: string
  readonly store: Store
  readonly secrets: Secrets
  readonly catalogue: Catalogue
  readonly drafts: Drafts
  /** What the vault holds, by file. */
  vault(): Promise<readonly string[]>
  /** Moves the clock on. */
  wait(seconds: number): void
  /** Drafts on the same store and vault, as another process has them; each port can be another. */
  beside(ports?: Partial<{ store: Store; secrets: Secrets }>): Drafts
}

/** A draft room with all that it stands on, on servers of the tests' own. */
export async function createRoom(context: TestContext, kind: 'memory' | 'sqlite' = 'memory'): Promise<Room> {
  const home = await mkdtemp(join(tmpdir(), 'mcp-orchestration-'))
  await writeServers(join(home, 'servers'))
  const room = openRoom(home, kind)
  context.after(async () => {
    await room.store.close()
    await rm(home, { recursive: true, force: true })
  })
  return room
}

export function openRoom(home: string, kind: 'memory' | 'sqlite'): Room {
  const store =
    kind === 'memory' ? createMemoryStore() : createSqliteStore({ file: join(home, 'store.sqlite') })
  const secrets = createSecrets({ folder: join(home, 'secrets') })
  const catalogue = createCatalogue({ userFolder: join(home, 'servers') })
  let now = Date.parse('2026-11-22T10:00:00Z')
  const ports = { store, secrets, catalogue, clock: () => new Date(now) }
  return {
    home,
    store,
    secrets,
    catalogue,
    drafts: createDrafts(ports),
    vault: () => readdir(join(home, 'secrets')).catch(() => []),
    wait: (seconds) => {
      now += seconds * 1000
    },
    beside: (others = {}) => createDrafts({ ...ports, ...others }),
  }
}

const servers = {
  'acme-notes': {
    name: 'com.example/notes',
    description: 'Notes of a team',
    version: '1.0.0',
    packages: [
      {
        registryType: 'npm',
        identifier: 'acme-notes-mcp',
        transport: { type: 'stdio' },
        packageArguments: [
          {
            type: 'named',
            name: '--dir',
            isRequired: true,
            value: '{dir}',
            variables: { dir: { default: '/notes' } },
          },
        ],
        environmentVariables: [
          { name: 'NOTES_TOKEN', isSecret: true },
          { name: 'NOTES_PIN', isSecret: true },
          { name: 'NOTES_TEAM' },
        ],
      },
    ],
  },
  'acme-docs': {
    name: 'com.example/docs',
    description: 'Documents of a team',
    version: '1.0.0',
    remotes: [{ type: 'sse', url: 'https://docs.example.com/sse' }],
  },
  constructor: {
    name: 'com.example/constructor',
    description: 'Builds houses',
    version: '1.0.0',
    remotes: [{ type: 'sse', url: 'https://build.example.com/sse' }],
  },
}

async function writeServers(folder: string): Promise<void> {
  await mkdir(folder)
  const files = Object.entries(servers).map(([id, server]) =>
    writeFile(join(folder, `${id}.json`), JSON.stringify(server)),
  )
  await Promise.all(files)
}
