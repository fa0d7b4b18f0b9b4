import type { Measurement } from './load.ts'

/** The rounds of one suite: ours and the baseline's in turns. */
export interface SuiteRun {
  readonly name: string
  readonly bodyBytes: number
  readonly ours: readonly Measurement[]
  readonly bare: readonly Measurement[]
}

/** Ours as a multiple of the baseline's: the median over the rounds, each compared with its own neighbour. */
export interface Ratios {
  readonly cpu: number
  readonly latency: number
}

export type Budgets = Readonly<Record<string, Ratios>>

export interface SuiteReport extends SuiteRun {
  readonly ratios: Ratios
  readonly budget: Ratios | undefined
}

export function toReport(run: SuiteRun, budgets: Budgets): SuiteReport {
  const ratios = {
    cpu: medianRatio(run, (measurement) => measurement.cpuMicrosecondsPerRequest),
    latency: medianRatio(run, (measurement) => measurement.p50Ms),
  }
  return { ...run, ratios, budget: budgets[run.name] }
}

/** One sentence for each promise that doesn't hold; empty when all do. */
export function brokenPromises({ name, ratios, budget, ours, bare }: SuiteReport): readonly string[] {
  if (!budget) return [`${name}: perf/budgets.json has no budget for it.`]
  const failures = [...ours, ...bare].reduce((total, measurement) => total + measurement.failures, 0)
  return [
    ...(failures > 0
      ? [`${name}: the figures mean nothing, for this many requests failed: ${failures}.`]
      : []),
    ...(['cpu', 'latency'] as const)
      // A ratio that is no number breaks its budget too.
      .filter((kind) => !(ratios[kind] <= budget[kind]))
      .map((kind) => `${name}: ${kind} is ${ratios[kind].toFixed(2)} ×; the budget is ${budget[kind]} ×.`),
  ]
}

const head = [
  '',
  'server',
  'p50 ms',
  'p95 ms',
  'p99 ms',
  'requests/s',
  'CPU µs',
  'CPU ×',
  'budget',
  'p50 ×',
  'budget',
]

export function toTable(reports: readonly SuiteReport[]): string {
  const rows = reports.flatMap(({ name, ours, bare, ratios, budget }) => [
    [
      name,
      'ours',
      ...figures(ours),
      ...shares(ratios.cpu, budget?.cpu),
      ...shares(ratios.latency, budget?.latency),
    ],
    ['', 'bare route', ...figures(bare), '', '', '', ''],
  ])
  const table = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map((row) =>
      row
        .map((cell, column) => pad(cell, widths[column] ?? 0, column))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function medianRatio({ ours, bare }: SuiteRun, figure: (measurement: Measurement) => number): number {
  return median(
    ours.map((measurement, round) => {
      const neighbour = bare[round]
      return neighbour ? figure(measurement) / figure(neighbour) : Number.NaN
    }),
  )
}

function figures(rounds: readonly Measurement[]): readonly string[] {
  const of = (figure: (measurement: Measurement) => number) => median(rounds.map(figure))
  return [
    of(({ p50Ms }) => p50Ms).toFixed(1),
    of(({ p95Ms }) => p95Ms).toFixed(1),
    of(({ p99Ms }) => p99Ms).toFixed(1),
    of(({ requestsPerSecond }) => requestsPerSecond).toFixed(0),
    of(({ cpuMicrosecondsPerRequest }) => cpuMicrosecondsPerRequest).toFixed(0),
  ]
}

function shares(ratio: number, budget: number | undefined): readonly [string, string] {
  return [ratio.toFixed(2), budget === undefined ? 'none' : `≤ ${budget}`]
}

/** Words to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column < 2 ? cell.padEnd(width) : cell.padStart(width)
}
