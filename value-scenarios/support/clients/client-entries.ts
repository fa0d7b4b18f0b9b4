import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { callOperation, getOperation, type JsonObject } from '../../../src/index.ts'
import { type Fence, fileOf, type Guide } from '../guides/guide.ts'
import type { ServedProduct } from './served-product.ts'

/** The address at which the guide has the server. */
const guideOrigin = 'http://127.0.0.1:8000'
const entryFolder = 'entries/'
/** In which the guide describes its server to the catalogue. */
export const catalogueFile = '.mcp-orchestration/servers/orchestration-http.json'

/** A client's file as the guide has it: before and after, side by side. */
export type ClientFile = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>

/** The guide's file for each client, by the names in the heading above it. A client with two is an offence. */
export function entryFencesOf(guide: Guide): ReadonlyMap<string, Fence> {
  const fences = new Map<string, Fence>()
  for (const fence of guide.fences.filter((each) => fileOf(each)?.startsWith(entryFolder)))
    for (const name of fence.section.split(', ')) {
      if (fences.has(name)) throw new Error(`${guide.path}:${fence.line}: ${name} has an entry already.`)
      fences.set(name, fence)
    }
  return fences
}

/** A fence of the guide with the address of a server that runs. */
export function atServer({ text }: Fence, { origin }: ServedProduct): string {
  if (!text.includes(guideOrigin)) throw new Error(`No server at ${guideOrigin} in:\n${text}`)
  return text.replaceAll(guideOrigin, origin)
}

export async function clientsOf({ orchestrator }: ServedProduct): Promise<readonly Listed[]> {
  const { clients } = (await call(orchestrator, 'list_clients', {})) as {
    readonly clients: readonly Listed[]
  }
  return clients
}

interface Listed {
  readonly client_id: string
  readonly display_name: string
  readonly config_path: string
}

/**
 * The file of a client after a deployment of both entries: the server over HTTP as the guide describes it to the catalogue, and one that
 * the client starts, with the product's command in the place of that server's own, which the catalogue can't name.
 */
export async function deployEntries(
  product: ServedProduct,
  { guide, client, token }: { readonly guide: Guide; readonly client: Listed; readonly token: string },
): Promise<ClientFile> {
  const { orchestrator } = product
  const described = guide.fences.find((fence) => fileOf(fence) === catalogueFile)
  if (!described) throw new Error(`${guide.path} has no ${catalogueFile}.`)
  const servers = path.join(orchestrator.home, 'servers')
  await mkdir(servers, { recursive: true })
  await writeFile(path.join(servers, path.basename(catalogueFile)), atServer(described, product))
  const profile = { client_id: client.client_id, profile_id: 'default' }
  await call(orchestrator, 'initialize_keys', {})
  await call(orchestrator, 'add_server_to_config', {
    ...profile,
    server_id: 'memory',
    server_name: 'orchestration',
  })
  const params = { token }
  await call(orchestrator, 'add_server_to_config', { ...profile, server_id: 'orchestration-http', params })
  await call(orchestrator, 'publish_config', profile)
  await call(orchestrator, 'deploy_config', profile)
  return withOurCommand(JSON.parse(await readFile(client.config_path, 'utf8')))
}

function withOurCommand(file: ClientFile): ClientFile {
  return Object.fromEntries(
    Object.entries(file).map(([rootKey, servers]) => {
      const { orchestration = {} } = servers
      const isJoined = Array.isArray(orchestration.command)
      const ours = isJoined ? { command: ['mcp-orchestration'] } : { command: 'mcp-orchestration', args: [] }
      return [rootKey, { ...servers, orchestration: { ...orchestration, ...ours } }]
    }),
  )
}

async function call(
  orchestrator: ServedProduct['orchestrator'],
  id: string,
  input: object,
): Promise<unknown> {
  const operation = getOperation(id)
  if (!operation) throw new Error(`No operation is called ${id}.`)
  return callOperation(operation, { orchestrator, principal: { id: 'omar', scopes: ['admin'] } }, input)
}
