import { placeholderPattern, referencePattern } from '../vocabulary.ts'

const placeholder = new RegExp(placeholderPattern, 'g')
const reference = new RegExp(referencePattern, 'gu')

export function placeholdersOf(template: string): readonly string[] {
  return [...new Set(Array.from(template.matchAll(placeholder), ([match]) => match.slice(1, -1)))]
}

/**
 * Fills a template in one pass: a value that itself looks like a placeholder comes out as it is, and is never filled in turn. A
 * placeholder without a value stays.
 */
export function expand(template: string, valueFor: (name: string) => string | undefined): string {
  return expandPieces(template, valueFor).join('')
}

/** The filled template in pieces: its own text and what was put in by turns. */
export function expandPieces(
  template: string,
  valueFor: (name: string) => string | undefined,
): readonly string[] {
  // The pattern has one group, so every second part is a placeholder's name.
  const parts = template.split(placeholder)
  return parts.map((part, at) => (at % 2 === 0 ? part : (valueFor(part) ?? `{${part}}`)))
}

/**
 * Whether a reference arises where pieces meet. What a reference names is judged by whoever may refer to it, and that is done before
 * anything is put together. References hold no braces and so never overlap: each that a piece holds is there in the whole, too.
 */
export function hasSplitReference(pieces: readonly string[]): boolean {
  return countReferences(pieces.join('')) > pieces.map(countReferences).reduce((sum, count) => sum + count, 0)
}

function countReferences(text: string): number {
  return Array.from(text.matchAll(reference)).length
}
