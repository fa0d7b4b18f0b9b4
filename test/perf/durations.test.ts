import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toTurnsSeconds } from '../../perf/measure/rounds.ts'
import { readOptions } from '../../perf/options.ts'
import { toDuration } from '../../perf/report/duration.ts'
import { type Machine, readMachine, toSubtitle } from '../../perf/report/machine.ts'

test('a duration is said in seconds while it is short', () => {
  assert.deepEqual([45.4, 89, 90, 2161].map(toDuration), ['45 s', '89 s', '2 minutes', '36 minutes'])
})

test('twice the contenders take turns for twice as long', () => {
  const { pace } = readOptions([])
  assert.equal(toTurnsSeconds(4, pace), 2 * toTurnsSeconds(2, pace))
  assert.ok(toTurnsSeconds(1, pace) > pace.rounds * pace.roundSeconds + pace.warmUpSeconds)
})

test('a run says where, when and how it was made', () => {
  const machine: Machine = {
    at: '2026-11-23T06:40:12.000Z',
    node: 'v24.21.0',
    cpu: 'AMD EPYC',
    cores: 2,
    loadAtStart: 0.123,
    isFullRun: true,
    rounds: 5,
    soakSeconds: 600,
  }
  const full =
    '2026-11-23 06:40 UTC · Node 24.21.0 · 2 × AMD EPYC · load 0.1 at the start · medians of 5 rounds · soaks of 600 s · a full run'
  assert.equal(toSubtitle(machine), full)
  assert.match(
    toSubtitle({ ...machine, rounds: 1, isFullRun: false }),
    / · one round · soaks of 600 s · not a full run: no results$/,
  )
})

test('a machine has cores, a processor and a load', () => {
  const { cores, cpu, loadAtStart } = readMachine(readOptions([]))
  assert.ok(cores > 0 && cpu !== '' && loadAtStart >= 0, JSON.stringify({ cores, cpu, loadAtStart }))
})
