import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { type Budget, complaintsOf, complaintsOfStrays, toVerdicts } from '../../perf/budgets.ts'
import type { Outcome, Round } from '../../perf/measurement.ts'

const cpu: Budget = {
  suite: 'GET clients',
  figure: 'cpuMicroseconds',
  of: 'ours',
  against: 'bare',
  atMost: 2,
}

describe('a budget', () => {
  test('is compared round by round, and the median counts', () => {
    // The machine was slower by eleven in the first round, for both.
    const outcome = outcomeOf([2200, 200, 190], [1100, 100, 100])
    const [verdict] = toVerdicts(outcome, [cpu])
    assert.deepEqual({ value: verdict?.value, kept: verdict?.kept }, { value: 2, kept: true })
    assert.deepEqual(complaintsOf(outcome, toVerdicts(outcome, [cpu])), [])
  })

  test('that is exceeded is said in a sentence', () => {
    const outcome = outcomeOf([201], [100])
    assert.deepEqual(complaintsOf(outcome, toVerdicts(outcome, [cpu])), [
      'GET clients: CPU of ours ÷ bare is 2.01; the budget is ≤ 2.',
    ])
  })

  test('of another suite says nothing about this one', () => {
    const [verdict] = toVerdicts(outcomeOf([900], [100]), [{ ...cpu, suite: 'GET config' }])
    assert.deepEqual({ value: verdict?.value, kept: verdict?.kept }, { value: 9, kept: undefined })
  })

  test('is broken by a round that has no neighbour, since that is no number', () => {
    assert.equal(toVerdicts(outcomeOf([100], []), [cpu])[0]?.kept, false)
  })

  test('that speaks of something nobody measured is broken', () => {
    const misspelt: Budget = { ...cpu, against: 'bear' }
    const outcome = outcomeOf([100], [100])
    assert.deepEqual(complaintsOf(outcome, toVerdicts(outcome, [misspelt])), [
      'GET clients: CPU of ours ÷ bear is NaN; the budget is ≤ 2.',
    ])
  })

  test('is not looked at after too short a time', () => {
    const outcome: Outcome = { ...outcomeOf([900], [100]), isTooShort: true }
    assert.deepEqual(complaintsOf(outcome, toVerdicts(outcome, [cpu])), [])
  })

  test('may ask for at least so much, or for less than so much of one figure', () => {
    const outcome: Outcome = {
      suite: 'durable publishes',
      contenders: [
        { name: 'at once', rounds: [{ perSecond: 600, syncsEach: 0.2 }] },
        { name: 'single', rounds: [{ perSecond: 200 }] },
      ],
      comparisons: [
        { figure: 'perSecond', of: 'at once', against: 'single' },
        { figure: 'syncsEach', of: 'at once' },
      ],
    }
    const suite = outcome.suite
    const verdicts = toVerdicts(outcome, [
      { suite, figure: 'perSecond', of: 'at once', against: 'single', atLeast: 3 },
      { suite, figure: 'syncsEach', of: 'at once', below: 0.2 },
    ])
    assert.deepEqual(
      verdicts.map(({ kept }) => kept),
      [true, false],
    )
    assert.deepEqual(complaintsOf(outcome, verdicts), [
      'durable publishes: syncs for each of at once is 0.20; the budget is < 0.2.',
    ])
  })
})

test('failed requests spoil a run, on whichever side, and it is said why', () => {
  const { contenders, ...outcome } = outcomeOf([100], [100])
  const [own, bare] = contenders
  assert.ok(own && bare)
  const reasons = { 'status 503': 1, 'no answer within 30 s': 2 }
  const failing = { name: bare.name, rounds: [{ ...bare.rounds[0], failures: 3, reasons }] }
  const spoilt: Outcome = { ...outcome, contenders: [own, failing] }
  assert.deepEqual(complaintsOf(spoilt, toVerdicts(spoilt, [cpu])), [
    'GET clients, bare: 3 requests failed: 2 × no answer within 30 s, 1 × status 503.',
  ])
})

describe('budgets.json', async () => {
  const budgets: readonly Budget[] = JSON.parse(
    await readFile(new URL('../../perf/budgets.json', import.meta.url), 'utf8'),
  )

  test('gives each of its budgets one bound', () => {
    const bounds = budgets.map(
      ({ atMost, atLeast, below }) => [atMost, atLeast, below].filter((bound) => bound !== undefined).length,
    )
    assert.deepEqual(new Set(bounds), new Set([1]))
  })
})

test('a budget for a suite that there is not is said in a sentence', () => {
  const suites = [{ name: 'GET clients' }]
  assert.deepEqual(complaintsOfStrays([cpu, { ...cpu, suite: 'GET client' }], suites), [
    'budgets.json speaks of a suite that there is not: GET client.',
  ])
})

function outcomeOf(own: readonly number[], bare: readonly number[]): Outcome {
  const toRound = (cpuMicroseconds: number): Round => ({ cpuMicroseconds, failures: 0 })
  return {
    suite: 'GET clients',
    contenders: [
      { name: 'ours', rounds: own.map(toRound) },
      { name: 'bare', rounds: bare.map(toRound) },
    ],
    comparisons: [{ figure: 'cpuMicroseconds', of: 'ours', against: 'bare' }],
  }
}
