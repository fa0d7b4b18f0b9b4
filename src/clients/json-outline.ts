import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { JsonValue } from '../vocabulary.ts'
import { tokensFrom } from './json-tokens.ts'
import { lineNumber } from './text-lines.ts'

/** A member of an object, by its offsets in the text: `"name": value` from `start` to `end`. */
export interface Member {
  readonly name: string
  readonly start: number
  readonly nameEnd: number
  readonly valueStart: number
  readonly end: number
  readonly node: Node
}

/** An object from its brace to behind the closing one. */
export interface ObjectOutline {
  readonly start: number
  readonly end: number
  readonly members: readonly Member[]
}

export interface Syntax {
  readonly comments: boolean
  readonly trailingCommas: boolean
}

export type Parsed =
  | {
      readonly ok: true /** Absent when the text holds nothing but white space and comments. */
      readonly root: Node | undefined
    }
  | Refusal

export interface Refusal {
  readonly ok: false
  /** For people: which line, what is wrong, what to do. It quotes names, never values. */
  readonly reason: string
}

/** No client's configuration comes near it, and a parser that recurses stays far from its limits. */
const maxDepth = 200

export function parseJson(text: string, syntax: Syntax): Parsed {
  const tooDeep = findTooDeep(text)
  if (tooDeep !== undefined) {
    return refuse(text, tooDeep, `brackets are nested more than ${maxDepth} deep`)
  }
  const errors: ParseError[] = []
  const root = parseTree(text, errors, {
    disallowComments: !syntax.comments,
    allowTrailingComma: syntax.trailingCommas,
    allowEmptyContent: true,
  })
  const [error] = errors
  return error ? refuse(text, error.offset, describe(text, error)) : { ok: true, root }
}

/** Of an object node; undefined for any other. */
export function outline(node: Node): ObjectOutline | undefined {
  if (node.type !== 'object') return undefined
  const members = (node.children ?? []).flatMap(toMember)
  return { start: node.offset, end: node.offset + node.length, members }
}

/** What the text means at this node; the last of equal names counts, as for JSON.parse, and `__proto__` is a name like any other. */
export function toValue(node: Node): JsonValue {
  const children = node.children ?? []
  if (node.type === 'array') return children.map(toValue)
  if (node.type !== 'object') return node.value as JsonValue
  return Object.fromEntries(children.flatMap(toMember).map((member) => [member.name, toValue(member.node)]))
}

export function refuse(text: string, offset: number, problem: string): Refusal {
  return { ok: false, reason: `Line ${lineNumber(text, offset)}: ${problem}.` }
}

function toMember({ children: [name, node] = [] }: Node): readonly Member[] {
  if (!name || !node) return []
  return [
    {
      name: String(name.value),
      start: name.offset,
      nameEnd: name.offset + name.length,
      valueStart: node.offset,
      end: node.offset + node.length,
      node,
    },
  ]
}

function findTooDeep(text: string): number | undefined {
  let depth = 0
  for (const { kind, start } of tokensFrom(text, 0)) {
    if (kind === 'openBrace' || kind === 'openBracket') depth += 1
    if (kind === 'closeBrace' || kind === 'closeBracket') depth -= 1
    if (depth > maxDepth) return start
  }
  return undefined
}

function describe(text: string, { error, offset }: ParseError): string {
  if (/,\s*$/.test(text.slice(0, offset)) && /^[}\]]/.test(text.slice(offset))) return trailingComma
  return problems[printParseErrorCode(error)] ?? 'this is not JSON'
}

const trailingComma =
  "a comma stands before the closing bracket, which this client can't read. Take the comma out"

const problems: Readonly<Record<string, string>> = {
  InvalidSymbol: 'something stands here that JSON does not know',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'something follows the end of the JSON',
  InvalidCommentToken: "a comment stands here, and this client can't read comments. Take it out",
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfNumber: 'a number is not complete',
  InvalidUnicode: 'a text has a malformed \\u escape',
  InvalidEscapeCharacter: 'a text has an unknown escape',
  InvalidCharacter: 'a text has a control character in it',
}
