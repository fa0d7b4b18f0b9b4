import { isObject, type Members } from '../json.ts'
import { fromPublicJwk, toKeyId } from './public-key.ts'
import type { TrustedKeySet } from './trusted-keys.ts'

export type KeySetReading =
  | { readonly ok: true; readonly keys: TrustedKeySet }
  | { readonly ok: false; readonly reason: string }

/**
 * A JWK set (RFC 7517, section 5) that somebody hands over as the keys to trust, by the ids that are computed of them. Keys of another
 * kind are left out, as that section asks. A private part in any of them spoils the set: whoever has seen it can sign.
 */
export function readKeySet(value: unknown): KeySetReading {
  if (!isObject(value) || !Array.isArray(value.keys)) return refused('It is not a JWK set')
  const jwks: unknown[] = value.keys
  if (!jwks.every(isObject)) return refused('Not every key in it is an object')
  if (jwks.some(hasPrivatePart)) return refused('It holds a private key, which others may have seen too')
  const parsed = jwks.map(fromPublicJwk)
  const keys = parsed.flatMap((each) => (each.ok ? [each.key] : []))
  if (keys.length > 0) return { ok: true, keys: new Map(keys.map((key) => [toKeyId(key), key])) }
  const [first] = parsed.flatMap((each) => (each.ok ? [] : [`: of the first, ${each.reason}`]))
  return refused(`None of its ${parsed.length} keys can be used${first ?? ''}`)
}

/** The private member of every asymmetric type of key (RFC 7518, sections 6.2.2 and 6.3.2; RFC 8037, section 2). */
function hasPrivatePart(jwk: Members): boolean {
  return Object.hasOwn(jwk, 'd')
}

function refused(reason: string): KeySetReading {
  return { ok: false, reason }
}
