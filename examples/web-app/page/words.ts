/** How things are said. */

export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

export function toTime(iso: string | number): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}

export function toClock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { timeStyle: 'medium' })
}

/** `memory`, `memory and time`, `memory, time and fetch`. */
export function listOf(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(names)
}
