import { OrchestrationError } from '../errors.ts'
import type { Page } from './store.ts'

export interface KeyRange {
  /** The first key that may be in it. */
  readonly from: string
  /** The first key beyond it; undefined if nothing is beyond. */
  readonly end: string | undefined
  readonly limit: number
}

export function toKeyRange(
  prefix: string,
  { after = '', limit = Number.MAX_SAFE_INTEGER }: Page = {},
): KeyRange {
  checkPrefix(prefix)
  checkPrefix(after)
  // The least key above `after` is `after` and a NUL.
  const next = `${after}\0`
  return {
    from: compareKeys(next, prefix) > 0 ? next : prefix,
    end: prefixEnd(prefix),
    limit: Math.max(0, limit),
  }
}

/** The byte order of UTF-8, which is that of code points; `<` compares UTF-16 units, where U+1F511 comes before U+FF5E. */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right))
}

/** A lone surrogate has no UTF-8: two different keys would become one in a file and stay two in memory. */
export function checkKey(key: string): void {
  if (key === '') throw new OrchestrationError('internal_error', 'A key of the store must not be empty.')
  checkPrefix(key)
}

export function checkPrefix(text: string): void {
  if (text.isWellFormed()) return
  const shown = JSON.stringify(text)
  throw new OrchestrationError('internal_error', `${shown} can't be a key: it holds half a surrogate pair.`)
}

/** The least key above every key that starts with `prefix`. */
function prefixEnd(prefix: string): string | undefined {
  const trimmed = prefix.replace(/\u{10ffff}+$/u, '')
  const last = Array.from(trimmed).at(-1)
  if (last === undefined) return undefined
  return trimmed.slice(0, -last.length) + String.fromCodePoint(nextCodePoint(Number(last.codePointAt(0))))
}

/** Surrogates (U+D800 to U+DFFF) are no characters, so none stands in a key. */
function nextCodePoint(codePoint: number): number {
  return codePoint === 0xd7ff ? 0xe000 : codePoint + 1
}
