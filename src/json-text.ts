import { OrchestrationError } from './errors.ts'
import type { Members } from './json.ts'

/** Deeper than any input of ours, and far from the end of the stack. */
const greatestDepth = 64

/** Bytes that came from outside as the JSON that they are; none at all are `{}`. `invalid_json` says where they are none. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {}
  const text = decode(bytes)
  const written = parseWritten(text)
  if (written !== undefined) return written
  const fault = findJsonFault(text, greatestDepth)
  if (!fault) return JSON.parse(text)
  const before = text.slice(0, fault.position).split('\n')
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} (position ${fault.position})`
  throw new OrchestrationError('invalid_json', `The input is not valid JSON: at ${place}, ${fault.reason}.`)
}

/**
 * The value of a text that is what `JSON.stringify` writes for it, as most callers' is; undefined for any other. Such a text has no fault
 * that is looked for below: each key is there once, and doubles hold the numbers. Only half of a surrogate pair would be written as it was,
 * as an escape, and is left to the search, which takes three times as long.
 */
function parseWritten(text: string): unknown {
  if (text.includes('\\u')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isWithinDepth(value, greatestDepth) && JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}

function isWithinDepth(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  // A list of the values would take several times as long.
  for (const name in value) if (!isWithinDepth((value as Members)[name], depth - 1)) return false
  return true
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A byte order mark is dropped, as RFC 8259, section 8.1 allows; broken UTF-8 is never mended. */
function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new OrchestrationError(
      'invalid_json',
      'The input is not valid UTF-8, so it is not JSON. Send it in UTF-8.',
      { cause },
    )
  }
}

/**
 * Looks through JSON text (RFC 8259) before it is parsed, for two reasons: JSON.parse says only sometimes where it stopped, and it
 * lets pass what different readers understand differently (RFC 7493): a key given twice, half of a surrogate pair, a number that no
 * double holds. Undefined if all is well.
 */
export function findJsonFault(text: string, maxDepth: number): JsonFault | undefined {
  try {
    const end = skipSpace(text, scanValue(text, skipSpace(text, 0), maxDepth))
    return end < text.length ? { position: end, reason: 'there is more after its end' } : undefined
  } catch (error) {
    if (error instanceof SyntaxError && typeof error.cause === 'number')
      return { position: error.cause, reason: error.message }
    throw error
  }
}

export interface JsonFault {
  /** In UTF-16 units from the start. */
  readonly position: number
  readonly reason: string
}

/** The way out of the recursion; never leaves this file. */
function faultAt(position: number, reason: string): SyntaxError {
  return new SyntaxError(reason, { cause: position })
}

/** Each scan function takes the position of a first character and answers the position after the last. */
function scanValue(text: string, at: number, depth: number): number {
  const character = text[at]
  if (character === '{') return scanObject(text, at, deeper(at, depth))
  if (character === '[') return scanArray(text, at, deeper(at, depth))
  if (character === '"') return scanString(text, at)
  return scanWord(text, at)
}

function deeper(at: number, depth: number): number {
  if (depth === 0) throw faultAt(at, 'it is nested too deeply')
  return depth - 1
}

function scanObject(text: string, start: number, depth: number): number {
  const keys = new Set<string>()
  let at = skipSpace(text, start + 1)
  if (text[at] === '}') return at + 1
  for (;;) {
    at = skipSpace(text, scanKey(text, at, keys))
    at = skipSpace(text, expect(text, at, ':'))
    at = skipSpace(text, scanValue(text, at, depth))
    if (text[at] === '}') return at + 1
    at = skipSpace(text, expect(text, at, ',', '}'))
  }
}

function scanKey(text: string, start: number, keys: Set<string>): number {
  if (text[start] !== '"') throw unexpected(text, start, 'a key in double quotes')
  const end = scanString(text, start)
  const key = JSON.parse(text.slice(start, end)) as string
  if (keys.has(key)) throw faultAt(start, `the key ${shorten(JSON.stringify(key))} is there twice`)
  keys.add(key)
  return end
}

function scanArray(text: string, start: number, depth: number): number {
  let at = skipSpace(text, start + 1)
  if (text[at] === ']') return at + 1
  for (;;) {
    at = skipSpace(text, scanValue(text, at, depth))
    if (text[at] === ']') return at + 1
    at = skipSpace(text, expect(text, at, ',', ']'))
  }
}

function scanString(text: string, start: number): number {
  let escapes = false
  let at = skip(plain, text, start + 1)
  while (text[at] === '\\') {
    escapes = true
    at = skip(plain, text, scanEscape(text, at))
  }
  if (text[at] !== '"') throw unexpected(text, at, 'a closing quote')
  if (escapes && !(JSON.parse(text.slice(start, at + 1)) as string).isWellFormed())
    throw faultAt(start, 'a string holds half of a surrogate pair')
  return at + 1
}

/** RFC 8259, section 7: what stands for itself in a string. */
const plain = /[ !#-[\]-\u{10FFFF}]*/uy

const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y

function scanEscape(text: string, at: number): number {
  escapeSequence.lastIndex = at
  if (!escapeSequence.test(text)) throw faultAt(at, 'a backslash begins no valid escape')
  return escapeSequence.lastIndex
}

const word = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

function scanWord(text: string, at: number): number {
  word.lastIndex = at
  const [found] = word.exec(text) ?? []
  if (found === undefined) throw unexpected(text, at, 'a value')
  if (Number(found) === Number.POSITIVE_INFINITY || Number(found) === Number.NEGATIVE_INFINITY)
    throw faultAt(at, 'a number is too large')
  return at + found.length
}

function expect(text: string, at: number, wanted: string, end?: string): number {
  if (text[at] === wanted) return at + 1
  throw unexpected(text, at, end === undefined ? `"${wanted}"` : `"${wanted}" or "${end}"`)
}

function unexpected(text: string, at: number, wanted: string): SyntaxError {
  return faultAt(at, at < text.length ? `${wanted} was expected` : `it ends where ${wanted} was expected`)
}

const space = /[ \t\n\r]*/y

function skipSpace(text: string, at: number): number {
  return skip(space, text, at)
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  pattern.test(text)
  return pattern.lastIndex
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
