import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Release } from '../../src/artifacts/releases.ts'
import { createOrchestrator, type Orchestrator } from '../../src/orchestrator.ts'
import type { JsonValue } from '../../src/vocabulary.ts'
import type { UserFile } from './ground.ts'
import { type Journal, refs } from './journal.ts'
import type { Ground } from './served.ts'

/** What is there when all is quiet: looked at from another process than the server's. */
export interface Scene extends Ground {
  readonly journal: Journal
  readonly files: readonly UserFile[]
  readonly folders: readonly string[]
  readonly orchestrator: Orchestrator
  /** All of the store, past every check. */
  readonly entries: ReadonlyMap<string, JsonValue>
  /** What SQLite says of its own file. */
  readonly integrity: string
  /** By client and profile, the first one first; each was verified when it was read. */
  readonly releases: ReadonlyMap<string, readonly Release[]>
}

/** What must hold whenever the server was killed; the check tells each place where it doesn't. */
export interface Invariant {
  readonly name: string
  readonly says: string
  readonly check: (scene: Scene) => Iterable<string> | AsyncIterable<string>
}

export type Stage = Pick<Scene, 'home' | 'user' | 'journal' | 'files' | 'folders'>

/** Looks at everything, lets `use` judge it, and lets go. A release that can't be read throws. */
export async function withScene<T>(stage: Stage, use: (scene: Scene) => Promise<T>): Promise<T> {
  await using orchestrator = createOrchestrator({
    home: stage.home,
    env: { HOME: stage.user },
    platform: 'linux',
  })
  const entries = new Map((await orchestrator.store.list('')).map(({ key, value }) => [key, value]))
  const releases = new Map<string, readonly Release[]>()
  for (const ref of refs) releases.set(ref, await readReleases(orchestrator, ref, entries))
  return await use({ ...stage, orchestrator, entries, releases, integrity: checkIntegrity(stage.home) })
}

/** One after the other, by the sequences that the store has: a gap is for whoever looks at them. */
async function readReleases(
  { releases }: Orchestrator,
  ref: string,
  entries: Scene['entries'],
): Promise<readonly Release[]> {
  const [clientId = '', profileId = ''] = ref.split('/')
  const found: Release[] = []
  for (const key of keysUnder(entries, `releases/${ref}/`)) {
    found.push(await releases.get({ clientId, profileId }, { sequence: Number(key.split('/').at(-1)) }))
  }
  return found
}

export function keysUnder(entries: Scene['entries'], prefix: string): readonly string[] {
  return [...entries.keys()].filter((key) => key.startsWith(prefix))
}

function checkIntegrity(home: string): string {
  const database = new DatabaseSync(path.join(home, 'store.sqlite'), { readOnly: true })
  try {
    return String(database.prepare('PRAGMA integrity_check').get()?.integrity_check)
  } finally {
    database.close()
  }
}
