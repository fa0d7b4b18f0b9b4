import { clientNotFound, OrchestrationError } from '../errors.ts'
import type { JsonObject, JsonValue, ServerEntry, Transport } from '../vocabulary.ts'
import { transports } from '../vocabulary.ts'
import { type ClientRow, clientTable } from './client-table.ts'
import { toRemoteShape, toStdioShape } from './entry-shape.ts'
import { viaMcpRemote } from './mcp-remote.ts'

export type { Platform } from './client-table.ts'

/** An AI application with an MCP config file. */
export interface Client extends ClientRow {
  /** What the client itself speaks. */
  readonly transports: readonly Transport[]
}

/** The clients there are, in the order of their ids. */
export const clients: readonly Client[] = clientTable.map(toClient)

/** Adds what follows from the table. */
export function toClient(row: ClientRow): Client {
  return { ...row, transports: transports.filter((transport) => row.shapes[transport] !== undefined) }
}

/** An id that isn't in the table is `client_not_found`. */
export function getClient(clientId: string): Client {
  const client = clients.find((each) => each.clientId === clientId)
  if (client) return client
  throw clientNotFound(clientId)
}

/**
 * How a server of this transport comes to the client: `native`; `wrapped` in mcp-remote, for a client that speaks no remote transport
 * at all; or `none`.
 */
export function transportSupport(client: Client, transport: Transport): 'native' | 'wrapped' | 'none' {
  if (client.transports.includes(transport)) return 'native'
  return client.transports.some((each) => each !== 'stdio') ? 'none' : 'wrapped'
}

/** A neutral entry as the client writes it down. A transport that it has no way to is `validation_failed`. */
export function toClientEntry(client: Client, entry: ServerEntry): JsonObject {
  const shaped = toShape(client, entry)
  return client.expandsShell ? mapTexts(shaped, escapeForShell) : shaped
}

function toShape(client: Client, entry: ServerEntry): JsonObject {
  if (entry.type === 'stdio') return toStdioShape(client.shapes.stdio, entry)
  const shape = client.shapes[entry.type]
  if (shape) return toRemoteShape(shape, entry)
  if (transportSupport(client, entry.type) === 'wrapped')
    return toStdioShape(client.shapes.stdio, viaMcpRemote(entry))
  throw new OrchestrationError(
    'validation_failed',
    `${client.displayName} doesn't speak ${entry.type}. Use a server that it reaches by ${client.transports.join(' or ')}.`,
  )
}

/** In a word that is expanded but not split, as in a here-document, these are the only characters that mean something (POSIX 2.7.4). */
function escapeForShell(text: string): string {
  return text.replace(/[\\$`]/g, '\\$&')
}

function mapTexts(entry: JsonObject, change: (text: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, mapText(value, change)]))
}

function mapText(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapText(item, change))
  return typeof value === 'object' && value !== null ? mapTexts(value as JsonObject, change) : value
}
