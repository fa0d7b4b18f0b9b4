import { invalidValue } from '../errors.ts'

/** A page of a list that is ordered by a key of each entry. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next_cursor?: string
}

export interface PageRequest {
  readonly limit?: number
  readonly cursor?: string
}

export const defaultLimit = 100

/** The key after which a page begins. The cursor is opaque to callers: a key in base64url. */
export function keyAfter({ cursor }: PageRequest): string | undefined {
  if (cursor === undefined) return undefined
  const key = Buffer.from(cursor, 'base64url').toString()
  if (toCursor(key) === cursor) return key
  const message = '"cursor" is not one that an earlier answer gave. Start again without it.'
  throw invalidValue('/cursor', message)
}

/** The first page of `items`, which begin after the cursor and are in order. One more than the limit is enough to see that there is more. */
export function toPage<Item>(
  items: readonly Item[],
  request: PageRequest,
  keyOf: (item: Item) => string,
): Page<Item> {
  const page = items.slice(0, request.limit ?? defaultLimit)
  const last = page.at(-1)
  return items.length > page.length && last !== undefined
    ? { items: page, next_cursor: toCursor(keyOf(last)) }
    : { items: page }
}

export function toCursor(key: string): string {
  return Buffer.from(key).toString('base64url')
}
