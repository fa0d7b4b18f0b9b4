import type { Orchestrator } from '../../orchestrator.ts'
import { apiKeyPrincipal } from './authentication.ts'

/** Ends what was begun with a credential, such as a stream or a session, when that credential ends. */
export interface CredentialWatch {
  /**
   * Calls `end` once when the principal's token is revoked, by whatever process, or expires. The API key ends with the process. Answers
   * the function that stops watching.
   */
  whenEnded(principalId: string, end: () => void): () => void
}

export function createCredentialWatch({ tokens }: Pick<Orchestrator, 'tokens'>): CredentialWatch {
  return {
    whenEnded: (principalId, end) =>
      principalId === apiKeyPrincipal ? () => {} : tokens.whenEnded(principalId, end),
  }
}
