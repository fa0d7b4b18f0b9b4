import assert from 'node:assert/strict'
import { test } from 'node:test'
import { torture } from './torture.ts'

test('a server that is killed a dozen times under load loses nothing that it acknowledged', async (t) => {
  const seed = Date.now() % 1_000_000
  t.diagnostic(`seed ${seed}: npm run torture -- --kills 12 --workers 8 --seed ${seed}`)
  const report = await torture({ kills: 12, killsPerHome: 6, workers: 8, seed })
  assert.deepEqual(report.failures, [], `with seed ${seed}`)
  assert.equal(report.kills, 12)
  assert.equal(report.readyAfterMs.length, 12)
  assert.ok(report.acknowledged > 100, `${report.acknowledged} operations were acknowledged`)
  assert.ok(report.inDoubt > 12, `${report.inDoubt} operations were under way at the kills`)
})
