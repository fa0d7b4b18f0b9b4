import { createPublicKey, hash, type KeyObject } from 'node:crypto'

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

export function isEd25519(key: KeyObject): boolean {
  return key.asymmetricKeyType === 'ed25519'
}

/** RFC 7638 section 3: the members that RFC 8037 section 2 requires, in the order of their names, with nothing in between. */
function toThumbprint(x: string): string {
  return hash('sha256', JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }), 'base64url')
}

function refused(reason: string): ParsedPublicKey {
  return { ok: false, reason }
}
