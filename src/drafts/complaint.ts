export type Severity = 'error' | 'warning'

/** One thing that is wrong with a server, or with the configuration; `at` leads there from it, step by step. */
export interface Complaint {
  readonly code: ErrorFinding | WarningFinding
  readonly severity: Severity
  readonly at: readonly string[]
  readonly message: string
}

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

export type WarningFinding = 'empty_config' | 'empty_env_var' | 'plaintext_secret' | 'unknown_package'

export function error(code: ErrorFinding, at: readonly string[], message: string): Complaint {
  return { code, severity: 'error', at, message }
}

export function warning(code: WarningFinding, at: readonly string[], message: string): Complaint {
  return { code, severity: 'warning', at, message }
}
