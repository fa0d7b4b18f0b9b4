/**
 * Every way in which the verification of a release can fail: its stable name, the exit code of `mcp-orchestration verify`, and what it
 * means. Names and codes never change their meaning; a new way gets the next code.
 */
export const verificationFailures = {
  not_a_release: {
    exitCode: 10,
    title: 'It is not a release: not the answer of get_config, or signed for something else',
  },
  unknown_key: { exitCode: 11, title: 'None of its signatures is by a key of the key set' },
  signature_invalid: {
    exitCode: 12,
    title: 'It has no signature, or one in the name of a key of the set that the key did not make',
  },
  payload_mismatch: { exitCode: 13, title: 'The payload is not the one that was signed' },
  statement_mismatch: { exitCode: 14, title: 'A field beside the payload contradicts what was signed' },
  wrong_client: { exitCode: 15, title: 'It was signed for another client' },
  wrong_profile: { exitCode: 16, title: 'It was signed for another profile' },
  sequence_too_old: { exitCode: 17, title: 'It is an older release than was asked for' },
  key_set_unusable: { exitCode: 18, title: 'The key set cannot be had, or holds no key that can be used' },
} as const

/** The stable name of a way in which a verification fails. */
export type VerificationFailure = keyof typeof verificationFailures
