import { OrchestrationError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import type { JsonValue } from '../vocabulary.ts'
import { type Artifact, fromText, isArtifactText } from './artifact.ts'
import { artifactKey } from './store-keys.ts'

export interface StoredArtifact extends Artifact {
  /** Of its entry in the store. */
  readonly revision: number
}

/** Undefined when the store has none of that id; `artifact_corrupt` when what it has isn't that artifact. */
export async function loadArtifact(store: Store, artifactId: string): Promise<StoredArtifact | undefined> {
  const entry = await store.get(artifactKey(artifactId))
  return entry && { ...readArtifact(artifactId, entry.value), revision: entry.revision }
}

export function corrupt(artifactId: string, reason: string): OrchestrationError {
  return new OrchestrationError(
    'artifact_corrupt',
    `Artifact ${artifactId} ${reason}. Restore the store from a backup.`,
  )
}

function readArtifact(artifactId: string, text: JsonValue): Artifact {
  if (typeof text !== 'string' || !isArtifactText(text, artifactId)) {
    throw corrupt(artifactId, 'has other bytes in the store than its id says')
  }
  const artifact = fromText(text, artifactId)
  if (!artifact) throw corrupt(artifactId, 'is not a configuration')
  return artifact
}
