/** The words that every room shares, as types and patterns. Imports nothing. */

/** Anything that JSON can say (RFC 8259). */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** How an MCP server is reached, in the terms of the MCP specification. */
export const transports = ['stdio', 'streamable-http', 'sse'] as const
/** One of `transports`. */
export type Transport = (typeof transports)[number]

/** A server that the client starts as a process of its own. */
export interface StdioEntry {
  readonly type: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

/** A server that the client reaches by HTTP. */
export interface RemoteEntry {
  readonly type: 'streamable-http' | 'sse'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** One server of a configuration in the neutral shape; a client's own shape exists only in its file. */
export type ServerEntry = StdioEntry | RemoteEntry

/** What an artifact holds and what is signed. */
export interface Payload {
  readonly mcpServers: Readonly<Record<string, ServerEntry>>
}

/** A client and one of its configurations. */
export interface ProfileRef {
  readonly clientId: string
  readonly profileId: string
}

/** What a credential may do; `admin` implies all others. */
export const scopes = ['read', 'write', 'publish', 'deploy', 'admin'] as const
/** One of `scopes`. */
export type Scope = (typeof scopes)[number]

/** To which clients and profiles a credential is limited: what either list names is within. */
export interface Limits {
  /** Client ids: each with all its profiles. */
  readonly clients: readonly string[]
  /** Single profiles, as `cursor/work`. */
  readonly profiles: readonly string[]
}

export const idPattern = '^[a-z0-9][a-z0-9._-]{0,63}$'
export const serverNamePattern = '^(?!(?:__proto__|constructor|prototype)$)[A-Za-z0-9_.-]{1,64}$'
export const artifactIdPattern = '^[0-9a-f]{64}$'

/**
 * A value that is known only on the machine that deploys: `${env:NAME}`, `${secret:NAME}`. Only these two forms are ours; `${HOME}` and
 * `${input:token}` belong to the client, and a name with white space, control characters or braces in it is no name. To be found
 * anywhere in a text, with the flag `u`.
 */
export const referencePattern = '\\$\\{(?<source>secret|env):(?<name>[^\\s\\p{Cc}{}]+)\\}'

/** `{name}` in a template; `${…}` is none, that is a reference of ours or a variable of the client's. To be found anywhere in a text. */
export const placeholderPattern = '(?<!\\$)\\{(?<name>[A-Za-z_][A-Za-z0-9_.-]{0,63})\\}'

const idExpression = new RegExp(idPattern)
const serverNameExpression = new RegExp(serverNamePattern)

/** Client, profile and catalogue ids: safe in a path, a key and a URL. */
export function isId(value: string): boolean {
  return idExpression.test(value)
}

/** The name under which a server stands in a configuration. */
export function isServerName(value: string): boolean {
  return serverNameExpression.test(value)
}

/** Whether a client, or a profile of it, is within the limits; a client is as soon as one of its profiles is. Null is no limit. */
export function isWithinLimits(
  limits: Limits | null,
  { clientId, profileId }: Pick<ProfileRef, 'clientId'> & Partial<ProfileRef>,
): boolean {
  if (!limits || limits.clients.includes(clientId)) return true
  return profileId === undefined
    ? limits.profiles.some((profile) => profile.startsWith(`${clientId}/`))
    : limits.profiles.includes(`${clientId}/${profileId}`)
}
