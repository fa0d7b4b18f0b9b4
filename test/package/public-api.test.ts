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
    const committed = await readFile(reportFile, 'utf8')
    assert.deepEqual(linesBeyond(report, committed), [], 'new')
    assert.deepEqual(linesBeyond(committed, report), [], 'gone')
    assert.ok(report === committed, 'in another order')
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

/** The lines that the one text has and the other has not: what a person wants to see of a thousand. */
function linesBeyond(text: string, other: string): readonly string[] {
  const known = new Set(other.split('\n'))
  return text.split('\n').filter((line) => !known.has(line))
}
