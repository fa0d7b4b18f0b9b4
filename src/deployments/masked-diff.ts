import { createTwoFilesPatch } from 'diff'
import { type Client, toClientEntry } from '../clients/client.ts'
import { editConfig } from '../clients/config-document.ts'
import {
  type JsonObject,
  type JsonValue,
  type Payload,
  referencePattern,
  type ServerEntry,
} from '../vocabulary.ts'

export type Entries = ReadonlyMap<string, JsonObject>

const masked = '***'

/** A value that is a reference, alone or after an authentication scheme, tells nothing and may be shown. */
const reference = new RegExp(`^(?:[A-Za-z]+ )?${referencePattern}$`, 'u')

/** A payload in the client's own shape for people to read: references unresolved, literal values under env and headers masked. */
export function toMaskedEntries(client: Client, payload: Payload): Entries {
  const entries = Object.entries(payload.mcpServers)
  return new Map(entries.map(([name, entry]) => [name, toClientEntry(client, maskEntry(entry))]))
}

/** An entry that somebody edited in the file: its shape, and none of its texts. */
export function maskTexts(value: JsonValue): JsonValue {
  if (typeof value === 'string') return masked
  if (Array.isArray(value)) return value.map(maskTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, maskTexts(inner)]))
}

/** Unified text of how the managed entries change; the user's own entries don't appear. Empty when nothing changes. */
export function maskedDiff(client: Client, configPath: string, before: Entries, after: Entries): string {
  const [from, to] = [toText(client, before), toText(client, after)]
  return from === to ? '' : createTwoFilesPatch(configPath, configPath, from, to, 'now', 'after the deploy')
}

function maskEntry(entry: ServerEntry): ServerEntry {
  return entry.type === 'stdio'
    ? { ...entry, env: maskValues(entry.env) }
    : { ...entry, headers: maskValues(entry.headers) }
}

function maskValues(values: Readonly<Record<string, string>>): Record<string, string> {
  const shown = Object.entries(values).map(([name, value]) => [name, reference.test(value) ? value : masked])
  return Object.fromEntries(shown)
}

function toText(client: Client, entries: Entries): string {
  if (entries.size === 0) return ''
  const edited = editConfig(client, undefined, { set: entries, remove: new Set() })
  return edited.ok ? edited.text : ''
}
