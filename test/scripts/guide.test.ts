import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { scenariosAbout } from '../../scripts/guide.ts'

const root = path.join(import.meta.dirname, '../..')

const feature = `Feature: Guides

  Rule: They are true

    Scenario: One
      When Priya follows "docs/how-to/a.md"
      Then every command ends well

    Scenario: Another
      When Priya reads "docs/how-to/a.md"

    Scenario: A part of it
      When Priya follows "The end" of "docs/how-to/a.md"
`

function guide(...args: readonly string[]): Promise<unknown> {
  return promisify(execFile)(process.execPath, ['scripts/guide.ts', ...args], { cwd: root })
}

describe('npm run guide', () => {
  test('knows the scenarios that follow a guide by their lines', () => {
    assert.equal(scenariosAbout('docs/how-to/a.md', feature), '5:12')
    assert.equal(scenariosAbout('docs/how-to/b.md', feature), '')
  })

  test('wants the name of one guide', async () => {
    await assert.rejects(guide(), { code: 1, stderr: /^Name one guide: npm run guide -- / })
    await assert.rejects(guide('a.md', 'b.md'), { code: 1, stderr: /^Name one guide/ })
  })

  test('says where a guide has no feature', async () => {
    await assert.rejects(guide('docs/how-to/nothing.md'), {
      code: 1,
      stderr: /^No feature follows "docs\/how-to\/nothing\.md"/,
    })
  })
})
