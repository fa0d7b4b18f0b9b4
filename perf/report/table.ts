import { boundOf, toVerdictWord, type Verdict, words } from '../budgets.ts'
import { type Contender, type Figure, figuresIn, figuresOf, type Outcome } from '../measurement.ts'
import { median } from '../statistics.ts'
import { ours } from '../suite.ts'
import type { Result } from './result.ts'

const head = [
  '',
  '',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'per s',
  'CPU µs',
  'MB',
  'ratio',
  'budget',
  '',
  'ratio of',
]

/** One row for each contender, and one more for each further comparison that it stands in. What was asked by size has tables of its own. */
export function toRows(results: readonly Result[]): readonly (readonly string[])[] {
  return [head, ...results.filter(({ outcome }) => !outcome.curves).flatMap(toRowsOfOne)]
}

function toRowsOfOne({ outcome: { suite, contenders }, verdicts }: Result): readonly (readonly string[])[] {
  const rows = contenders.flatMap((contender) => {
    const [first, ...more] = verdicts.filter(({ of }) => of === contender.name)
    return [
      [contender.name, ...toFigures(contender), ...toCells(first)],
      ...more.map((verdict) => ['', '', '', '', '', '', '', ...toCells(verdict)]),
    ]
  })
  return rows.map((row, index) => [index === 0 ? suite : '', ...row])
}

const figures: readonly (readonly [Figure, (value: number) => string])[] = [
  ['p50Ms', (value) => value.toFixed(1)],
  ['p95Ms', (value) => value.toFixed(1)],
  ['p99Ms', (value) => value.toFixed(1)],
  ['perSecond', (value) => value.toFixed(0)],
  ['cpuMicroseconds', (value) => value.toFixed(value < 10 ? 1 : 0)],
  ['memoryBytes', (value) => (value / 1024 ** 2).toFixed(0)],
]

function toFigures({ rounds }: Contender): readonly string[] {
  return figures.map(([figure, show]) => {
    const value = median(figuresIn(rounds, figure))
    return Number.isNaN(value) ? '' : show(value)
  })
}

function toCells(verdict: Verdict | undefined): readonly string[] {
  if (!verdict) return ['', '', '', '']
  const { figure, against, value, budget } = verdict
  const what = against === undefined ? words[figure] : `${words[figure]} ÷ ${against}`
  return [toRatioText(value), boundOf(budget), toVerdictWord(verdict), what]
}

/** Each promise with the two figures that it is about. */
export function toBudgetRows(results: readonly Result[]): readonly (readonly string[])[] {
  const promised = results.flatMap(({ outcome, verdicts }) =>
    verdicts.filter(({ budget }) => budget !== undefined).map((verdict) => ({ outcome, verdict })),
  )
  const rows = promised
    .filter(({ outcome }) => !outcome.curves)
    .map(({ outcome: { suite, contenders }, verdict }) => {
      const { figure, of, against, value, budget } = verdict
      return [
        suite,
        words[figure],
        withName(of, figureOf(contenders, of, figure), figure),
        against === undefined ? '' : withName(against, figureOf(contenders, against, figure), figure),
        toRatioText(value),
        boundOf(budget),
        toVerdictWord(verdict),
      ]
    })
  return [
    ['what', 'figure', 'ours', 'against', 'value or ratio', 'budget', ''],
    ...rows,
    ...toWorstGrowth(promised),
  ]
}

interface Promised {
  readonly outcome: Outcome
  readonly verdict: Verdict
}

/** Of all that was asked by size, the one that grew most; the others have a table of their own. */
function toWorstGrowth(promised: readonly Promised[]): readonly (readonly string[])[] {
  const [worst, ...others] = promised
    .filter(({ outcome }) => outcome.curves)
    .map(({ verdict }) => verdict)
    .toSorted((a, b) => b.value - a.value)
  if (!worst) return []
  const what = `growth, the worst of ${others.length + 1}`
  const { figure, of, against = '', value, budget } = worst
  return [[what, words[figure], of, against, toRatioText(value), boundOf(budget), toVerdictWord(worst)]]
}

function withName(name: string, value: number, figure: Figure): string {
  const shown = show[figure]?.(value) ?? value.toFixed(2)
  return name === ours ? shown : `${shown}, ${name.replace(`${ours}, `, '')}`
}

const show: Partial<Record<Figure, (value: number) => string>> = {
  p50Ms: (value) => `${value.toFixed(0)} ms`,
  p99Ms: (value) => `${value.toFixed(0)} ms`,
  perSecond: (value) => `${value.toFixed(0)}/s`,
  cpuMicroseconds: (value) => `${value.toFixed(value < 100 ? 1 : 0)} µs`,
  memoryBytes: (value) => `${(value / 1024 ** 2).toFixed(0)} MB`,
}

function figureOf(contenders: readonly Contender[], name: string, figure: Figure): number {
  return median(figuresOf(contenders, name, figure))
}

function toRatioText(value: number): string {
  if (value >= 100) return value.toFixed(0)
  return value.toFixed(value < 0.1 ? 3 : 2)
}
