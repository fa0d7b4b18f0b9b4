import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

export type Canonical =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: string }

/**
 * The one form of a JSON value (RFC 8785); its bytes are the text's UTF-8. Refuses what RFC 8785 section 3.1 can't carry:
 * lone surrogates, NaN and infinities, and anything that isn't JSON.
 */
export function toCanonical(value: unknown): Canonical {
  try {
    const text = canonicalize(value)
    return text === undefined ? refused('It is not a JSON value') : { ok: true, text }
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error))
  }
}

/** Lower-case hex; a string counts as its UTF-8 bytes. */
export function sha256Hex(content: string | Uint8Array): string {
  return hash('sha256', content)
}

/** SHA-256 of a value's canonical form: for the payload of a draft, the id of the artifact that it would be. Null where it has none. */
export function digestOf(value: unknown): string | null {
  const canonical = toCanonical(value)
  return canonical.ok ? sha256Hex(canonical.text) : null
}

function refused(reason: string): Canonical {
  return { ok: false, reason }
}
