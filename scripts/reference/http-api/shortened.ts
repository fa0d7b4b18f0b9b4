import type { JsonValue } from '../../../src/vocabulary.ts'

const longest = 72

/** An example as one reads it: signatures and envelopes are cut short. */
export function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string') return isBase64(value) ? `${value.slice(0, 24)}…` : value
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shortened(each)]))
}

function isBase64(text: string): boolean {
  return text.length > longest && /^[\w+/=-]+$/.test(text)
}
