import { type JsonValue, referencePattern } from '../vocabulary.ts'
import type { Asked } from './catalogue-server.ts'

/** What a given value becomes in an entry, or why it can't; the problem continues a sentence that names the input. */
export type GivenText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string }

const reference = new RegExp(`^${referencePattern}$`, 'u')
const anyReference = new RegExp(referencePattern, 'gu')

/** `${env:NAME}` or `${secret:NAME}`: resolved when it is deployed, and kept as it is until then. */
export function isReference(text: string): boolean {
  return reference.test(text)
}

/** References, which may stand for anything, made into a letter, so that what is around them can be looked at. */
export function maskReferences(text: string): string {
  return text.replace(anyReference, 'x')
}

export function toParameterText(asked: Asked, value: JsonValue): GivenText {
  if (asked.type === 'boolean') return toBooleanText(asked, value)
  if (typeof value === 'string' && isReference(value)) return { ok: true, text: value }
  if (asked.type === 'number') return toNumberText(asked, value)
  if (typeof value !== 'string') return refuse(`must be a string, not ${kindOf(value)}`)
  if (value === '') return refuse('is empty: leave it out, or give a value')
  if (/[\0\r\n]/.test(value)) return refuse('must not contain a line break or NUL')
  return checkText(asked, value)
}

/** Environment variables are text, whatever they stand for. Whether one may be empty is its reader's question. */
export function toVariableText(asked: Asked, value: JsonValue): GivenText {
  if (typeof value !== 'string') return refuse(`must be a string, not ${kindOf(value)}`)
  if (isReference(value)) return { ok: true, text: value }
  if (value.includes('\0')) return refuse('must not contain NUL')
  if (asked.type === 'number' && !/^-?\d+(?:\.\d+)?$/.test(value))
    return refuse('must be a number, written as a string')
  if (asked.type === 'boolean' && value !== 'true' && value !== 'false')
    return refuse('must be "true" or "false"')
  return checkText(asked, value)
}

function toBooleanText(asked: Asked, value: JsonValue): GivenText {
  if (typeof value !== 'boolean') return refuse(`must be true or false, not ${kindOf(value)}`)
  return checkText(asked, String(value))
}

/** The registry's shape wants decimal digits, which is also all that a command line is sure to understand. */
function toNumberText(asked: Asked, value: JsonValue): GivenText {
  if (typeof value !== 'number') return refuse(`must be a number, not ${kindOf(value)}`)
  const text = String(value)
  return /^-?\d+(?:\.\d+)?$/.test(text)
    ? checkText(asked, text)
    : refuse('must be a number in decimal digits')
}

function checkText(asked: Asked, text: string): GivenText {
  if (!text.isWellFormed()) return refuse('must be well-formed Unicode')
  if (asked.secret && maskReferences(text) !== text)
    return refuse('mixes a secret with a reference: give the one or the other')
  if (asked.choices && !asked.choices.includes(text))
    return refuse(`must be one of ${asked.choices.join(', ')}`)
  return { ok: true, text }
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function refuse(problem: string): GivenText {
  return { ok: false, problem }
}
