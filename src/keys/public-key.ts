import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import type { Members } from '../json.ts'

/** An Ed25519 public key as a JWK (RFC 8037 section 2), with its id. */
export interface PublicJwk extends Readonly<Record<string, string>> {
  readonly kty: 'OKP'
  readonly crv: 'Ed25519'
  readonly x: string
  readonly kid: string
  readonly use: 'sig'
}

export type ParsedPublicKey =
  | { readonly ok: true; readonly key: KeyObject }
  | { readonly ok: false; readonly reason: string }

export function toPublicJwk(publicKey: KeyObject): PublicJwk {
  const { x = '' } = publicKey.export({ format: 'jwk' })
  return { kty: 'OKP', crv: 'Ed25519', x, kid: toThumbprint(x), use: 'sig' }
}

export function toKeyId(publicKey: KeyObject): string {
  return toPublicJwk(publicKey).kid
}

export function toPublicPem(publicKey: KeyObject): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString()
}

/** Nothing but a public key: Node would also take a private key's PEM, which has no place among those one trusts. */
export function fromPublicPem(text: string): ParsedPublicKey {
  if (!text.trimStart().startsWith('-----BEGIN PUBLIC KEY-----'))
    return refused('it is not the PEM of a public key')
  try {
    const key = createPublicKey(text)
    return isEd25519(key) ? { ok: true, key } : refused('it is not an Ed25519 key')
  } catch {
    return refused('its PEM is malformed')
  }
}

/**
 * One JWK (RFC 7517, section 4) as a key that may verify. Its `kid` counts for nothing: an id is always computed anew. Whether a private
 * part is in it is for the caller to ask first.
 */
export function fromPublicJwk(jwk: Members): ParsedPublicKey {
  const { kty, crv, x } = jwk
  if (kty !== 'OKP' || crv !== 'Ed25519' || typeof x !== 'string') return refused('it is not an Ed25519 key')
  if (!mayVerify(jwk)) return refused('it is not meant for Ed25519 signatures')
  try {
    const key = createPublicKey({ key: { kty, crv, x }, format: 'jwk' })
    // Node reads other spellings of the same bytes too.
    return toPublicJwk(key).x === x ? { ok: true, key } : refused('its "x" is not in base64url')
  } catch {
    return refused('its "x" is malformed')
  }
}

export function isEd25519(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ed25519'
}

/** The members of RFC 7517, sections 4.2 to 4.4, each of which may be missing; `Ed25519` is what RFC 9864 calls `EdDSA` with this curve. */
function mayVerify({ use = 'sig', key_ops: uses = ['verify'], alg = 'EdDSA' }: Members): boolean {
  const isForSignatures = use === 'sig' && Array.isArray(uses) && uses.includes('verify')
  return isForSignatures && (alg === 'EdDSA' || alg === 'Ed25519')
}

/** RFC 7638 section 3: the members that RFC 8037 section 2 requires, in the order of their names, with nothing in between. */
function toThumbprint(x: string): string {
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url')
}

function refused(reason: string): ParsedPublicKey {
  return { ok: false, reason }
}
