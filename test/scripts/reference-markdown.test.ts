import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { anchor, code, json, linkWords, page, prose, table } from '../../scripts/reference/markdown.ts'

describe('the Markdown of the reference', () => {
  test('has an empty line between blocks, and none for a block that is empty', () => {
    assert.equal(page('# One', '', ['two', 'three']), '# One\n\ntwo\n\nthree\n')
  })

  test('keeps a bar and a line break within the cell', () => {
    assert.equal(table(['a'], [['x | y\n  z']]), '| a |\n| --- |\n| x \\| y z |')
    assert.equal(table(['a'], []), '')
  })

  test('finds the address of a heading as GitHub does', () => {
    assert.equal(anchor('`publish_config`'), '#publish_config')
    assert.equal(anchor("Clients' files"), '#clients-files')
    assert.equal(anchor('WWW-Authenticate'), '#www-authenticate')
  })

  test('means nothing by the signs of a plain sentence', () => {
    for (const text of [
      'Send "Authorization: Bearer <token>".',
      'A * for all, ~/a and ~/b, [this] and _that_.',
      '__proto__ is no name; client_id is a field.',
    ])
      assert.equal(readBack(prose(text)), text)
  })

  test('leaves code in a sentence as it is', () => {
    assert.equal(prose('Take `*` or `<a>`.'), 'Take `*` or `<a>`.')
    assert.equal(code('a`b'), '`` a`b ``')
  })

  test('links words and code that are known, and nothing else', () => {
    const addresses = new Map([['view_draft', '#view_draft']])
    assert.equal(
      linkWords('`view_draft`, view_draft, view_draft_x and `view_draft: 1`', addresses),
      '[`view_draft`](#view_draft), [`view_draft`](#view_draft), view_draft_x and `view_draft: 1`',
    )
  })

  test('puts a short list of plain values on one line', () => {
    const text = json({ args: ['-y', 'memory'], servers: [{ name: 'memory' }], empty: [] })
    assert.equal(
      text,
      '```json\n{\n  "args": ["-y", "memory"],\n  "servers": [\n    {\n      "name": "memory"\n    }\n  ],\n  "empty": []\n}\n```',
    )
  })
})

function readBack(markdown: string): string {
  const [paragraph] = fromMarkdown(markdown).children
  assert.equal(paragraph?.type, 'paragraph')
  return paragraph.children
    .map((child) => {
      assert.equal(child.type, 'text')
      return child.value
    })
    .join('')
}
