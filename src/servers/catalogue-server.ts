import type { JsonObject, JsonValue, Transport } from '../vocabulary.ts'

/** An MCP server that can be added to a draft: a `server.json` with the one way of reaching it chosen. */
export interface CatalogueServer {
  readonly serverId: string
  readonly displayName: string
  readonly description: string
  readonly transport: Transport
  /** The package that is run, without its version; null for a server that is reached by URL. */
  readonly package: string | null
  readonly tags: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly variables: readonly Variable[]
  readonly command: string | null
  readonly args: readonly ArgumentTemplate[]
  /** Environment variables that are fixed or composed of parameters, unlike `variables`, which are given as such. */
  readonly env: readonly ValueTemplate[]
  readonly url: string | null
  readonly headers: readonly ValueTemplate[]
  readonly documentationUrl: string | null
  /** A ready input of add_server_to_config. */
  readonly usageExample: JsonObject
}

/** Something to be given when a server is added. */
export interface Asked {
  readonly name: string
  readonly description: string
  readonly type: 'string' | 'number' | 'boolean' | 'path'
  readonly required: boolean
  /** The value goes into the vault; the entry holds a reference to it. */
  readonly secret: boolean
  readonly choices?: readonly string[]
  readonly example?: JsonValue
}

/** Stands in arguments, a URL, headers or composed environment variables. */
export interface Parameter extends Asked {
  readonly default?: JsonValue
  /** Takes an array too, and then stands once for each of its values. */
  readonly repeatable: boolean
}

/** An environment variable; its value is text whatever its type. */
export interface Variable extends Asked {
  readonly default?: string
}

export type ArgumentTemplate =
  /** `value` may hold placeholders; `flag` stands before it as an argument of its own. */
  | {
      readonly kind: 'value'
      readonly flag: string | null
      readonly value: string
      readonly repeated: boolean
    }
  /** A bare flag; with `when`, only if that boolean parameter is true. */
  | { readonly kind: 'flag'; readonly flag: string; readonly when: string | null }
  /** The flag and the name of each environment variable that the entry has: a container inherits none by itself. */
  | { readonly kind: 'environment'; readonly flag: string }

/** A header or an environment variable; `value` may hold placeholders. */
export interface ValueTemplate {
  readonly name: string
  readonly value: string
}

/** An argument as a person reads it, with its placeholders. */
export function toArgumentTexts(template: ArgumentTemplate): readonly string[] {
  if (template.kind === 'environment') return [template.flag, '{NAME}']
  if (template.kind === 'flag') return [template.flag]
  return template.flag === null ? [template.value] : [template.flag, template.value]
}

/** All that a search looks at. */
export function toSearchText(server: CatalogueServer): string {
  const { serverId, displayName, description, tags } = server
  return [serverId, displayName, description, ...tags, server.package ?? ''].join('\n').toLowerCase()
}

/** Whether every word of the search stands in such a text, in whatever case it was written. */
export function createSearch(search: string): (searchText: string) => boolean {
  const words = search.toLowerCase().split(/\s+/)
  return (searchText) => words.every((word) => searchText.includes(word))
}

/** How many of the servers each transport reaches. */
export function transportCounts(servers: readonly CatalogueServer[]): Readonly<Record<Transport, number>> {
  const counts = { stdio: 0, 'streamable-http': 0, sse: 0 }
  for (const { transport } of servers) counts[transport] += 1
  return counts
}
