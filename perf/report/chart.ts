import type { Verdict } from '../budgets.ts'
import { type Contender, figuresIn, type Outcome, type Round } from '../measurement.ts'
import { median } from '../statistics.ts'
import type { Result } from './result.ts'
import { text, toSvg } from './svg.ts'

const width = 960
const labelWidth = 290
const barWidth = 520
const barHeight = 16
const rowHeight = 21
const titleHeight = 30
const headHeight = 92
const baselines = /Fastify|SDK/

/**
 * The CPU time of one request, a group of bars for each suite, each group to a scale of its own: the longest bar is its full width. A
 * line across a bar of ours says how long it may be.
 */
export function toChart(results: readonly Result[], subtitle: string): string {
  const parts: string[] = []
  let top = headHeight
  for (const result of results.filter(isOfRequests)) {
    parts.push(...toGroup(result, top))
    top += titleHeight + result.outcome.contenders.length * rowHeight
  }
  return toSvg('CPU time of one request, in microseconds', width, top + 24, [
    text(
      20,
      30,
      'CPU time of one request, in microseconds (shorter is better)',
      'font-size="18" font-weight="600"',
    ),
    text(20, 50, subtitle, 'fill="#57606a"'),
    text(20, 68, 'Blue: ours. Grey: baselines. Red line: the budget.', 'fill="#57606a"'),
    ...parts,
  ])
}

function toGroup({ outcome, verdicts }: Result, top: number): readonly string[] {
  const longest = Math.max(...outcome.contenders.map(cpuOf).filter((value) => !Number.isNaN(value)))
  const scale = barWidth / longest
  return [
    text(20, top + 20, outcome.suite, 'font-weight="600"'),
    ...outcome.contenders.flatMap((contender, index) => {
      const y = top + titleHeight + index * rowHeight
      const limit = limitOf(contender, outcome, verdicts)
      return [...toBar(contender, y, scale), ...(limit === undefined ? [] : toMark(limit, y, scale))]
    }),
  ]
}

function toBar(contender: Contender, y: number, scale: number): readonly string[] {
  const cpu = cpuOf(contender)
  const fill = baselines.test(contender.name) ? '#afb8c1' : '#0969da'
  const length = Math.max(1, cpu * scale)
  return [
    text(labelWidth - 10, y + 13, contender.name, 'text-anchor="end"'),
    `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" fill="${fill}"/>`,
    text(labelWidth + length + 8, y + 13, cpu.toFixed(cpu < 10 ? 1 : 0)),
  ]
}

/** Beyond the end of the longest bar there is nothing to mark. */
function toMark(limit: number, y: number, scale: number): readonly string[] {
  const x = labelWidth + limit * scale
  if (x > labelWidth + barWidth) return []
  return [
    `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${y - 2}" y2="${y + barHeight + 2}" stroke="#cf222e" stroke-width="2"/>`,
  ]
}

/** The strictest of its budgets, as CPU time. */
function limitOf(
  { name }: Contender,
  { contenders }: Outcome,
  verdicts: readonly Verdict[],
): number | undefined {
  const limits = verdicts
    .filter(({ of, figure }) => of === name && figure === 'cpuMicroseconds')
    .flatMap(({ against, budget }) => {
      const other = contenders.find((contender) => contender.name === against)
      return other && budget?.atMost !== undefined ? [cpuOf(other) * budget.atMost] : []
    })
  return limits.length > 0 ? Math.min(...limits) : undefined
}

/** A start has a CPU time, too, but not one for each request; what was asked by size has a chart of its own. */
function isOfRequests({ outcome: { contenders, curves } }: Result): boolean {
  const isCounted = (round: Round) => round.cpuMicroseconds !== undefined && round.perSecond !== undefined
  return !curves && contenders.some(({ rounds }) => rounds.some(isCounted))
}

function cpuOf({ rounds }: Contender): number {
  return median(figuresIn(rounds, 'cpuMicroseconds'))
}
