import { toReasonText } from './failures.ts'
import { type Comparison, type Contender, type Figure, figuresOf, type Outcome } from './measurement.ts'
import { median } from './statistics.ts'

/** A promise about one comparison, as budgets.json has it. Exactly one bound is given. */
export interface Budget extends Comparison {
  readonly suite: string
  readonly atMost?: number
  readonly atLeast?: number
  readonly below?: number
}

/** A comparison with its value; `kept` is undefined where nothing was promised. */
export interface Verdict extends Comparison {
  readonly suite: string
  readonly value: number
  readonly budget: Budget | undefined
  readonly kept: boolean | undefined
}

/** What was compared, and after it what was promised but compared by nobody, which is a promise broken. */
export function toVerdicts(outcome: Outcome, budgets: readonly Budget[]): readonly Verdict[] {
  const { suite, contenders, comparisons, isTooShort = false } = outcome
  const promised = isTooShort ? [] : budgets.filter((budget) => budget.suite === suite)
  const forgotten = promised.filter((budget) => !comparisons.some((each) => isSame(each, budget)))
  return [...comparisons, ...forgotten].map(({ figure, of, against }) => {
    const comparison = { figure, of, ...(against !== undefined && { against }) }
    const budget = promised.find((each) => isSame(each, comparison))
    const value = toValue(contenders, comparison)
    return { ...comparison, suite, value, budget, kept: budget && isKept(budget, value) }
  })
}

/** One sentence for each promise that doesn't hold, and for each contender whose figures mean nothing. */
export function complaintsOf(
  { suite, contenders }: Outcome,
  verdicts: readonly Verdict[],
): readonly string[] {
  const failing = contenders.filter(({ rounds }) => rounds.some(({ failures = 0 }) => failures > 0))
  return [
    ...failing.map(
      ({ name, rounds }) =>
        `${suite}, ${name}: ${rounds.reduce((total, { failures = 0 }) => total + failures, 0)} requests failed: ${toReasonText(rounds.map(({ reasons }) => reasons)) || 'nobody said why'}.`,
    ),
    ...verdicts
      .filter(({ kept }) => kept === false)
      .map(
        (verdict) =>
          `${suite}: ${describe(verdict)} is ${verdict.value.toFixed(2)}; the budget is ${boundOf(verdict.budget)}.`,
      ),
  ]
}

/** One sentence for each promise about a suite that there isn't. */
export function complaintsOfStrays(
  budgets: readonly Budget[],
  suites: readonly { readonly name: string }[],
): readonly string[] {
  const names = new Set(suites.map(({ name }) => name))
  return budgets
    .filter(({ suite }) => !names.has(suite))
    .map(({ suite }) => `budgets.json speaks of a suite that there is not: ${suite}.`)
}

export function boundOf(budget: Budget | undefined): string {
  if (budget?.atMost !== undefined) return `≤ ${budget.atMost}`
  if (budget?.atLeast !== undefined) return `≥ ${budget.atLeast}`
  return budget?.below === undefined ? '' : `< ${budget.below}`
}

export function toVerdictWord(verdict: Verdict | undefined): string {
  if (verdict?.kept === undefined) return ''
  return verdict.kept ? 'ok' : 'BROKEN'
}

function describe({ figure, of, against }: Comparison): string {
  return `${words[figure]} of ${of}${against === undefined ? '' : ` ÷ ${against}`}`
}

export const words: Readonly<Record<Figure, string>> = {
  p50Ms: 'p50',
  p95Ms: 'p95',
  p99Ms: 'p99',
  perSecond: 'requests/s',
  cpuMicroseconds: 'CPU',
  memoryBytes: 'memory',
  failures: 'failures',
  syncsEach: 'syncs for each',
  answerKilobytes: 'KB of the answer',
  cpuPerKilobyte: 'CPU for each KB',
  heapGrowth: 'heap, end ÷ start,',
  handleGrowth: 'handles, end ÷ start,',
  p99Growth: 'p99, end ÷ start,',
}

/** Each round is compared with its own neighbour, since the machine swings from minute to minute; then the median counts. */
function toValue(contenders: readonly Contender[], { figure, of, against }: Comparison): number {
  const own = figuresOf(contenders, of, figure)
  if (against === undefined) return median(own)
  const others = figuresOf(contenders, against, figure)
  return median(own.map((value, round) => value / (others[round] ?? Number.NaN)))
}

function isSame(a: Comparison, b: Comparison): boolean {
  return a.figure === b.figure && a.of === b.of && a.against === b.against
}

/** A value that is no number keeps no promise. */
function isKept({ atMost, atLeast, below }: Budget, value: number): boolean {
  if (atMost !== undefined) return value <= atMost
  if (atLeast !== undefined) return value >= atLeast
  return below !== undefined && value < below
}
