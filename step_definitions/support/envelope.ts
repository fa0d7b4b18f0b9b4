import { createHash, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto'

/**
 * A second opinion on what the orchestrator signs, written from the specifications and sharing nothing with it: DSSE's
 * pre-authentication encoding, in-toto's statement, and RFC 8785's canonical bytes for values made of strings, arrays and objects.
 */
export interface Envelope {
  readonly payloadType: string
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

export interface Statement {
  readonly _type: string
  readonly subject: readonly { readonly digest: { readonly sha256: string } }[]
  readonly predicate: Readonly<Record<string, unknown>>
}

/** Whether one of the envelope's signatures is Ed25519 by this key over the bytes that DSSE says. */
export function verifies(envelope: Envelope, jwk: JsonWebKey, body = statementBytes(envelope)): boolean {
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  const message = preAuthenticationEncoding(envelope.payloadType, body)
  return envelope.signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, 'base64')))
}

/** The same statement, signed by another private key in the name of a key id. */
export function signedAnew(envelope: Envelope, privateKey: KeyObject, keyid: string): Envelope {
  const message = preAuthenticationEncoding(envelope.payloadType, statementBytes(envelope))
  return { ...envelope, signatures: [{ keyid, sig: sign(null, message, privateKey).toString('base64') }] }
}

export function statementBytes(envelope: Envelope): Buffer {
  return Buffer.from(envelope.payload, 'base64')
}

export function statementOf(envelope: Envelope): Statement {
  return JSON.parse(statementBytes(envelope).toString()) as Statement
}

export function withOneBitFlipped(bytes: Buffer): Buffer {
  const altered = Buffer.from(bytes)
  altered[altered.length - 2] = (altered.at(-2) ?? 0) ^ 1
  return altered
}

/** `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body` (DSSE, protocol.md). */
function preAuthenticationEncoding(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `), body])
}

export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
}

/** RFC 8785 sorts members by their names' UTF-16 code units, as `toSorted` does, and writes strings as JSON.stringify does. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  )
}
