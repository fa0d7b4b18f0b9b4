import { errorTitles } from '../../src/errors.ts'
import { linkWords, prose } from './markdown.ts'

const addresses = new Map(Object.keys(errorTitles).map((code) => [code, `errors.md#${code}`]))

/** A sentence of a doc comment, with each error code that it names leading to that code. */
export function inErrorLinks(text: string): string {
  return linkWords(prose(text), addresses)
}
