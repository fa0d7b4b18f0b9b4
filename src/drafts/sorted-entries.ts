import type { Members } from '../json.ts'

/** In code unit order, so that findings come in an order that depends on nothing but the content. */
export function sortedEntries(members: Members): readonly (readonly [string, unknown])[] {
  return Object.entries(members).sort(([a], [b]) => (a < b ? -1 : 1))
}
