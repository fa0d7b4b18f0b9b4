import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  readErrorTable,
  rowDifference,
  toRefusal,
} from '../../value-scenarios/support/authentication/error-table.ts'

const head = '| answer | when | sentence | challenge | what to do |\n|---|---|---|---|---|\n'
const line =
  '| 404 `token_not_found` | it is gone | `There is no token tok_4c1f0a9be27d5638.` | none | List them. |'
const [row] = readErrorTable(`Before\n\n${head}${line}\n\n| another |\n|---|\n| table |`)

function answer(status: number, code: string, detail: string, challenge?: string) {
  const headers = challenge === undefined ? {} : { 'www-authenticate': challenge }
  return toRefusal({ status, headers, text: JSON.stringify({ code, detail }) })
}

test('a row is read without its backticks, and the table ends where the lines do', () => {
  const sentence = 'There is no token tok_4c1f0a9be27d5638.'
  assert.deepEqual(readErrorTable(`${head}${line}\n`), [
    { answer: '404 token_not_found', when: 'it is gone', sentence, challenge: 'none' },
  ])
})

test('an answer is the one of its row whatever the id is', () => {
  assert.ok(row)
  const seen = answer(404, 'token_not_found', 'There is no token tok_0000000000000000.')
  assert.equal(rowDifference(row, seen), undefined)
})

test('an answer with another status, sentence or challenge is another one', () => {
  assert.ok(row)
  const sentence = 'There is no token tok_4c1f0a9be27d5638.'
  const others = [
    answer(400, 'token_not_found', sentence),
    answer(404, 'token_not_found', `${sentence} List them.`),
    answer(404, 'token_not_found', sentence, 'Bearer realm="mcp-orchestration"'),
  ]
  for (const each of others) assert.match(rowDifference(row, each) ?? '', /^When it is gone:\n.*\+ seen/s)
})

test('a challenge is told without its realm', () => {
  const challenges = [
    'Bearer realm="mcp-orchestration"',
    'Bearer realm="mcp-orchestration", error="invalid_token"',
  ]
  assert.deepEqual(
    challenges.map((each) => answer(401, 'invalid_credentials', '', each).challenge),
    ['the realm only', 'error="invalid_token"'],
  )
})

test('a page without the table, and a row that does not say what to do, are refused', () => {
  assert.throws(() => readErrorTable('# A page'), /no table with the headings answer, when/)
  assert.throws(() => readErrorTable(`${head}${line.replace('List them.', '')}`), /What is to be done/)
})
