import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Budget, toVerdicts } from '../../perf/budgets.ts'
import type { Outcome } from '../../perf/measurement.ts'
import { toDecades, toGrowthChart } from '../../perf/report/growth-chart.ts'
import { toGrowthTables } from '../../perf/report/growth-table.ts'
import { toBudgetRows, toRows } from '../../perf/report/table.ts'

const outcome = outcomeOf([
  { size: 1, cpuMicroseconds: 50, answerKilobytes: 2 },
  { size: 1000, cpuMicroseconds: 200, answerKilobytes: 4 },
])
const budget: Budget = {
  suite: outcome.suite,
  figure: 'cpuPerKilobyte',
  of: 'GET clients, 1000',
  against: 'GET clients, 1',
  atMost: 1.5,
}
const result = { outcome, verdicts: toVerdicts(outcome, [budget]) }

describe('the table of how cost grows', () => {
  test('has the cost at each size, and how much more a KB costs at the largest', () => {
    const [table] = toGrowthTables([result])
    assert.deepEqual(table, [
      ['growth by profiles, CPU µs', '1', '1,000', 'KB of the answer', 'ratio for each KB', 'budget', ''],
      ['GET clients', '50', '200', '2.0 to 4.0', '2.00', '≤ 1.5', 'BROKEN'],
    ])
  })

  test('has its worst line among the promises', () => {
    const [, worst] = toBudgetRows([result])
    const line = ['GET clients, 1000', 'GET clients, 1', '2.00', '≤ 1.5', 'BROKEN']
    assert.deepEqual(worst, ['growth, the worst of 1', 'CPU for each KB', ...line])
  })

  test('is apart from that of the suites', () => {
    assert.equal(toRows([result]).length, 1)
    assert.deepEqual(
      toGrowthTables([{ outcome: { suite: 'plain', contenders: [], comparisons: [] }, verdicts: [] }]),
      [],
    )
  })
})

describe('the chart of how cost grows', () => {
  test('has both axes in powers of ten', () => {
    assert.deepEqual(toDecades([50, 200]), [10, 100, 1000])
    assert.deepEqual(toDecades([100]), [100, 1000])
  })

  test('draws a line from the smallest size to the largest', () => {
    // 50 is 0.699 of a power of ten above 10, 200 is 1.301; two of them are 210 high and end at 244.
    assert.match(toGrowthChart([result], 'today'), /points="64\.0,170\.6 444\.0,107\.4"/)
  })
})

interface Point {
  readonly size: number
  readonly cpuMicroseconds: number
  readonly answerKilobytes: number
}

function outcomeOf(points: readonly Point[]): Outcome {
  const name = (size: number) => `GET clients, ${size}`
  return {
    suite: 'growth by profiles',
    contenders: points.map(({ size, cpuMicroseconds, answerKilobytes }) => ({
      name: name(size),
      rounds: [{ cpuMicroseconds, answerKilobytes, cpuPerKilobyte: cpuMicroseconds / answerKilobytes }],
    })),
    comparisons: [{ figure: 'cpuPerKilobyte', of: name(1000), against: name(1) }],
    curves: [{ name: 'GET clients', points: points.map(({ size }) => ({ size, contender: name(size) })) }],
  }
}
