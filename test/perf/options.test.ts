import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readOptions } from '../../perf/options.ts'

describe('the options of npm run perf', () => {
  test('ask for at least five rounds and ten minutes of soak unless told otherwise', () => {
    const { pace, only, profile } = readOptions([])
    const counts = [pace.rounds, pace.crowdRounds, pace.starts, pace.growth.rounds]
    assert.ok(Math.min(...counts) >= 5, `${counts}`)
    assert.deepEqual({ soak: pace.soakSeconds, only, profile }, { soak: 600, only: '', profile: false })
  })

  test('choose suites by a part of their names, and a quick pace', () => {
    const { pace, only } = readOptions(['--quick', '--only', 'GET'])
    assert.equal(only, 'GET')
    assert.ok(pace.roundSeconds < 1 && pace.soakSeconds < 60)
  })

  test('set the rounds and the seconds of the soaks, whatever the pace', () => {
    const { pace } = readOptions(['--quick', '--rounds', '7', '--soak', '60'])
    assert.deepEqual(
      [pace.rounds, pace.crowdRounds, pace.starts, pace.growth.rounds, pace.soakSeconds],
      [7, 7, 7, 7, 60],
    )
  })

  for (const value of ['0', '-1', '1.5', 'many', ''])
    test(`refuse ${value === '' ? 'nothing' : value} as a number of seconds`, () => {
      assert.throws(() => readOptions([`--soak=${value}`]), /--soak .*give a whole number from 1 on/)
    })

  for (const [what, args, isFullRun] of [
    ['without options', [], true],
    ['that writes the documentation', ['--write-docs'], true],
    ['that is quick', ['--quick'], false],
    ['of some suites', ['--only', 'GET'], false],
    ['of other rounds', ['--rounds', '5'], false],
    ['with a shorter soak', ['--soak', '60'], true],
    ['with a soak that is not judged', ['--soak', '59'], false],
    ['that is slowed down by a profiler', ['--profile'], false],
  ] as const)
    test(`say that a run ${what} is ${isFullRun ? '' : 'not '}a full one`, () => {
      assert.equal(readOptions(args).isFullRun, isFullRun)
    })

  test('refuse to write figures into the documentation that are no results', () => {
    assert.throws(() => readOptions(['--write-docs', '--quick']), /--write-docs is for a full run/)
  })

  test('refuse what is no option', () => {
    assert.throws(() => readOptions(['--fast']), /--fast/)
  })
})
