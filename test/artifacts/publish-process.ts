/** A process of its own that publishes many times at once to a shared store, and prints the sequences it was given. */
import { join } from 'node:path'
import { createReleases } from '../../src/artifacts/releases.ts'
import { createSigningKeys } from '../../src/keys/signing-keys.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import { workWhenTold } from '../support/processes.ts'
import { createClock, createDraftShelf, memory, ref } from './room.ts'

const [folder = '', count = '', name = ''] = process.argv.slice(2)
const store = createSqliteStore({ file: join(folder, 'store.sqlite') })
const drafts = createDraftShelf()
drafts.put(ref, { mcpServers: { memory } })
const keys = createSigningKeys({ folder: join(folder, 'keys') })
const releases = createReleases({ store, drafts, keys, clock: createClock() })

await workWhenTold(async () => {
  const changelogs = Array.from({ length: Number(count) }, (_, index) => `Change ${index} of process ${name}`)
  const published = await Promise.all(changelogs.map((changelog) => releases.publish(ref, { changelog })))
  await store.close()
  return published.map(({ release }) => release.sequence)
})
