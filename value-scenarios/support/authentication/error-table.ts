import assert from 'node:assert/strict'
import type { Answer } from '../../../step_definitions/support/http.ts'
import { createPairs, differenceOf } from '../guides/shown-output.ts'

/** A refusal in the words of a guide's table of errors. */
export interface Refusal {
  /** `401 invalid_credentials`. */
  readonly answer: string
  readonly sentence: string
  /** What WWW-Authenticate says behind the realm; else `the realm only`, or `none`. */
  readonly challenge: string
}

export interface ErrorRow extends Refusal {
  /** What brings it about. */
  readonly when: string
}

const headings = ['answer', 'when', 'sentence', 'challenge', 'what to do']

/** The rows of the table with these headings. */
export function readErrorTable(markdown: string): readonly ErrorRow[] {
  const lines = markdown.split('\n').map(toCells)
  const begin = lines.findIndex((cells) => cells.join() === headings.join())
  assert.ok(begin >= 0, `There is no table with the headings ${headings.join(', ')}.`)
  const end = lines.findIndex((cells, index) => index > begin && cells.length === 0)
  return lines.slice(begin + 2, end < 0 ? undefined : end).map(toRow)
}

/** An answer as the table would tell it. */
export function toRefusal({ status, headers, text }: Answer): Refusal {
  const { code, detail } = JSON.parse(text) as { readonly code: string; readonly detail: string }
  return {
    answer: `${status} ${code}`,
    sentence: detail,
    challenge: toChallenge(headers['www-authenticate']),
  }
}

/** How an answer differs from its row; undefined where only ids and times do. */
export function rowDifference({ when, ...row }: ErrorRow, seen: Refusal): string | undefined {
  const difference = differenceOf(toText(row), toText(seen), createPairs())
  return difference === undefined ? undefined : `When ${when}:\n${difference}`
}

/** None where a line is no row. No sentence of ours holds the character that divides cells. */
function toCells(line: string): readonly string[] {
  if (!/^\|.*\|$/.test(line)) return []
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('`', '').trim())
}

function toRow(cells: readonly string[]): ErrorRow {
  const [answer = '', when = '', sentence = '', challenge = '', remedy = ''] = cells
  assert.equal(cells.length, headings.length, `A row has another number of cells: ${cells.join(' | ')}`)
  assert.match(remedy, /\S/, `What is to be done when ${when}?`)
  return { answer, when, sentence, challenge }
}

function toText({ answer, sentence, challenge }: Refusal): string {
  return [answer, sentence, challenge].join('\n')
}

const realm = 'Bearer realm="mcp-orchestration"'

function toChallenge(header: string | readonly string[] | undefined): string {
  if (header === undefined) return 'none'
  const text = String(header)
  assert.ok(text.startsWith(realm), text)
  return text === realm ? 'the realm only' : text.slice(`${realm}, `.length)
}
