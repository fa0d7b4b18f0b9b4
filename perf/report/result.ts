import type { Verdict } from '../budgets.ts'
import type { Outcome } from '../measurement.ts'

export interface Result {
  readonly outcome: Outcome
  readonly verdicts: readonly Verdict[]
}
