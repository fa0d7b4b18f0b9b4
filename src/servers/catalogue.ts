import { OrchestrationError } from '../errors.ts'
import { quote } from '../json.ts'
import type { Transport } from '../vocabulary.ts'
import { builtinFolder, readBuiltinServers } from './builtin-servers.ts'
import { type CatalogueServer, matchesSearch } from './catalogue-server.ts'
import { createUserServers, type RejectedFile, type UserServers } from './user-servers.ts'

export type { RejectedFile } from './user-servers.ts'

/** The servers that can be added to a draft: those built in, and the user's own. */
export interface Catalogue {
  /** By server id. Every word of `search` must stand in the id, name, description, tags or package, in whatever case. */
  list(filter?: CatalogueFilter): Promise<readonly CatalogueServer[]>
  /** `server_not_found` if it is neither built in nor a sound file of the user's. */
  get(serverId: string): Promise<CatalogueServer>
}

export interface CatalogueFilter {
  readonly transport?: Transport
  readonly search?: string
}

export interface CatalogueOptions {
  /** Each `<server_id>.json` in it is a server; it need not exist, and what changes in it counts at the next call. */
  readonly userFolder: string
  /** Where the built-in servers are. Default: they come with the product. */
  readonly builtinFolder?: URL
  /** Told of each file that is left out, once for each reason. */
  readonly onRejected?: (rejected: RejectedFile) => void
}

interface Sources {
  readonly builtin: ReadonlyMap<string, CatalogueServer>
  readonly readUser: () => Promise<UserServers>
}

export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { onRejected = () => undefined } = options
  const load = onceUnlessFailed(() => loadSources(options))
  const report = reportOnce(onRejected)
  const readUser = async () => {
    const found = await (await load()).readUser()
    report(found.rejected)
    return found
  }
  return {
    async list(filter = {}) {
      const [{ builtin }, { servers }] = await Promise.all([load(), readUser()])
      return [...builtin.values(), ...servers.values()]
        .filter((server) => passes(server, filter))
        .sort(byServerId)
    },
    async get(serverId) {
      const server = (await load()).builtin.get(serverId)
      if (server) return server
      const { servers, rejected } = await readUser()
      const own = servers.get(serverId)
      if (!own) throw serverNotFound(serverId, rejected)
      return own
    },
  }
}

async function loadSources({
  userFolder,
  builtinFolder: folder = builtinFolder,
}: CatalogueOptions): Promise<Sources> {
  const builtin = await readBuiltinServers(folder)
  return { builtin, readUser: createUserServers(userFolder, new Set(builtin.keys())) }
}

function passes(server: CatalogueServer, { transport, search = '' }: CatalogueFilter): boolean {
  return (transport === undefined || server.transport === transport) && matchesSearch(server, search)
}

function byServerId(a: CatalogueServer, b: CatalogueServer): number {
  return a.serverId < b.serverId ? -1 : 1
}

function serverNotFound(serverId: string, rejected: readonly RejectedFile[]): OrchestrationError {
  const own = rejected.find(({ file }) => file === `${serverId}.json`)
  const reason = own ? ` Its file ${own.file} was left out: ${own.reason}.` : ''
  const hint = 'list_available_servers names those that there are.'
  return new OrchestrationError(
    'server_not_found',
    `There is no server ${quote(serverId)} in the catalogue.${reason} ${hint}`,
  )
}

/** A first use that failed, say for want of file handles, may work the next time. */
function onceUnlessFailed<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined
  const forget = (error: unknown) => {
    loading = undefined
    throw error
  }
  return () => {
    loading ??= load().catch(forget)
    return loading
  }
}

function reportOnce(
  onRejected: (rejected: RejectedFile) => void,
): (rejected: readonly RejectedFile[]) => void {
  let reported: ReadonlySet<string> = new Set()
  return (rejected) => {
    const keyOf = ({ file, reason }: RejectedFile) => `${file}: ${reason}`
    const fresh = rejected.filter((file) => !reported.has(keyOf(file)))
    reported = new Set(rejected.map(keyOf))
    for (const file of fresh) onRejected(file)
  }
}
