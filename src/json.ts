/** What every room does with JSON that it knows nothing of yet. */

/** A JSON object of which nothing is known but that it is one. */
export type Members = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON Pointer (RFC 6901, section 3) that leads along these steps; without any, to the whole. */
export function toPointer(...steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The steps of a JSON Pointer, as they were before they were escaped. */
export function fromPointer(pointer: string): readonly string[] {
  const steps = pointer.split('/').slice(1)
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

const longestShown = 80

/** A value of the caller's own for a sentence: as JSON, with every control character escaped, and not longer than a line. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value))
  return shorten(JSON.stringify(value) ?? 'undefined')
}

export function shorten(text: string): string {
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}
