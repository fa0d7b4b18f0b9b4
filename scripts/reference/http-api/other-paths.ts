import type { FastifyInstance } from 'fastify'
import { commonHeaders } from '../../../src/http/headers.ts'
import { code, link } from '../markdown.ts'

/** What a server answers beside the operations. The methods come from the server itself. */
export interface OtherPath {
  readonly path: string
  readonly methods: readonly string[]
  readonly credential: 'none' | 'any' | 'read'
  readonly answer: string
}

const noStore = code(`Cache-Control: ${commonHeaders['cache-control']}`)

const known: Readonly<Record<string, Omit<OtherPath, 'path' | 'methods'>>> = {
  '/health': {
    credential: 'none',
    answer: `Whether the process lives: \`{"status":"healthy"}\`, with ${noStore}.`,
  },
  '/ready': {
    credential: 'none',
    answer: `Whether the store can be read and written: \`{"status":"ready"}\`, else 503 ${link('`store_unavailable`', 'errors.md#store_unavailable')}.`,
  },
  '/.well-known/jwks.json': {
    credential: 'none',
    answer: `The public signing keys as a JWK Set (RFC 7517), ${code('application/jwk-set+json')}. ${link('What they prove', '../explanation/verify.md')}.`,
  },
  '/openapi.json': { credential: 'none', answer: 'What this page says, as an OpenAPI 3.1 document.' },
  '/docs': {
    credential: 'none',
    answer: 'Swagger UI: try the API in a browser. It loads nothing from elsewhere.',
  },
  '/redoc': {
    credential: 'none',
    answer: 'ReDoc: read the API in a browser. It loads nothing from elsewhere.',
  },
  '/mcp': {
    credential: 'any',
    answer: `MCP over streamable HTTP, in its 2026-07-28 and 2025 revisions: the ${link('ten tools', 'mcp-tools.md')}. ${link('How it behaves', '../explanation/mcp-over-http.md')}.`,
  },
  '/events': {
    credential: 'read',
    answer: `What happens, as server-sent events: see ${link('follow_events', '#follow_events')}.`,
  },
}

/** The paths of a server that are no operations, in the order in which they are told. Throws for one that has no words here. */
export function toOtherPaths(app: FastifyInstance): readonly OtherPath[] {
  const routes = readRoutes(app.printRoutes({ commonPrefix: false })).filter(({ path }) => isOther(path))
  const unknown = routes.find(({ path }) => known[path] === undefined)
  if (unknown) throw new Error(`The reference has no words for ${unknown.path}: see other-paths.ts.`)
  return Object.entries(known).map(([path, words]) => {
    const methods = routes.find((route) => route.path === path)?.methods
    if (!methods) throw new Error(`The reference tells of ${path}, which no server answers.`)
    return { path, methods, ...words }
  })
}

export interface Route {
  readonly path: string
  readonly methods: readonly string[]
}

/** Fastify tells its routes as a tree only: each line is a piece of a path, four columns deeper than the piece before it. */
export function readRoutes(tree: string): readonly Route[] {
  const pieces: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', piece = '', methods = ''] = /^([│├└─\s]*)(\/\S*) \(([A-Z, ]+)\)$/.exec(line) ?? []
    if (piece === '') return []
    pieces.splice(indent.length / 4 - 1, Number.POSITIVE_INFINITY, piece)
    return [{ path: pieces.join('').replaceAll(/:(\w+)/g, '{$1}'), methods: methods.split(', ') }]
  })
}

/** Neither an operation nor a part of another path: the files of a docs page, `/mcp/`. */
function isOther(path: string): boolean {
  return !/^\/(?:v1|admin)\/|^\/(?:docs|redoc|mcp)\//.test(path)
}
