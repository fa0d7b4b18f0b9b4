import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import { runTogether } from '../support/processes.ts'
import { openRoom, ref, temporaryFolder } from './room.ts'

const processes = 3
const publishesEach = 17

test('Fifty-one publishes from three processes on one store have no gap, no double and no broken link', async (context) => {
  const folder = await temporaryFolder(context)
  const store = createSqliteStore({ file: join(folder, 'store.sqlite') })
  context.after(() => store.close())
  const { releases } = await openRoom(folder, store)
  const answers = await runTogether<number[]>(
    new URL('publish-process.ts', import.meta.url),
    [folder, `${publishesEach}`],
    processes,
  )
  const expected = Array.from({ length: processes * publishesEach }, (_, index) => index + 1)
  assert.deepEqual(
    answers.flat().sort((a, b) => a - b),
    expected,
  )
  const history = await releases.history(ref, { limit: 100 })
  assert.deepEqual(history.map(({ sequence }) => sequence).reverse(), expected)
  assert.equal(new Set(history.map(({ changelog }) => changelog)).size, expected.length)
})
