import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { before, describe, test } from 'node:test'
import { makeApiReport, reportFile } from '../../scripts/api-report.ts'
import * as door from '../../src/index.ts'

describe('the public API', () => {
  let report = ''
  before(async () => {
    report = await makeApiReport()
  })

  test('is what the committed report says; after a change that is meant, run "npm run api-report"', async () => {
    assert.equal(report, await readFile(reportFile, 'utf8'))
  })

  test('has a doc comment on each of its names', () => {
    const bare = report.match(/^\/\/ @public \(undocumented\)\nexport .*$/gm) ?? []
    assert.deepEqual(bare, [])
  })

  test('has no other values than the report', () => {
    const values = [...report.matchAll(/^export (?:const|function|class) (\w+)/gm)].map(([, name]) => name)
    assert.deepEqual(values.sort(), Object.keys(door).sort())
    assert.ok(values.includes('createHttpTransport'))
  })
})
