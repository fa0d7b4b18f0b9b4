import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type Client, getClient } from '../../src/clients/client.ts'
import { createConfigFileLocator } from '../../src/clients/config-path.ts'
import { clientIds } from './journal.ts'
import type { Ground } from './served.ts'

/** A client's file as its user wrote it, before anything was deployed into it. */
export interface UserFile {
  readonly client: Client
  readonly path: string
  readonly text: string
}

/** Below one folder: a home that isn't made yet, and the files of a user who has entries of his own. */
export async function prepareGround(folder: string): Promise<Ground & { files: readonly UserFile[] }> {
  const [home, user] = [path.join(folder, 'state'), path.join(folder, 'user')]
  for (const each of [home, user]) await mkdir(each, { recursive: true, mode: 0o700 })
  const files = await Promise.all(clientIds.map((clientId) => writeUserFile(user, clientId)))
  return { home, user, files }
}

/** Where the server writes files, all of which are made here, so that one can watch them. */
export async function makeFolders(
  home: string,
  files: readonly UserFile[],
): Promise<readonly [string, ...string[]]> {
  const inHome = ['keys', 'keys/trusted', 'secrets', ...clientIds.map((id) => `backups/${id}`)]
  const folders = [
    ...inHome.map((name) => path.join(home, name)),
    ...files.map((file) => path.dirname(file.path)),
  ]
  for (const folder of folders) await mkdir(folder, { recursive: true, mode: 0o700 })
  const [first = home, ...others] = folders
  return [first, ...others]
}

/** What a process that was killed left half done, in any of these folders. */
export async function leftovers(folders: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => path.join(folder, name))),
  )
  return found.flat().filter((file) => file.endsWith('.tmp'))
}

/** As if the crash had been a day ago. */
export async function age(files: readonly string[]): Promise<void> {
  const yesterday = new Date(Date.now() - 24 * 60 * 60 * 1000)
  for (const file of files) await utimes(file, yesterday, yesterday)
}

async function writeUserFile(user: string, clientId: string): Promise<UserFile> {
  const client = getClient(clientId)
  const file = createConfigFileLocator('linux', { HOME: user })(client)
  const text = client.configFormat === 'jsonc' ? withComments : plain
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
  return { client, path: file, text }
}

const plain = `{
    "theme":   "dark",
    "mcpServers": {
        "mine": { "command": "my-own-server", "args": ["--keep",   "this"] }
    },
  "numbers": [1,   2,
     3]
}
`

const withComments = `// My own settings. Keep out.
{
\t"inputs": [ ], // nothing yet
\t"servers": {
\t\t/* written on a Sunday */
\t\t"mine": { "type": "stdio", "command": "my-own-server" }, // the best one
\t},
\t"numbers": [1,   2,
     3,]
}
`
