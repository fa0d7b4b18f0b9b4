import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { replaceRegion } from '../../perf/report/docs.ts'
import { toMarkdownTable } from '../../perf/report/text.ts'

describe('the figures on a page', () => {
  const page = 'Before.\n\n<!-- perf:budgets -->\n\nold\n\n<!-- /perf:budgets -->\n\nAfter.\n'

  test('take the place of the former ones, and nothing else is touched', () => {
    const replaced = replaceRegion(page, 'budgets', 'new')
    assert.equal(replaced, page.replace('old', 'new'))
    assert.equal(replaceRegion(replaced, 'budgets', 'new'), replaced)
  })

  test('need a place', () => {
    assert.throws(() => replaceRegion(page, 'suites', 'new'), /no place for "suites": <!-- perf:suites -->/)
  })

  test('are a table with its numbers to the right', () => {
    const rows = [
      ['what', 'CPU µs', 'budget'],
      ['GET a|b', '47', '≤ 1.1'],
      ['start', '', ''],
    ]
    assert.equal(
      toMarkdownTable(rows),
      [
        '| what | CPU µs | budget |',
        '| --- | --: | --: |',
        '| GET a\\|b | 47 | ≤ 1.1 |',
        '| start |  |  |',
      ].join('\n'),
    )
  })
})
