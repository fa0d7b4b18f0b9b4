import type { ErrorFinding, WarningFinding } from '../errors.ts'

export type Severity = 'error' | 'warning'

/** One thing that is wrong with a server, or with the configuration; `at` leads there from it, step by step. */
export interface Complaint {
  readonly code: ErrorFinding | WarningFinding
  readonly severity: Severity
  readonly at: readonly string[]
  readonly message: string
}

export function error(code: ErrorFinding, at: readonly string[], message: string): Complaint {
  return { code, severity: 'error', at, message }
}

export function warning(code: WarningFinding, at: readonly string[], message: string): Complaint {
  return { code, severity: 'warning', at, message }
}
