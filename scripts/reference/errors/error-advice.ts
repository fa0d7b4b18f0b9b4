import type { ErrorCode } from '../../../src/errors.ts'

/** What a reader who meets a code wants to know. A code without it does not compile. */
export interface ErrorAdvice {
  readonly when: string
  readonly next: string
}

export const errorAdvice = {
  invalid_json: {
    when: 'The body, the value of `--json` or an argument that holds JSON text is not JSON, has a key twice, is not UTF-8 or is nested too deep.',
    next: 'Mend the text at the place that the sentence names. Let a library write the JSON.',
  },
  invalid_request: {
    when: 'A field, a query parameter, a header or an option is missing, unknown, of the wrong type or out of range; two things contradict each other; two credentials came with one request.',
    next: 'Read `errors[]`: each entry has a pointer to the place. Mend the request; the same one fails again.',
  },
  validation_failed: {
    when: 'A server with these values cannot be added, or the draft has an error that keeps it from being published, or the release cannot be written for this client.',
    next: 'Read `errors[]`, mend the draft, then call `validate_config` until it has no errors.',
  },
  authentication_required: {
    when: 'The request carries no credential.',
    next: 'Send `Authorization: Bearer <token>` or `X-API-Key: <key>`. `mcp-orchestration-generate-token` makes a token.',
  },
  invalid_credentials: {
    when: 'The token is unknown, expired or revoked, or the API key is wrong.',
    next: 'Check which server and which home the token was made for. Make a new one if it has ended.',
  },
  insufficient_scope: {
    when: 'The credential lacks the scope that the operation needs, or the client or profile is beyond its limits.',
    next: 'Make a token with that scope (`--scope`) or without those limits. The header `WWW-Authenticate` names the scope.',
  },
  host_not_allowed: {
    when: '`/mcp` was called under a name that is not allowed: the Host header names neither this machine nor one of `--allowed-hosts`.',
    next: 'Start the server with `--allowed-hosts` and the name that clients use.',
  },
  origin_not_allowed: {
    when: 'A page of another origin called `/mcp`.',
    next: 'Start the server with `--allowed-origins` and the origin of the page.',
  },
  not_found: {
    when: 'There is nothing at that path.',
    next: 'Check the path, and the prefix if a host app or a proxy has one.',
  },
  client_not_found: {
    when: 'There is no client of that id.',
    next: 'Take a `client_id` from `list_clients`.',
  },
  profile_not_found: {
    when: 'The profile has neither a draft nor a release.',
    next: 'Begin its draft with `add_server_to_config`, or check the id with `list_profiles`.',
  },
  nothing_published: {
    when: 'The profile has a draft, but no release.',
    next: 'Call `publish_config` first.',
  },
  server_not_found: {
    when: 'The catalogue has no server of that id.',
    next: 'Take a `server_id` from `list_available_servers`. A server of your own belongs into `servers/` of the home.',
  },
  artifact_not_found: {
    when: 'The profile has no release of that artifact or sequence.',
    next: 'Call `get_config` with `history` to see which there are.',
  },
  server_not_in_draft: {
    when: 'The draft holds no server of that name.',
    next: 'Call `view_draft_config` for the names; `server_name` is meant, not `server_id`.',
  },
  token_not_found: {
    when: 'There is no token of that id, or it reaches beyond the limits of the credential that asks.',
    next: 'Take a `token_id` from `list_tokens`. An id begins with `tok_`; the token itself is none.',
  },
  method_not_allowed: {
    when: 'The path is there, but does not answer that method.',
    next: 'The header `Allow` has the methods that it answers.',
  },
  not_acceptable: {
    when: 'The Accept header lets neither the answer nor a problem through.',
    next: 'Send no Accept header, or `application/json`; for `/events`, `text/event-stream`.',
  },
  request_timeout: {
    when: 'The request did not arrive in full within the time the server gives it.',
    next: 'Send it again without pauses. Look at the network, or at a proxy that buffers.',
  },
  server_already_in_draft: {
    when: 'The draft already holds a server of that name.',
    next: 'Remove it first with `remove_server_from_config`, or give another `server_name`.',
  },
  signing_key_missing: {
    when: 'Nothing was ever signed here: the home has no signing key.',
    next: 'Call `initialize_keys` once, then publish again.',
  },
  secret_unresolved: {
    when: 'The release refers to `${env:NAME}` or `${secret:NAME}`, and this machine has no value for it.',
    next: 'Set the variable in the environment of whatever deploys, or add the server again with the value.',
  },
  config_entry_conflict: {
    when: "The client's file holds an entry of your own under the same name, or a managed entry that was edited by hand. Nothing was written.",
    next: 'Rename or remove your own entry. For an edited one, deploy with `overwrite: true`, which replaces managed entries only.',
  },
  config_file_changed: {
    when: 'Another program wrote the file between reading and writing it. Nothing was written.',
    next: 'Deploy again.',
  },
  config_file_unreadable: {
    when: "The client's file cannot be parsed, is ambiguous (a key twice), or cannot be read or found. It is never overwritten then.",
    next: 'Mend or move the file as the sentence says, then try again.',
  },
  idempotency_in_progress: {
    when: 'The first request with this Idempotency-Key is still running.',
    next: 'Send it again after the seconds that `Retry-After` says.',
  },
  precondition_failed: {
    when: 'What `If-Match` or `expected_revision` names is no longer what is there: somebody else was first. Nothing was done.',
    next: 'Read it again, look at what changed, then decide. The header `ETag` has the current one.',
  },
  body_too_large: {
    when: 'The body is larger than the server accepts.',
    next: 'Send a smaller one, or raise `bodyLimitBytes` of `createHttpTransport`.',
  },
  uri_too_long: {
    when: 'The path and query are longer than the server accepts.',
    next: 'Send shorter values.',
  },
  unsupported_media_type: {
    when: 'The body is not sent as JSON in UTF-8.',
    next: 'Send `Content-Type: application/json`, without another charset and without compression.',
  },
  idempotency_key_reused: {
    when: 'The Idempotency-Key was sent with another request before.',
    next: 'Take a new key for a new request; send the same key only with the same content.',
  },
  rate_limited: {
    when: 'Too many wrong credentials came from this address. A valid one always passes.',
    next: 'Wait for the seconds that `Retry-After` says, and mend the credential. `--failed-auth-limit` sets the limit.',
  },
  headers_too_large: {
    when: 'The headers together are larger than the server accepts.',
    next: 'Send fewer or shorter ones; a browser may carry cookies of other apps on the same host.',
  },
  internal_error: {
    when: 'Something failed that should not. The answer tells no reason.',
    next: 'Look into the log under the request id; on the command line, `--log-level debug` shows the stack. Report it.',
  },
  write_failed: {
    when: "A client's file, a key, a secret or a backup could not be written: a full disk, no permission.",
    next: 'The log has the path and the reason of the system. The old file is as it was.',
  },
  signature_invalid: {
    when: 'A stored release does not verify with any trusted key. It was not used.',
    next: 'Check `keys/trusted/` of the home: a key that signed may be missing there. Else somebody wrote to the store; go back to a backup, and see `audit verify`.',
  },
  artifact_corrupt: {
    when: 'A stored artifact is not the one that its id names. It was not used.',
    next: 'The store is damaged, or somebody wrote to it: go back to a backup.',
  },
  store_unavailable: {
    when: 'The store cannot be read or written: a full disk, a read-only home, a lock that somebody holds.',
    next: 'Try again after the seconds that `Retry-After` says. If that does not help, the log has the reason.',
  },
  overloaded: {
    when: 'As many event streams are open, or as many requests with an Idempotency-Key kept, as the server takes. Nothing was done.',
    next: 'Try again after the seconds that `Retry-After` says. Close streams that nobody reads.',
  },
  shutting_down: {
    when: 'The server is stopping; this request was not begun.',
    next: 'Try again after the seconds that `Retry-After` says, when it or another one is up.',
  },
} as const satisfies Record<ErrorCode, ErrorAdvice>
