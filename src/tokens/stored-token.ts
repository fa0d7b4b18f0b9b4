import type { Entry } from '../store/store.ts'
import { type JsonObject, type JsonValue, type Limits, type Scope, scopes } from '../vocabulary.ts'
import type { Grant } from './token.ts'
import { type Usage, unused } from './usage.ts'

/** A grant beside the hash that proves a token to be the one it was made for. */
export interface StoredGrant {
  readonly grant: Grant
  /** SHA-256 of the token's characters. */
  readonly hashHex: string
}

export const grantPrefix = 'tokens/'
export const usagePrefix = 'token-usage/'

export function grantKey(id: string): string {
  return grantPrefix + id
}

/** Usage has keys of its own, so that counting never stands in the way of making and revoking. */
export function usageKey(id: string): string {
  return usagePrefix + id
}

export function toStoredGrant({ grant, hashHex }: StoredGrant): JsonValue {
  const { name, scopes: granted, limits, createdAt, expiresAt, replacedBy } = grant
  return {
    hash: hashHex,
    name,
    scopes: granted,
    createdAt,
    expiresAt,
    ...(limits && { limits: { ...limits } }),
    ...(replacedBy !== null && { replacedBy }),
  }
}

export function fromEntry(entry: Entry | undefined): StoredGrant | undefined {
  return entry && fromStoredGrant(entry.key.slice(grantPrefix.length), entry.value)
}

/**
 * Undefined for what is no grant: it opens nothing. Neither do limits that can't be read: without them it would open everything. A
 * scope that this version doesn't know grants nothing.
 */
export function fromStoredGrant(id: string, value: JsonValue): StoredGrant | undefined {
  const { hash, name, scopes: granted, createdAt, expiresAt, replacedBy = null } = toObject(value)
  const limits = toLimits(toObject(value).limits)
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || typeof createdAt !== 'string')
    return undefined
  if (!isTextOrNull(name) || !isTextOrNull(expiresAt) || !isTextOrNull(replacedBy)) return undefined
  if (limits === undefined) return undefined
  const grant = { id, name, scopes: toScopes(granted), limits, createdAt, expiresAt, replacedBy }
  return { hashHex: hash, grant }
}

export function toStoredUsage({ usageCount, lastUsedAt }: Usage): JsonValue {
  return { usageCount, lastUsedAt }
}

/** What can't be read counts as no use: a count is never worth refusing a token for. */
export function fromStoredUsage(value: JsonValue | undefined): Usage {
  const { usageCount, lastUsedAt } = toObject(value)
  if (typeof usageCount !== 'number' || !isTextOrNull(lastUsedAt)) return unused
  return { usageCount, lastUsedAt }
}

function toScopes(granted: JsonValue | undefined): readonly Scope[] {
  return scopes.filter((scope) => Array.isArray(granted) && granted.includes(scope))
}

/** Undefined for what can't be read; null where there are none, as in grants that were made before there could be. */
function toLimits(value: JsonValue | undefined): Limits | null | undefined {
  if (value === undefined) return null
  const { clients, profiles } = toObject(value)
  return isTexts(clients) && isTexts(profiles) ? { clients, profiles } : undefined
}

function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

function toObject(value: JsonValue | undefined): JsonObject {
  return Object.fromEntries(Object.entries(value ?? {}))
}

function isTextOrNull(value: JsonValue | undefined): value is string | null {
  return typeof value === 'string' || value === null
}
