import { type KeyObject, verify } from 'node:crypto'
import { isObject } from '../json.ts'
import type { Signer } from '../keys/signing-keys.ts'
import type { TrustedKeySet } from '../keys/trusted-keys.ts'

/** A DSSE envelope (secure-systems-lab/dsse, version 1.0.2) with exactly the members of its envelope.md. */
export type Envelope = {
  /** Base64 of the signed body. */
  readonly payload: string
  readonly payloadType: string
  readonly signatures: readonly EnvelopeSignature[]
}

export type EnvelopeSignature = {
  /** A hint and no more: it is not signed. Empty when the signer gave none. */
  readonly keyid: string
  readonly sig: string
}

export interface DecodedEnvelope {
  readonly envelope: Envelope
  readonly body: Uint8Array
  readonly signatures: readonly DecodedSignature[]
}

type DecodedSignature = EnvelopeSignature & { readonly bytes: Uint8Array }

export type Verification =
  | {
      readonly ok: true
      readonly body: Uint8Array
      readonly envelope: Envelope
      readonly keyId: string
      readonly sig: string
    }
  | { readonly ok: false; readonly fault: EnvelopeFault; readonly reason: string }

/** `unreadable` = no envelope, or one of something else; which of the other two it is, the hints of the keys decide, no more. */
export type EnvelopeFault = 'unreadable' | 'unknown_key' | 'signature_invalid'

/** Ours have one. Each costs a verification by each key, and a value that anybody can send may hold a million. */
const maxSignatures = 16

/** The media type that in-toto registers for a statement in an envelope. */
const statementPayloadType = 'application/vnd.in-toto+json'

/** Pre-Authentication Encoding (DSSE protocol.md): what is really signed, so that the type can't be swapped. */
export function toSignedBytes(payloadType: string, body: Uint8Array): Uint8Array {
  const length = Buffer.byteLength(payloadType)
  return Buffer.concat([Buffer.from(`DSSEv1 ${length} ${payloadType} ${body.length} `), body])
}

export function signEnvelope(body: Uint8Array, signer: Signer): Envelope {
  const sig = signer.sign(toSignedBytes(statementPayloadType, body))
  return {
    payload: toBase64(body),
    payloadType: statementPayloadType,
    signatures: [{ keyid: signer.keyId, sig: toBase64(sig) }],
  }
}

/** One signature by one trusted key is enough. The steps and their order are those of DSSE protocol.md, "To verify". */
export function verifyEnvelope(value: unknown, trusted: TrustedKeySet): Verification {
  const decoded = decodeEnvelope(value)
  if (!decoded) return rejected('unreadable', 'it is not a DSSE envelope')
  const { envelope, body } = decoded
  const accepted = findAccepted(decoded, trusted)
  if (!accepted) return rejected(toFault(envelope, trusted), 'none of its signatures is by a trusted key')
  if (envelope.payloadType !== statementPayloadType)
    return rejected('unreadable', 'its payload type is not supported')
  return { ok: true, body, envelope, ...accepted }
}

/**
 * The parts of an envelope, unverified. Undefined when a required member is missing, anything doesn't decode or there are too many
 * signatures; unknown members are ignored (DSSE envelope.md, "Parsing rules").
 */
export function decodeEnvelope(value: unknown): DecodedEnvelope | undefined {
  if (!isObject(value)) return undefined
  const { payload, payloadType } = value
  if (typeof payload !== 'string' || typeof payloadType !== 'string') return undefined
  const body = fromBase64(payload)
  const signatures = decodeSignatures(value.signatures)
  if (!body || !signatures) return undefined
  const stripped = signatures.map(({ keyid, sig }) => ({ keyid, sig }))
  return { envelope: { payload, payloadType, signatures: stripped }, body, signatures }
}

function decodeSignatures(values: unknown): readonly DecodedSignature[] | undefined {
  if (!Array.isArray(values) || values.length > maxSignatures) return undefined
  const signatures = values.map(decodeSignature)
  return signatures.every((signature) => signature !== undefined) ? signatures : undefined
}

/** An unset key id is the same as an empty one. */
function decodeSignature(value: unknown): DecodedSignature | undefined {
  if (!isObject(value)) return undefined
  const { keyid = '', sig } = value
  if (typeof keyid !== 'string' || typeof sig !== 'string') return undefined
  const bytes = fromBase64(sig)
  return bytes && { keyid, sig, bytes }
}

function findAccepted(
  decoded: DecodedEnvelope,
  trusted: TrustedKeySet,
): { keyId: string; sig: string } | undefined {
  const signed = toSignedBytes(decoded.envelope.payloadType, decoded.body)
  for (const { keyid, sig, bytes } of decoded.signatures) {
    const keyId = hintedFirst(trusted, keyid).find(([, key]) => verify(null, signed, key, bytes))?.[0]
    if (keyId !== undefined) return { keyId, sig }
  }
  return undefined
}

/** The hint saves time when it is right and costs nothing when it is wrong: it "MUST NOT be used for security decisions". */
function hintedFirst(trusted: TrustedKeySet, keyid: string): readonly (readonly [string, KeyObject])[] {
  const hinted = trusted.get(keyid)
  const others = [...trusted].filter(([id]) => id !== keyid)
  return hinted ? [[keyid, hinted], ...others] : others
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** Either alphabet of RFC 4648 (sections 4 and 5), padded, in its one canonical spelling; a mixture of the two is neither. */
function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  const standard = toBase64(bytes)
  const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_')
  return text === standard || text === urlSafe ? bytes : undefined
}

/** A signature in the name of a trusted key is a forgery or was damaged; one in another's name may be a good one of a stranger. */
function toFault({ signatures }: Envelope, trusted: TrustedKeySet): EnvelopeFault {
  const isStrangers = signatures.length > 0 && signatures.every(({ keyid }) => !trusted.has(keyid))
  return isStrangers ? 'unknown_key' : 'signature_invalid'
}

function rejected(fault: EnvelopeFault, reason: string): Verification {
  return { ok: false, fault, reason }
}
