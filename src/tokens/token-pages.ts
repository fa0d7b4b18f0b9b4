import type { Store } from '../store/store.ts'
import { fromEntry, grantKey } from './stored-token.ts'
import type { Grant } from './token.ts'
import { createTokenOrder, toId } from './token-order.ts'

/** Which part of the tokens. */
export interface TokenQuery {
  readonly limit: number
  /** Where to go on: the `next` of an earlier page. */
  readonly after?: string
  /** Which of them; default: all. */
  readonly isWanted?: (grant: Grant) => boolean
}

export interface GrantPage {
  readonly grants: readonly Grant[]
  /** After which to go on; undefined at the end. */
  readonly next?: string
}

/** What is not wanted costs, too, so a page looks at so many and is then a short one. */
const mostLookedAt = 1_000
const mostAtOnce = 500

/** Reads the grants in the order of their age, so many as it takes and no more. */
export function createTokenPages(store: Store): (query: TokenQuery) => Promise<GrantPage> {
  const order = createTokenOrder(store)
  return async ({ limit, after, isWanted = () => true }) => {
    const grants: Grant[] = []
    let last = after
    let looked = 0
    for (let size = limit + 1; looked < mostLookedAt; size = Math.min(2 * size, mostAtOnce)) {
      const seen = await read(size, last)
      for (const { place, grant } of seen) {
        const isFound = grant !== undefined && isWanted(grant)
        if (isFound && grants.length === limit) return toPage(grants, last)
        if (isFound) grants.push(grant)
        last = place
      }
      if (seen.length < size) return toPage(grants, undefined)
      looked += size
    }
    return toPage(grants, last)
  }

  async function read(size: number, after: string | undefined) {
    const places = await order.places(size, after)
    const entries = await Promise.all(places.map((place) => store.get(grantKey(toId(place)))))
    return places.map((place, index) => ({ place, grant: fromEntry(entries[index])?.grant }))
  }
}

function toPage(grants: readonly Grant[], next: string | undefined): GrantPage {
  return next === undefined ? { grants } : { grants, next }
}
