import type { Transport } from '../vocabulary.ts'
import { type CatalogueServer, createSearch, toSearchText, transportCounts } from './catalogue-server.ts'

export interface CatalogueFilter {
  readonly transport?: Transport
  /** Every word of it must stand in the id, name, description, tags or package, in whatever case. */
  readonly search?: string
}

export interface CataloguePageRequest extends CatalogueFilter {
  /** Only ids greater than this one. */
  readonly after?: string
  readonly limit: number
}

export interface CataloguePage {
  readonly servers: readonly CatalogueServer[]
  /** How many servers the search finds for each transport, on whatever page. */
  readonly transportCounts: Readonly<Record<Transport, number>>
}

/** The servers as they were at one moment, by id, with what makes a page cost no more than its own size. */
export interface Listing {
  list(filter: CatalogueFilter): readonly CatalogueServer[]
  /** Only a search looks at every server; one that comes again in the next page doesn't. */
  page(request: CataloguePageRequest): CataloguePage
  /** Those that the servers run. */
  readonly packages: ReadonlySet<string>
}

export function createListing(servers: readonly CatalogueServer[]): Listing {
  const all = toSelection(servers.toSorted(byServerId))
  let texts: readonly string[] | undefined
  let last = { search: '', found: all }

  return { list, page, packages: new Set(servers.flatMap((server) => server.package ?? [])) }

  function list({ transport, search = '' }: CatalogueFilter): readonly CatalogueServer[] {
    return within(select(search), transport)
  }

  function page({ transport, search = '', after = '', limit }: CataloguePageRequest): CataloguePage {
    const found = select(search)
    const wanted = within(found, transport)
    const start = firstAfter(wanted, after)
    return { servers: wanted.slice(start, start + limit), transportCounts: found.counts }
  }

  /** The last search is kept: whoever goes on to the next page asks the same again. */
  function select(search: string): Selection {
    if (search.trim() === '') return all
    if (search !== last.search) last = { search, found: find(search) }
    return last.found
  }

  function find(search: string): Selection {
    texts ??= all.servers.map(toSearchText)
    const known = texts
    const isFound = createSearch(search)
    return toSelection(all.servers.filter((_, index) => isFound(known[index] ?? '')))
  }
}

/** Some of the servers in the order of their ids, together and by transport. */
interface Selection {
  readonly servers: readonly CatalogueServer[]
  readonly byTransport: Readonly<Partial<Record<Transport, readonly CatalogueServer[]>>>
  readonly counts: Readonly<Record<Transport, number>>
}

function toSelection(servers: readonly CatalogueServer[]): Selection {
  const byTransport = Object.groupBy(servers, ({ transport }) => transport)
  return { servers, byTransport, counts: transportCounts(servers) }
}

function within({ servers, byTransport }: Selection, transport: Transport | undefined) {
  return transport === undefined ? servers : (byTransport[transport] ?? [])
}

/** The index of the first server whose id is greater. */
function firstAfter(servers: readonly CatalogueServer[], after: string): number {
  let [low, high] = [0, servers.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((servers[middle]?.serverId ?? '') <= after) low = middle + 1
    else high = middle
  }
  return low
}

function byServerId(a: CatalogueServer, b: CatalogueServer): number {
  return a.serverId < b.serverId ? -1 : 1
}
