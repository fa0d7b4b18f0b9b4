import { placeholderPattern } from '../vocabulary.ts'

const placeholder = new RegExp(placeholderPattern, 'g')

export function placeholdersOf(template: string): readonly string[] {
  return [...new Set(Array.from(template.matchAll(placeholder), ([match]) => match.slice(1, -1)))]
}

/**
 * Fills a template in one pass: a value that itself looks like a placeholder comes out as it is, and is never filled in turn. A
 * placeholder without a value stays.
 */
export function expand(template: string, valueFor: (name: string) => string | undefined): string {
  return template.replace(placeholder, (match, name: string) => valueFor(name) ?? match)
}
