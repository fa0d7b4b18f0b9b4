import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readOptions } from '../../perf/options.ts'

describe('the options of npm run perf', () => {
  test('ask for at least five rounds and ten minutes of soak unless told otherwise', () => {
    const { pace, only, profile } = readOptions([])
    assert.ok(pace.rounds >= 5 && pace.starts >= 5)
    assert.deepEqual({ soak: pace.soakSeconds, only, profile }, { soak: 600, only: '', profile: false })
  })

  test('choose suites by a part of their names, and a quick pace', () => {
    const { pace, only } = readOptions(['--quick', '--only', 'GET'])
    assert.equal(only, 'GET')
    assert.ok(pace.roundSeconds < 1 && pace.soakSeconds < 60)
  })

  test('set the rounds and the seconds of the soaks, whatever the pace', () => {
    const { pace } = readOptions(['--quick', '--rounds', '7', '--soak', '60'])
    assert.deepEqual([pace.rounds, pace.crowdRounds, pace.starts, pace.soakSeconds], [7, 7, 7, 60])
  })

  for (const value of ['0', '-1', '1.5', 'many', ''])
    test(`refuse ${value === '' ? 'nothing' : value} as a number of seconds`, () => {
      assert.throws(() => readOptions([`--soak=${value}`]), /--soak .*give a whole number from 1 on/)
    })

  test('refuse what is no option', () => {
    assert.throws(() => readOptions(['--fast']), /--fast/)
  })
})
