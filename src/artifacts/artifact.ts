import type { Payload } from '../vocabulary.ts'
import { sha256Hex, toCanonical } from './canonical.ts'
import { readPayload } from './payload.ts'

/** An immutable configuration, named by the digest of its canonical bytes: whoever has the bytes can check the name. */
export interface Artifact {
  readonly artifactId: string
  /** The canonical form of the payload; the store keeps just this. */
  readonly text: string
  /** Frozen. */
  readonly payload: Payload
}

export type ArtifactAttempt =
  | { readonly ok: true; readonly artifact: Artifact }
  | { readonly ok: false; readonly reason: string }

export function toArtifact(payload: Payload): ArtifactAttempt {
  const canonical = toCanonical(payload)
  if (!canonical.ok) return canonical
  const artifact = fromText(canonical.text, sha256Hex(canonical.text))
  return artifact
    ? { ok: true, artifact }
    : { ok: false, reason: 'It is not a configuration in the neutral shape' }
}

/**
 * Whether a text is the artifact of that id. One with a lone surrogate never is: UTF-8 would write it as U+FFFD, which gives two
 * different texts the same digest.
 */
export function isArtifactText(text: string, artifactId: string): boolean {
  return text.isWellFormed() && sha256Hex(text) === artifactId
}

/** Undefined when the text isn't a configuration; that it has this id is for the caller to know. */
export function fromText(text: string, artifactId: string): Artifact | undefined {
  const payload = readPayload(text)
  return payload && { artifactId, text, payload }
}
