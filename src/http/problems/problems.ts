import { type ErrorCode, type Problem, toProblem } from '../../errors.ts'

/** The one place where a code gets its HTTP status. */
export const statuses = {
  invalid_json: 400,
  invalid_request: 400,
  validation_failed: 400,
  authentication_required: 401,
  invalid_credentials: 401,
  insufficient_scope: 403,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  not_found: 404,
  client_not_found: 404,
  profile_not_found: 404,
  nothing_published: 404,
  server_not_found: 404,
  artifact_not_found: 404,
  server_not_in_draft: 404,
  token_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  request_timeout: 408,
  server_already_in_draft: 409,
  signing_key_missing: 409,
  secret_unresolved: 409,
  config_entry_conflict: 409,
  config_file_changed: 409,
  config_file_unreadable: 409,
  idempotency_in_progress: 409,
  precondition_failed: 412,
  body_too_large: 413,
  uri_too_long: 414,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  rate_limited: 429,
  headers_too_large: 431,
  internal_error: 500,
  write_failed: 500,
  signature_invalid: 500,
  artifact_corrupt: 500,
  store_unavailable: 503,
  overloaded: 503,
  shutting_down: 503,
} as const satisfies Record<ErrorCode, number>

export const problemMediaType = 'application/problem+json'

/** A problem as RFC 9457 shapes it for HTTP. */
export interface HttpProblem extends Problem {
  /** A name, not an address: there is nothing to fetch. */
  readonly type: string
  readonly status: number
  readonly request_id: string
}

/** Any thrown value as the answer that a caller gets. */
export function toHttpProblem(error: unknown, requestId: string): HttpProblem {
  const { code, title, detail, errors } = toProblem(error)
  return {
    type: `urn:mcp-orchestration:problem:${code}`,
    title,
    status: statuses[code],
    detail,
    code,
    request_id: requestId,
    ...(errors ? { errors } : {}),
  }
}

/** What goes beside the body: after how many seconds trying again makes sense (RFC 9110, section 10.2.3). */
export function problemHeaders(code: ErrorCode): Readonly<Record<string, string>> {
  const seconds = retryAfterSeconds[code]
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}

const retryAfterSeconds: Partial<Record<ErrorCode, number>> = {
  idempotency_in_progress: 1,
  store_unavailable: 1,
  overloaded: 5,
  shutting_down: 5,
}
