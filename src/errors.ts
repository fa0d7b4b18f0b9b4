import type { Scope } from './vocabulary.ts'

/**
 * Every code that a caller can meet, with the title a person reads. A code's HTTP status stands in `http`, nowhere else.
 * Later codes join when the behaviour that raises them does.
 */
export const errorTitles = {
  invalid_json: 'Invalid JSON',
  invalid_request: 'Invalid request',
  validation_failed: 'Validation failed',
  authentication_required: 'Authentication required',
  invalid_credentials: 'Invalid authentication credentials',
  insufficient_scope: 'Insufficient scope',
  host_not_allowed: 'Host not allowed',
  origin_not_allowed: 'Origin not allowed',
  not_found: 'Not found',
  client_not_found: 'Client not found',
  profile_not_found: 'Profile not found',
  nothing_published: 'Nothing published',
  server_not_found: 'Server not found',
  artifact_not_found: 'Artifact not found',
  server_not_in_draft: 'Server not in the draft',
  token_not_found: 'Token not found',
  method_not_allowed: 'Method not allowed',
  not_acceptable: 'Not acceptable',
  request_timeout: 'Request timeout',
  server_already_in_draft: 'Server already in the draft',
  signing_key_missing: 'Signing key missing',
  secret_unresolved: 'Secret unresolved',
  config_entry_conflict: 'Configuration entry conflict',
  config_file_changed: 'Configuration file changed',
  config_file_unreadable: 'Configuration file unreadable',
  idempotency_in_progress: 'Request still running',
  precondition_failed: 'Precondition failed',
  body_too_large: 'Body too large',
  uri_too_long: 'URI too long',
  unsupported_media_type: 'Unsupported media type',
  idempotency_key_reused: 'Idempotency key reused',
  rate_limited: 'Rate limited',
  headers_too_large: 'Headers too large',
  internal_error: 'Internal error',
  write_failed: 'Write failed',
  signature_invalid: 'Signature invalid',
  artifact_corrupt: 'Artifact corrupt',
  store_unavailable: 'Store unavailable',
  overloaded: 'Overloaded',
  shutting_down: 'Shutting down',
} as const

/** The stable name of a kind of failure; callers decide by it, never by a sentence. */
export type ErrorCode = keyof typeof errorTitles

/** The kinds of things that can be wrong: with an input, a server that is added, a draft, or a client's file. As stable as an ErrorCode. */
export type FindingCode =
  | 'required'
  | 'unknown_field'
  | 'wrong_type'
  | 'invalid_value'
  | 'invalid_json'
  | 'repeated'
  | 'contradiction'
  | 'unexpected_body'
  | 'unexpected_header'
  | 'replaced'
  | 'expired'
  | 'missing_parameter'
  | 'unknown_parameter'
  | 'invalid_parameter'
  | 'missing_env_var'
  | 'split_reference'
  | ErrorFinding
  | WarningFinding
  | 'invalid_payload'
  | 'user_entry'
  | 'edited_entry'

/** What keeps a draft from being published. */
export type ErrorFinding =
  | 'missing_command'
  | 'empty_command'
  | 'missing_url'
  | 'invalid_args'
  | 'invalid_env'
  | 'unresolved_placeholder'
  | 'unsupported_transport'
  | 'too_many_servers'
  | 'too_many_env_vars'
  | 'invalid_server_name'

/** What a person should look at once, and what keeps a draft from nothing. */
export type WarningFinding = 'empty_config' | 'empty_env_var' | 'plaintext_secret' | 'unknown_package'

/** One thing that is wrong with an input, at a JSON Pointer (RFC 6901) into it. */
export interface Finding {
  readonly code: FindingCode
  readonly pointer: string
  readonly message: string
}

/** What an error carries beside its code and sentence. */
export interface OrchestrationErrorOptions extends ErrorOptions {
  readonly errors?: readonly Finding[]
  readonly requiredScope?: Scope
}

/**
 * The one error that crosses the public API. `message` says what is wrong, with the offending value, and what to do next; it never
 * carries a secret. `cause` is for the log only.
 */
export class OrchestrationError extends Error {
  readonly code: ErrorCode
  readonly errors: readonly Finding[] | undefined
  /** Of `insufficient_scope`: the scope that lacks. Undefined where a limit of the credential stands in the way, which no scope removes. */
  readonly requiredScope: Scope | undefined

  constructor(code: ErrorCode, message: string, options: OrchestrationErrorOptions = {}) {
    super(message, options)
    this.name = 'OrchestrationError'
    this.code = code
    this.errors = options.errors
    this.requiredScope = options.requiredScope
  }
}

/** An input that is refused for these reasons, and that says each of them in its sentence. */
export function invalidRequest(errors: readonly Finding[]): OrchestrationError {
  return new OrchestrationError('invalid_request', errors.map(({ message }) => message).join(' '), { errors })
}

/** An input that is refused for one value in it. */
export function invalidValue(pointer: string, message: string): OrchestrationError {
  return invalidRequest([{ code: 'invalid_value', pointer, message }])
}

/** A client that there is none of. */
export function clientNotFound(clientId: string): OrchestrationError {
  return new OrchestrationError(
    'client_not_found',
    `There is no client "${clientId}". Use list_clients to see them.`,
  )
}

/** The members of a problem (RFC 9457) that every door shares; HTTP adds `status` and `request_id`. */
export interface Problem {
  readonly code: ErrorCode
  readonly title: string
  readonly detail: string
  readonly errors?: readonly Finding[]
}

/** What a caller is told of a fault of ours: never a path, a stack or a secret (the log has them under the request id). */
const faultDetails: Partial<Record<ErrorCode, string>> = {
  internal_error: 'Something failed inside. The log has the details.',
  write_failed: 'A file could not be written. The log has the details.',
  signature_invalid:
    'A stored release does not verify with any trusted key, so it was not used. The log has the details.',
  artifact_corrupt: 'A stored artifact does not match its id, so it was not used. The log has the details.',
  store_unavailable: 'The store does not answer. Try again; if that does not help, the log has the details.',
}

/** Whether the fault is ours, so that its message belongs in the log and not in front of the caller. */
export function isFault(code: ErrorCode): boolean {
  return faultDetails[code] !== undefined
}

/** Any thrown value as a problem. What is not an OrchestrationError is `internal_error`, and its message stays inside. */
export function toProblem(error: unknown): Problem {
  const known = error instanceof OrchestrationError ? error : new OrchestrationError('internal_error', '')
  const { code, errors } = known
  return {
    code,
    title: errorTitles[code],
    detail: faultDetails[code] ?? known.message,
    ...(errors ? { errors } : {}),
  }
}
