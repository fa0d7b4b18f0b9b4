import { readdir, readFile } from 'node:fs/promises'
import { OrchestrationError } from '../errors.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import type { ServerJson } from './server-json.ts'
import { toCatalogueServer } from './to-catalogue-server.ts'

/** Ends in a slash, so that files resolve within it. */
export const builtinFolder = new URL('./builtin/', import.meta.url)
const suffix = '.json'

/** The servers that come with the product, by id. Their files are held to the schema by a test, not at every start. */
export async function readBuiltinServers(folder: URL): Promise<ReadonlyMap<string, CatalogueServer>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(suffix)).sort()
  const servers = await Promise.all(files.map((file) => readServer(folder, file)))
  return new Map(servers.map((server) => [server.serverId, server]))
}

async function readServer(folder: URL, file: string): Promise<CatalogueServer> {
  const json: ServerJson = JSON.parse(await readFile(new URL(file, folder), 'utf8'))
  const converted = toCatalogueServer(file.slice(0, -suffix.length), json)
  if (!converted.ok)
    throw new OrchestrationError(
      'internal_error',
      `The built-in server ${file} is unsound: ${converted.reason}.`,
    )
  return converted.server
}
