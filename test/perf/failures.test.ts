import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createTally, toReasonText } from '../../perf/failures.ts'

describe('a tally of failures', () => {
  test('counts each reason, and all', () => {
    const tally = createTally()
    tally.add('status 503')
    tally.addAll({ 'status 503': 2, 'another body': 1 })
    assert.deepEqual(tally.found(), { failures: 4, reasons: { 'status 503': 3, 'another body': 1 } })
  })

  test('knows nothing of what did not happen', () => {
    const tally = createTally()
    tally.add('the connection broke', 0)
    tally.add('the connection broke', -1)
    assert.deepEqual(tally.found(), { failures: 0, reasons: {} })
  })
})

test('the reasons of all rounds are one sentence, the most frequent first', () => {
  const rounds = [{ 'status 503': 1 }, undefined, { 'status 503': 1, 'another body': 9 }]
  assert.equal(toReasonText(rounds), '9 × another body, 2 × status 503')
})
