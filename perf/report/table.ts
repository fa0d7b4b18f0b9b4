import { boundOf, type Verdict, words } from '../budgets.ts'
import type { Contender, Figure, Outcome } from '../measurement.ts'
import { median } from '../statistics.ts'

export interface Result {
  readonly outcome: Outcome
  readonly verdicts: readonly Verdict[]
}

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
const wordColumns = new Set([0, 1, 10, 11])

/** One row for each contender, and one more for each further comparison that it stands in. */
export function toTable(results: readonly Result[]): string {
  const rows = [head, ...results.flatMap(toRows)]
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function toRows({ outcome: { suite, contenders }, verdicts }: Result): readonly (readonly string[])[] {
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
    const value = median(rounds.map((round) => round[figure] ?? Number.NaN))
    return Number.isNaN(value) ? '' : show(value)
  })
}

function toCells(verdict: Verdict | undefined): readonly string[] {
  if (!verdict) return ['', '', '', '']
  const { figure, against, value, budget, kept } = verdict
  const verdictWord = kept === undefined ? '' : kept ? 'ok' : 'BROKEN'
  const what = against === undefined ? words[figure] : `${words[figure]} ÷ ${against}`
  return [value.toFixed(value < 0.1 ? 3 : 2), boundOf(budget), verdictWord, what]
}

/** Words to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return wordColumns.has(column) ? cell.padEnd(width) : cell.padStart(width)
}
