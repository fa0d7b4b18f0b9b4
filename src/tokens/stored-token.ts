import { type JsonObject, type JsonValue, type Scope, scopes } from '../vocabulary.ts'
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
  const { name, scopes: granted, createdAt, expiresAt } = grant
  return { hash: hashHex, name, scopes: granted, createdAt, expiresAt }
}

/** Undefined for what is no grant: it opens nothing. A scope that this version doesn't know grants nothing. */
export function fromStoredGrant(id: string, value: JsonValue): StoredGrant | undefined {
  const { hash, name, scopes: granted, createdAt, expiresAt } = toObject(value)
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || typeof createdAt !== 'string')
    return undefined
  if (!isTextOrNull(name) || !isTextOrNull(expiresAt)) return undefined
  return { hashHex: hash, grant: { id, name, scopes: toScopes(granted), createdAt, expiresAt } }
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

function toObject(value: JsonValue | undefined): JsonObject {
  return Object.fromEntries(Object.entries(value ?? {}))
}

function isTextOrNull(value: JsonValue | undefined): value is string | null {
  return typeof value === 'string' || value === null
}
