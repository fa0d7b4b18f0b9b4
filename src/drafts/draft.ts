import { isObject } from '../json.ts'
import type { Entry } from '../store/store.ts'
import {
  isId,
  type JsonObject,
  type JsonValue,
  type Payload,
  type ProfileRef,
  type ServerEntry,
} from '../vocabulary.ts'

/** The mutable working configuration of a profile. */
export interface Draft extends ProfileRef {
  readonly payload: Payload
  /** The store's revision of the last change; 0 = nobody has begun a draft. */
  readonly revision: number
  /** ISO 8601. */
  readonly updatedAt: string | null
}

type Servers = Payload['mcpServers']

/** Where the store keeps drafts. */
export const draftRoom = 'drafts'

export function draftKey({ clientId, profileId }: ProfileRef): string {
  return `${draftPrefix(clientId)}${profileId}`
}

export function draftPrefix(clientId: string): string {
  return `${draftRoom}/${clientId}/`
}

export function toProfileId(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}

export function emptyDraft({ clientId, profileId }: ProfileRef): Draft {
  return { clientId, profileId, payload: { mcpServers: {} }, revision: 0, updatedAt: null }
}

/**
 * A stored draft, or undefined if the entry isn't one. What its servers hold is not looked at: an older version may have written them,
 * and validation says what is wrong with them.
 */
export function readDraft(
  { clientId, profileId }: ProfileRef,
  { value, revision }: Entry,
): Draft | undefined {
  if (!isObject(value) || typeof value.updatedAt !== 'string' || !isObject(value.mcpServers)) return undefined
  const mcpServers = value.mcpServers as unknown as Servers
  return { clientId, profileId, payload: { mcpServers }, revision, updatedAt: value.updatedAt }
}

/** What is told of a draft that was changed. */
export interface DraftChange extends ProfileRef {
  readonly serverCount: number
}

/** The change of a draft that a write to the store was; undefined for any other write. */
export function toDraftChange(key: string, value: JsonValue): DraftChange | undefined {
  const [room, clientId = '', profileId = '', ...rest] = key.split('/')
  if (room !== draftRoom || rest.length > 0 || !isId(clientId) || !isId(profileId)) return undefined
  const draft = readDraft({ clientId, profileId }, { key, value, revision: 0 })
  return draft && { clientId, profileId, serverCount: serverNames(draft).length }
}

export function writeDraft({ payload, updatedAt }: Draft): JsonObject {
  return { mcpServers: payload.mcpServers as unknown as JsonObject, updatedAt }
}

/** Whatever a name is called, it can't be found by what objects inherit. */
export function hasServer({ payload }: Draft, name: string): boolean {
  return Object.hasOwn(payload.mcpServers, name)
}

export function serverNames({ payload }: Draft): readonly string[] {
  return Object.keys(payload.mcpServers)
}

export function withServer({ payload }: Draft, name: string, entry: ServerEntry): Payload {
  return { mcpServers: { ...payload.mcpServers, [name]: entry } }
}

export function withoutServer({ payload }: Draft, name: string): Payload {
  const others = Object.entries(payload.mcpServers).filter(([other]) => other !== name)
  return { mcpServers: Object.fromEntries(others) }
}
