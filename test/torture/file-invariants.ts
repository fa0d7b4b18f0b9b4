import { createPrivateKey, createPublicKey } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Release } from '../../src/artifacts/releases.ts'
import { toClientEntry } from '../../src/clients/client.ts'
import { editConfig, readConfig } from '../../src/clients/config-document.ts'
import { isObject } from '../../src/json.ts'
import { toKeyId } from '../../src/keys/public-key.ts'
import { resolveEntry } from '../../src/secrets/references.ts'
import { leftovers, type UserFile } from './ground.ts'
import { type Deployed, type Journal, theKey } from './journal.ts'
import type { Invariant, Scene } from './scene.ts'

/** What must hold of everything that stands in a file of its own, beside the store. */
export const fileInvariants: readonly Invariant[] = [
  {
    name: 'files of clients',
    says: "A client's file holds just what one of the possible deployments wrote, and every byte of its user's.",
    async *check(scene) {
      for (const file of scene.files) {
        const text = await readFile(file.path, 'utf8')
        const managed = managedEntries(file, text)
        if (typeof managed === 'string') yield `${file.client.clientId}: ${managed}`
        else if (!(await matchesAny(scene, file, managed))) {
          yield `${file.client.clientId} holds ${JSON.stringify([...managed])}, which no possible deployment wrote`
        }
      }
    },
  },
  {
    name: 'deployments',
    says: 'The record of what is deployed in a file agrees with the file.',
    async *check({ files, orchestrator, releases }) {
      for (const file of files) {
        const { clientId } = file.client
        const current = await orchestrator.deployments.current(clientId)
        const managed = managedEntries(file, await readFile(file.path, 'utf8'))
        const names = typeof managed === 'string' ? [] : [...managed.keys()].sort()
        const release = releases.get(`${clientId}/${current?.profileId}`)?.[(current?.sequence ?? 0) - 1]
        const released = Object.keys(release?.payload.mcpServers ?? {}).sort()
        const isInSync = !current || current.fileState === 'in_sync'
        if (!isInSync) yield `${clientId} is ${current.fileState}, though nobody edited it`
        if (!isDeepStrictEqual(names, released))
          yield `${clientId} is said to hold ${released}, and holds ${names}`
        if (current && release?.artifactId !== current.artifactId) yield `${clientId} names another artifact`
      }
    },
  },
  {
    name: 'keys',
    says: 'The key that signs is whole, its public half is trusted, and it is one that was asked for.',
    async *check({ home, journal }) {
      const folder = path.join(home, 'keys')
      const signing = createPublicKey(createPrivateKey(await readFile(path.join(folder, theKey))))
      const keyId = toKeyId(signing)
      const trusted = (await readdir(path.join(folder, 'trusted'))).filter((name) => name.endsWith('.pem'))
      if (!trusted.includes(`${keyId}.pem`)) yield `${keyId} signs and is not trusted`
      const possible = journal.signingKey.possible(theKey)
      if (!possible.includes(keyId) && !possible.includes(undefined))
        yield `${keyId} signs, which nobody asked for`
      for (const name of trusted) {
        const key = createPublicKey(await readFile(path.join(folder, 'trusted', name)))
        if (`${toKeyId(key)}.pem` !== name) yield `${name} holds another key`
      }
    },
  },
  {
    name: 'secrets',
    says: 'Each secret is whole, for its owner only, and has the value that was acknowledged.',
    async *check({ home, journal, orchestrator }) {
      const folder = path.join(home, 'secrets')
      for (const name of (await readdir(folder)).filter((each) => !each.endsWith('.tmp'))) {
        const { mode } = await stat(path.join(folder, name))
        if ((mode & 0o077) !== 0) yield `${name} has the mode ${mode.toString(8)}`
        const kept: unknown = JSON.parse(await readFile(path.join(folder, name), 'utf8'))
        if (!isObject(kept) || !journal.sentSecrets.has(String(kept.value)))
          yield `${name} holds what nobody sent`
      }
      for (const name of journal.secrets.names()) {
        const value = (await orchestrator.secrets.get(name)) ?? null
        if (!journal.secrets.possible(name).includes(value))
          yield `${name} has another value than was asked for`
      }
    },
  },
  {
    name: 'leftovers',
    says: 'Half files that a crash leaves don’t heap up, and those in the home are for their owner only.',
    async *check({ home, folders }) {
      const left = await leftovers(folders)
      if (left.length > mostLeftovers) yield `${left.length} files are left over`
      for (const file of left) {
        const { mode } = await stat(file)
        // One beside a client's file has the mode of that file.
        if ((mode & 0o077) !== 0 && file.startsWith(home) && !file.includes('/trusted/'))
          yield `${file} has the mode ${mode.toString(8)}`
      }
    },
  },
]

/** Several crashes' worth: the driver makes them look old, and the next write into their folder takes them away. */
const mostLeftovers = 64

/** What was deployed into the file, by name; a sentence when the user's own part is no longer as it was. */
function managedEntries(
  { client, text: original }: UserFile,
  text: string,
): ReadonlyMap<string, unknown> | string {
  const read = readConfig(client, text)
  if (!read.ok) return `the file can't be read: ${read.reason}`
  const managed = new Map([...read.entries].filter(([name]) => name !== 'mine'))
  const without = editConfig(client, text, { set: new Map(), remove: new Set(managed.keys()) })
  if (!without.ok) return without.reason
  return without.text === original ? managed : `the user's own part is no longer as it was:\n${text}`
}

async function matchesAny(
  scene: Scene,
  file: UserFile,
  managed: ReadonlyMap<string, unknown>,
): Promise<boolean> {
  const { clientId } = file.client
  for (const deployed of scene.journal.files.possible(clientId)) {
    for (const release of candidates(scene, clientId, deployed)) {
      if (await holds(file, managed, release, scene.journal)) return true
    }
    if (deployed === null && managed.size === 0) return true
  }
  return false
}

/** The releases that a deployment may have been of, the newest first; where its answer told, all of them are of one artifact. */
function candidates({ releases }: Scene, clientId: string, deployed: Deployed | null): readonly Release[] {
  if (!deployed) return []
  const { profileId, artifactId, sequence } = deployed
  return (releases.get(`${clientId}/${profileId}`) ?? [])
    .filter((each) => artifactId === undefined || each.artifactId === artifactId)
    .filter((each) => sequence === undefined || each.sequence === sequence)
    .toReversed()
}

/** Whether the file says just what the release does, with a value for each secret that somebody once sent. */
async function holds(
  { client }: UserFile,
  managed: ReadonlyMap<string, unknown>,
  { payload }: Release,
  { sentSecrets }: Journal,
): Promise<boolean> {
  const wanted = Object.entries(payload.mcpServers)
  if (wanted.length !== managed.size) return false
  for (const [name, entry] of wanted) {
    const found = managed.get(name)
    const env = isObject(found) && isObject(found.env) ? found.env : {}
    const secret = Object.values(env).find((value) => sentSecrets.has(String(value)))
    const resolved = await resolveEntry(entry, async () =>
      secret === undefined ? undefined : String(secret),
    )
    if (!resolved.ok || !isDeepStrictEqual(toClientEntry(client, resolved.entry), found)) return false
  }
  return true
}
