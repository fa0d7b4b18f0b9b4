import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Budget, toVerdicts } from '../../perf/budgets.ts'
import type { Outcome } from '../../perf/measurement.ts'
import { toChart } from '../../perf/report/chart.ts'
import { findHotspots, findRooms, toProfileText, withoutStart } from '../../perf/report/cpu-profile.ts'
import type { Result } from '../../perf/report/result.ts'
import { toBudgetRows, toRows } from '../../perf/report/table.ts'
import { toTextTable } from '../../perf/report/text.ts'

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
    const [, ours, second, bare] = toTextTable(toRows([result])).split('\n')
    assert.match(
      ours ?? '',
      /^GET <clients> & more +mcp-orchestration +2\.0 +4000 +90 +1 +2\.00 +≤ 1\.5 +BROKEN +CPU ÷ bare Fastify$/,
    )
    assert.match(second ?? '', /^ +2\.00 +p50 ÷ bare Fastify$/)
    assert.match(bare ?? '', /^ +bare Fastify +1\.0 +45$/)
  })

  test('leaves out what was not measured', () => {
    assert.doesNotMatch(toTextTable(toRows([result])), /NaN|undefined/)
  })

  test('of promises has the two figures that each is about', () => {
    const [, row] = toBudgetRows([result])
    assert.deepEqual(row, [
      'GET <clients> & more',
      'CPU',
      '90.0 µs',
      '45.0 µs, bare Fastify',
      '2.00',
      '≤ 1.5',
      'BROKEN',
    ])
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

describe('a profile', () => {
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

  test('shows where time was spent, without the time in which nothing was done', () => {
    assert.deepEqual(findHotspots(profile, 2), [
      { where: 'parse dist/json.js:10', percent: 50 },
      { where: '(anonymous) fastify/lib/route.js:10', percent: 50 },
    ])
  })

  test('can leave out the start', () => {
    const later = withoutStart(profile, 0.00101)
    assert.deepEqual(later, { nodes: profile.nodes, samples: [2, 3, 4], timeDeltas: [20, 50, 30] })
    assert.deepEqual(withoutStart(profile, 1).samples, [])
  })

  test('adds up what is in one room, one package, Node, V8', () => {
    const nodes = [
      ['list', 'file:///x/dist/store/sqlite.js'],
      ['get', 'file:///x/dist/store/records.js'],
      ['send', 'file:///x/node_modules/@fastify/cors/index.js'],
      ['writeUtf8String', ''],
      ['(garbage collector)', ''],
      ['emit', 'node:events'],
      ['push', 'node:internal/streams/readable'],
    ].map(([name = '', url], index) => ({ id: index, callFrame: frame(name, url) }))
    const rooms = findRooms({
      nodes,
      samples: nodes.map(({ id }) => id),
      timeDeltas: [30, 20, 15, 14, 9, 8, 4],
    })
    assert.deepEqual(
      rooms.map(({ where, percent }) => [where, Math.round(percent)]),
      [
        ['dist/store', 50],
        ['@fastify/cors', 15],
        ['native code', 14],
        ['(garbage collector)', 9],
        ['node:events', 8],
        ['node:internal', 4],
      ],
    )
  })

  test('is two tables that a page can quote', () => {
    const text = toProfileText('GET clients', profile)
    assert.match(text, /^GET clients: /)
    assert.match(text, /\| fastify \| 50\.0 \|/)
    assert.match(text, /\| parse dist\/json\.js:10 \| 50\.0 \|/)
  })
})
