import type { ErrorCode, Finding } from '../../errors.ts'

interface ProblemExample {
  readonly detail: string
  readonly errors?: readonly Finding[]
}

/** One true sentence for each refusal, as the product says it. What is said of faults stands in the table of errors. */
export const problemExamples: Partial<Readonly<Record<ErrorCode, ProblemExample>>> = {
  invalid_json: {
    detail: 'The input is not valid JSON: at line 1, column 28 (position 27), a value was expected.',
  },
  invalid_request: {
    detail: '"limit" must be >= 1, not 0.',
    errors: [{ code: 'invalid_value', pointer: '/limit', message: '"limit" must be >= 1, not 0.' }],
  },
  validation_failed: {
    detail: "The draft of zed/work can't be published: zed doesn't speak sse. Mend it, then publish again.",
    errors: [
      {
        code: 'unsupported_transport',
        pointer: '/mcpServers/events/type',
        message: "zed doesn't speak sse.",
      },
    ],
  },
  authentication_required: {
    detail:
      'Send "Authorization: Bearer <token>" with a token that mcp-orchestration-generate-token made, or "X-API-Key: <key>".',
  },
  invalid_credentials: { detail: 'The token is unknown, expired or revoked. Make a new one.' },
  insufficient_scope: { detail: 'This needs the scope "publish"; the credential has read, write.' },
  client_not_found: { detail: 'There is no client "claude". Use list_clients to see them.' },
  profile_not_found: {
    detail:
      'claude-desktop/default has neither a draft nor a release. Use add_server_to_config to begin a draft.',
  },
  nothing_published: {
    detail: 'claude-desktop/default has a draft and no release. Use publish_config to make one of it.',
  },
  server_not_found: {
    detail: 'There is no server "filesytem" in the catalogue. Use list_available_servers to see them.',
  },
  artifact_not_found: { detail: 'claude-desktop/default has no release 7; its latest is 2.' },
  server_not_in_draft: {
    detail: 'The draft of claude-desktop/default holds no "memory"; it holds "filesystem".',
  },
  token_not_found: {
    detail: 'There is no token tok_9c2b7e41d8a3f605. List the tokens to see those there are.',
  },
  not_acceptable: {
    detail:
      'Answers are application/json, problems application/problem+json. Accept one of them, or send no Accept header.',
  },
  request_timeout: { detail: 'The request did not arrive in time. Send it again, without pauses.' },
  server_already_in_draft: {
    detail:
      '"memory" is in the draft of claude-desktop/default already. Remove it first, or give another server_name.',
  },
  signing_key_missing: {
    detail: 'There is no key to sign with. Use initialize_keys once, then publish again.',
  },
  secret_unresolved: {
    detail:
      "Nothing on this machine resolves ${env:GITHUB_TOKEN}. Set the variable, or add the server again with the secret's value.",
  },
  config_entry_conflict: {
    detail:
      '/home/priya/.cursor/mcp.json was left as it is: "memory" is an entry of your own. Rename or remove it, then deploy again.',
  },
  config_file_changed: {
    detail:
      '/home/priya/.cursor/mcp.json was changed by another program during the deploy and was left as that program wrote it. Deploy again.',
  },
  config_file_unreadable: {
    detail:
      '/home/priya/.cursor/mcp.json was left as it is. It is no JSON: at line 3, a value was expected. Mend or move the file, then try again.',
  },
  idempotency_in_progress: {
    detail: 'The first request with this Idempotency-Key is still running. Send it again in a second.',
  },
  precondition_failed: {
    detail: 'The draft of claude-desktop/default is at revision 8, not 7. Look at it again, then decide.',
  },
  body_too_large: {
    detail: 'The body has more than the 1048576 bytes that this server accepts. Send a smaller one.',
  },
  uri_too_long: { detail: 'The path and query have more than 12288 characters. Send shorter ones.' },
  unsupported_media_type: {
    detail:
      'The body must be plain JSON in UTF-8, sent with "Content-Type: application/json". It is text/plain.',
  },
  idempotency_key_reused: {
    detail:
      'This Idempotency-Key was sent with another request before. Send the same request again, or take a new key.',
  },
  rate_limited: {
    detail: 'Too many wrong credentials came from this address. Wait 42 seconds, or send a valid one.',
  },
  headers_too_large: { detail: 'The headers are too large together. Send fewer or shorter ones.' },
  overloaded: {
    detail: 'As much of this is going on as this server takes. Nothing was done; try again in a few seconds.',
  },
  shutting_down: { detail: 'The server is stopping. Try again in a moment.' },
}
