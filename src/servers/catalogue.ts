import { OrchestrationError } from '../errors.ts'
import { quote } from '../json.ts'
import { onceUnlessFailed } from '../shared-work.ts'
import { builtinFolder, readBuiltinServers } from './builtin-servers.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import {
  type CatalogueFilter,
  type CataloguePage,
  type CataloguePageRequest,
  createListing,
  type Listing,
} from './listing.ts'
import { createUserServers, type RejectedFile, type UserFolder, type UserServers } from './user-servers.ts'

export type { CatalogueFilter, CataloguePage, CataloguePageRequest } from './listing.ts'
export type { RejectedFile } from './user-servers.ts'

/** The servers that can be added to a draft: those built in, and the user's own. */
export interface Catalogue {
  /** By server id. */
  list(filter?: CatalogueFilter): Promise<readonly CatalogueServer[]>
  /** A part of what `list` gives. */
  page(request: CataloguePageRequest): Promise<CataloguePage>
  /** `server_not_found` if it is neither built in nor a sound file of the user's. */
  get(serverId: string): Promise<CatalogueServer>
  /** The packages that the servers run. */
  packages(): Promise<ReadonlySet<string>>
}

export interface CatalogueOptions {
  /**
   * Each `<server_id>.json` in it is a server; it need not exist. A file that comes or goes counts at the next call. One that is edited in
   * place is described anew at the next call, and listed anew within a second; among more than 3,333 within 0.3 ms for each.
   */
  readonly userFolder: string
  /** Where the built-in servers are. Default: they come with the product. */
  readonly builtinFolder?: URL
  /** Told of each file that is left out, once for each reason. */
  readonly onRejected?: (rejected: RejectedFile) => void
}

interface Sources {
  readonly builtin: ReadonlyMap<string, CatalogueServer>
  readonly user: UserFolder
}

export function createCatalogue(options: CatalogueOptions): Catalogue {
  const { onRejected = () => undefined } = options
  const load = onceUnlessFailed(() => loadSources(options))
  const report = reportOnce(onRejected)
  let last: { readonly own: UserServers; readonly listing: Listing } | undefined

  return {
    list: async (filter = {}) => (await readListing()).list(filter),
    page: async (request) => (await readListing()).page(request),
    packages: async () => (await readListing()).packages,
    async get(serverId) {
      const { builtin, user } = await load()
      const server = builtin.get(serverId)
      if (server) return server
      const file = await user.file(serverId)
      if (!file) throw serverNotFound(serverId)
      if ('server' in file) return file.server
      await readListing() // tells of the file
      throw serverNotFound(serverId, ` Its file ${serverId}.json was left out: ${file.reason}.`)
    },
  }

  async function readListing(): Promise<Listing> {
    const { builtin, user } = await load()
    const own = await user.all()
    report(own.rejected)
    if (last?.own !== own) last = { own, listing: toListing(builtin, own) }
    return last.listing
  }
}

async function loadSources({
  userFolder,
  builtinFolder: folder = builtinFolder,
}: CatalogueOptions): Promise<Sources> {
  const builtin = await readBuiltinServers(folder)
  return { builtin, user: createUserServers(userFolder, new Set(builtin.keys())) }
}

function toListing(builtin: Sources['builtin'], { servers }: UserServers): Listing {
  return createListing([...builtin.values(), ...servers.values()])
}

function serverNotFound(serverId: string, reason = ''): OrchestrationError {
  const hint = 'list_available_servers names those that there are.'
  return new OrchestrationError(
    'server_not_found',
    `There is no server ${quote(serverId)} in the catalogue.${reason} ${hint}`,
  )
}

function reportOnce(
  onRejected: (rejected: RejectedFile) => void,
): (rejected: readonly RejectedFile[]) => void {
  let last: readonly RejectedFile[] = []
  let reported: ReadonlySet<string> = new Set()
  return (rejected) => {
    if (rejected === last) return
    last = rejected
    const keyOf = ({ file, reason }: RejectedFile) => `${file}: ${reason}`
    const fresh = rejected.filter((file) => !reported.has(keyOf(file)))
    reported = new Set(rejected.map(keyOf))
    for (const file of fresh) onRejected(file)
  }
}
