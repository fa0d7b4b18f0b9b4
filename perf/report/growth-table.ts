import { boundOf, toVerdictWord, type Verdict } from '../budgets.ts'
import { type Curve, figuresOf, type Outcome } from '../measurement.ts'
import { median } from '../statistics.ts'
import type { Result } from './result.ts'

/**
 * A table for each kind of size: a row for each request, a column for each size with the CPU time of one. None for what wasn't asked by
 * size.
 */
export function toGrowthTables(results: readonly Result[]): readonly (readonly (readonly string[])[])[] {
  return results.flatMap(({ outcome, verdicts }) => {
    const { suite, curves } = outcome
    if (!curves) return []
    const sizes = curves[0]?.points.map(({ size }) => size.toLocaleString('en')) ?? []
    const head = [`${suite}, CPU µs`, ...sizes, 'KB of the answer', 'ratio for each KB', 'budget', '']
    return [[head, ...curves.map((curve) => toRow(curve, outcome, verdicts))]]
  })
}

function toRow(curve: Curve, outcome: Outcome, verdicts: readonly Verdict[]): readonly string[] {
  const largest = curve.points.at(-1)?.contender
  const verdict = verdicts.find(({ of }) => of === largest)
  return [
    curve.name,
    ...toCpuTimes(curve, outcome).map((cpu) => cpu.toFixed(0)),
    toKilobytes(curve, outcome),
    verdict?.value.toFixed(2) ?? '',
    boundOf(verdict?.budget),
    toVerdictWord(verdict),
  ]
}

/** Of the smallest and of the largest, where they differ. */
function toKilobytes({ points }: Curve, { contenders }: Outcome): string {
  const shown = [points[0], points.at(-1)].map((point) => {
    const contender = contenders.find(({ name }) => name === point?.contender)
    return contender?.rounds[0]?.answerKilobytes?.toFixed(1) ?? ''
  })
  return [...new Set(shown)].join(' to ')
}

/** One for each size. */
export function toCpuTimes({ points }: Curve, { contenders }: Outcome): readonly number[] {
  return points.map(({ contender }) => median(figuresOf(contenders, contender, 'cpuMicroseconds')))
}
