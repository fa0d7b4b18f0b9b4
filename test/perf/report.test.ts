import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Measurement } from '../../perf/load.ts'
import { brokenPromises, type SuiteRun, toReport, toTable } from '../../perf/report.ts'
import { toSchema } from '../../perf/schema-of.ts'

const budgets = { 'GET config': { cpu: 2, latency: 3 } }

describe('a suite beside its baseline', () => {
  test('each round is compared with its own neighbour, and the median counts', () => {
    // The machine slowed down by ten in the second round, for both.
    const { ratios } = toReport(runOf([200, 2200, 190], [100, 1000, 100]), budgets)
    assert.deepEqual(ratios, { cpu: 2, latency: 2 })
  })

  test('a ratio within its budget breaks no promise', () => {
    assert.deepEqual(brokenPromises(toReport(runOf([200], [100]), budgets)), [])
  })

  test('a ratio beyond its budget does', () => {
    assert.deepEqual(brokenPromises(toReport(runOf([201], [100]), budgets)), [
      'GET config: cpu is 2.01 ×; the budget is 2 ×.',
    ])
  })

  test('one failed request does, on whichever side', () => {
    const { ours, ...run } = runOf([100], [100])
    const broken = { ...run, ours: ours.map((measurement) => ({ ...measurement, failures: 1 })) }
    assert.deepEqual(brokenPromises(toReport(broken, budgets)), [
      'GET config: the figures mean nothing, for this many requests failed: 1.',
    ])
  })

  test('a round without a neighbour, which has no ratio, does', () => {
    assert.equal(brokenPromises(toReport(runOf([100], []), budgets)).length, 2)
  })

  test('a suite without a budget does', () => {
    assert.deepEqual(brokenPromises(toReport(runOf([100], [100]), {})), [
      'GET config: perf/budgets.json has no budget for it.',
    ])
  })

  test('the table shows both, one above the other', () => {
    const [, ours, bare] = toTable([toReport(runOf([200], [100]), budgets)]).split('\n')
    assert.match(ours ?? '', /^GET config +ours +200\.0 .* 2\.00 +≤ 2 +2\.00 +≤ 3$/)
    assert.match(bare ?? '', /^ +bare route +100\.0 .* 100$/)
  })
})

test('the schema of a value describes each of its members', () => {
  const schema = toSchema({ name: 'work', sequence: 1, changelog: null, ids: ['a', 'b'], none: [] })
  assert.deepEqual(schema, {
    type: 'object',
    properties: {
      name: { type: 'string' },
      sequence: { type: 'number' },
      changelog: { type: 'null' },
      ids: { type: 'array', items: { type: 'string' } },
      none: { type: 'array', items: {} },
    },
  })
})

/** Rounds whose CPU time and latency are the same figures. */
function runOf(ours: readonly number[], bare: readonly number[]): SuiteRun {
  return { name: 'GET config', bodyBytes: 2, ours: ours.map(measurementOf), bare: bare.map(measurementOf) }
}

function measurementOf(figure: number): Measurement {
  const times = { p50Ms: figure, p95Ms: figure, p99Ms: figure }
  return {
    ...times,
    requestsPerSecond: 1,
    cpuMicrosecondsPerRequest: figure,
    peakMemoryBytes: 1,
    failures: 0,
  }
}
