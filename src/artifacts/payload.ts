import { isObject, type Members } from '../json.ts'
import type { Payload, ServerEntry } from '../vocabulary.ts'
import { isStringRecord, isStrings } from './json-guards.ts'

/**
 * An artifact's text as a payload, frozen all through, since what was verified is kept and shared. Undefined when it isn't exactly a
 * payload: a store may hold a text of the right digest that we never published.
 */
export function readPayload(text: string): Payload | undefined {
  const value = parse(text)
  return isPayload(value) ? freeze(value) : undefined
}

export function countServers(payload: Payload): number {
  return Object.keys(payload.mcpServers).length
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPayload(value: unknown): value is Payload {
  if (!isObject(value) || !hasExactly(value, ['mcpServers']) || !isObject(value.mcpServers)) return false
  return Object.values(value.mcpServers).every(isServerEntry)
}

function isServerEntry(value: unknown): value is ServerEntry {
  if (!isObject(value)) return false
  return value.type === 'stdio' ? isStdioEntry(value) : isRemoteEntry(value)
}

function isStdioEntry(entry: Members): boolean {
  const { command, args, env } = entry
  const typed = typeof command === 'string' && isStrings(args) && isStringRecord(env)
  return typed && hasExactly(entry, ['type', 'command', 'args', 'env'])
}

function isRemoteEntry(entry: Members): boolean {
  const { type, url, headers } = entry
  const remote = type === 'streamable-http' || type === 'sse'
  return (
    remote &&
    typeof url === 'string' &&
    isStringRecord(headers) &&
    hasExactly(entry, ['type', 'url', 'headers'])
  )
}

function hasExactly(value: Members, names: readonly string[]): boolean {
  return Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name))
}

/** Only ever called on a payload, so it is five levels deep at most. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze)
  return Object.freeze(value)
}
