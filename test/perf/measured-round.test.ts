import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Asked, measureRound, warmUpBy } from '../../perf/measure/measured-round.ts'

describe('a measured round', () => {
  test('has what the server used for each answer, and what went wrong', async () => {
    const [before, after] = [toUsage(1_000, 3), toUsage(1_600, 5)]
    const usages = [before, after].values()
    const server = { usage: async () => usages.next().value ?? assert.fail('It is asked twice.') }
    const asked = { timesMs: [1, 2, 3, 4], perSecond: 50, failures: 1, reasons: { 'status 503': 1 } }
    assert.deepEqual(await measureRound(server, async () => asked), {
      p50Ms: 2,
      p95Ms: 4,
      p99Ms: 4,
      perSecond: 50,
      cpuMicroseconds: 150,
      memoryBytes: 5,
      syncsEach: 0.5,
      failures: 1,
      reasons: { 'status 503': 1 },
    })
  })
})

describe('a warm-up by parts', () => {
  test('tells each part how fast the one before was, and answers how fast the last was', async () => {
    const told: number[] = []
    const perSecond = await warmUpBy(0.001, async (former) => {
      told.push(former)
      return toAsked(told.length * 10)
    })
    assert.deepEqual(
      told,
      told.map((_, index) => index * 10),
    )
    assert.equal(perSecond, told.length * 10)
  })

  test('in which requests fail is refused, and it is said why', async () => {
    const failing = { ...toAsked(10), failures: 2, reasons: { 'another body': 2 } }
    await assert.rejects(
      warmUpBy(0, async () => failing),
      /failed during the warm-up: 2 × another body/,
    )
  })
})

function toUsage(cpuMicroseconds: number, commits: number) {
  return { cpuMicroseconds, commits, peakMemoryBytes: commits, residentBytes: 0 }
}

function toAsked(perSecond: number): Asked {
  return { timesMs: [], perSecond, failures: 0, reasons: {} }
}
