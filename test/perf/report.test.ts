import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Budget, toVerdicts } from '../../perf/budgets.ts'
import type { Outcome } from '../../perf/measurement.ts'
import { toChart } from '../../perf/report/chart.ts'
import { findHotspots } from '../../perf/report/profile.ts'
import { type Result, toTable } from '../../perf/report/table.ts'

const outcome: Outcome = {
  suite: 'GET <clients> & more',
  contenders: [
    {
      name: 'mcp-orchestration',
      rounds: [{ p50Ms: 2, perSecond: 4000.4, cpuMicroseconds: 90, memoryBytes: 2 ** 20 }],
    },
    { name: 'bare Fastify', rounds: [{ p50Ms: 1, cpuMicroseconds: 45 }] },
  ],
  comparisons: [
    { figure: 'cpuMicroseconds', of: 'mcp-orchestration', against: 'bare Fastify' },
    { figure: 'p50Ms', of: 'mcp-orchestration', against: 'bare Fastify' },
  ],
}
const budget: Budget = {
  suite: outcome.suite,
  figure: 'cpuMicroseconds',
  of: 'mcp-orchestration',
  against: 'bare Fastify',
  atMost: 1.5,
}
const result: Result = { outcome, verdicts: toVerdicts(outcome, [budget]) }

describe('the table', () => {
  test('has a row for each contender and one more for a second comparison', () => {
    const [, ours, second, bare] = toTable([result]).split('\n')
    assert.match(
      ours ?? '',
      /^GET <clients> & more +mcp-orchestration +2\.0 +4000 +90 +1 +2\.00 +≤ 1\.5 +BROKEN +CPU ÷ bare Fastify$/,
    )
    assert.match(second ?? '', /^ +2\.00 +p50 ÷ bare Fastify$/)
    assert.match(bare ?? '', /^ +bare Fastify +1\.0 +45$/)
  })

  test('leaves out what was not measured', () => {
    assert.doesNotMatch(toTable([result]), /NaN|undefined/)
  })
})

describe('the chart', () => {
  const chart = toChart([result], 'today')

  test('draws a bar for each contender, as long as its CPU time', () => {
    const bars = [...chart.matchAll(/<rect x="290" .*? width="([\d.]+)"/g)].map(([, length]) =>
      Number(length),
    )
    assert.deepEqual(bars, [520, 260])
  })

  test('marks how long a bar of ours may be', () => {
    // 1.5 × 45 of 90, which are 520 wide and begin at 290.
    assert.match(chart, /<line x1="680\.0" x2="680\.0" /)
  })

  test('writes names as text, whatever is in them', () => {
    assert.match(chart, />GET &lt;clients> &amp; more</)
  })

  test('leaves out a suite in which no requests were counted', () => {
    const without: Outcome = {
      suite: 'nothing',
      contenders: [{ name: 'ours', rounds: [{ cpuMicroseconds: 600_000 }] }],
      comparisons: [],
    }
    assert.doesNotMatch(toChart([{ outcome: without, verdicts: [] }], 'today'), /nothing/)
  })
})

test('a profile shows where time was spent, without the time in which nothing was done', () => {
  const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 9 })
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('parse', 'file:///somewhere/dist/json.js') },
      { id: 3, callFrame: frame('', 'file:///somewhere/node_modules/fastify/lib/route.js') },
      { id: 4, callFrame: frame('parse', 'file:///somewhere/dist/json.js') },
    ],
    samples: [1, 2, 3, 4],
    timeDeltas: [1000, 20, 50, 30],
  }
  assert.deepEqual(findHotspots(profile, 2), [
    { where: 'parse dist/json.js:10', percent: 50 },
    { where: '(anonymous) fastify/lib/route.js:10', percent: 50 },
  ])
})
