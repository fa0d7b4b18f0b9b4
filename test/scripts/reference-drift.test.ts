import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { findDrift } from '../../scripts/reference/drift.ts'

const page = { file: 'words.md', text: '# Words\n\none\ntwo\n' }

describe('the drift of the reference', () => {
  test('is none where each page is what it should be', async () => {
    assert.deepEqual(await findDrift([page], ['words.md'], async () => page.text), [])
  })

  test('is told by page and line, with what is there and what should be', async () => {
    const [complaint] = await findDrift([page], ['words.md'], async () => '# Words\n\nuno\ntwo\n')
    assert.equal(complaint, 'words.md:3 is not what the source says.\n  - uno\n  + one')
  })

  test('is told where lines are left over at the end', async () => {
    const [complaint] = await findDrift([page], ['words.md'], async () => `${page.text}three\n`)
    assert.match(complaint ?? '', /^words\.md:5 is not/)
    assert.match(complaint ?? '', /- three/)
  })

  test('is a page that is missing', async () => {
    assert.deepEqual(await findDrift([page], [], async () => undefined), ['words.md is missing.'])
  })

  test('is a file that no generator makes', async () => {
    const drift = await findDrift([page], ['words.md', 'old.md'], async () => page.text)
    assert.deepEqual(drift, ['old.md is made by no generator.'])
  })
})
