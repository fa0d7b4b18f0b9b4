import { requireUnlimited } from './limits.ts'
import { defineOperation, requireScope } from './operation.ts'
import { closed } from './schemas.ts'
import { Type } from './type.ts'

export const initializeKeys = defineOperation({
  id: 'initialize_keys',
  method: 'POST',
  path: '/v1/keys/initialize',
  tool: 'initialize_keys',
  scope: 'publish',
  summary: 'Make the signing keys',
  description:
    'Makes the Ed25519 key pair that signs releases. Keys that exist stay, unless regenerate is asked for, which needs the scope admin and no limits; what the former key signed still verifies.',
  input: closed({
    regenerate: Type.Optional(Type.Boolean({ description: 'Replace the signing key. False unless told.' })),
  }),
  output: Type.Object({
    status: Type.Enum(['initialized', 'already_exists', 'regenerated'], {
      description: 'already_exists: nothing was changed.',
    }),
    signing_key_id: Type.String({ description: 'The RFC 7638 thumbprint of the public key.' }),
    public_key_path: Type.String({ description: 'Its file, among those of the keys that are trusted.' }),
    public_jwk: Type.Record(Type.String(), Type.String(), {
      description: 'The public key as an RFC 8037 JWK.',
    }),
  }),
  errors: ['write_failed'],
  authorize(principal, { regenerate = false }) {
    if (!regenerate) return
    requireScope(principal, 'admin')
    requireUnlimited(principal, "Everybody's signing key")
  },
  async handler({ orchestrator, note }, { regenerate = false }) {
    const made = await orchestrator.keys.initialize({ regenerate })
    note?.({ before: made.formerKeyId, after: made.signingKeyId })
    return {
      status: made.status,
      signing_key_id: made.signingKeyId,
      public_key_path: made.publicKeyPath,
      public_jwk: made.publicJwk as Readonly<Record<string, string>>,
    }
  },
})
