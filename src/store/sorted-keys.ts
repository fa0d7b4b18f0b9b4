import { compareKeys } from './keys.ts'

/** Keys in byte order. They are kept in blocks, so that one that comes or goes moves no more than a block, however many there are. */
export interface SortedKeys {
  /** One that isn't there yet. */
  add(key: string): void
  remove(key: string): void
  /** The first of those that are not below `from`, and below `end` if there is one. */
  range(from: string, end: string | undefined, limit: number): readonly string[]
}

const largestBlock = 512

export function createSortedKeys(): SortedKeys {
  /** None is empty, but for the only one. */
  const blocks: string[][] = [[]]

  return { add, remove, range }

  function add(key: string): void {
    const { index, block, place } = find(key)
    block.splice(place, 0, key)
    if (block.length > largestBlock) blocks.splice(index + 1, 0, block.splice(largestBlock / 2))
  }

  function remove(key: string): void {
    const { index, block, place } = find(key)
    if (block[place] !== key) return
    block.splice(place, 1)
    if (block.length === 0 && blocks.length > 1) blocks.splice(index, 1)
  }

  function range(from: string, end: string | undefined, limit: number): readonly string[] {
    const found: string[] = []
    const { index, place } = find(from)
    let start = place
    for (let at = index; at < blocks.length && found.length < limit; at += 1) {
      const block = blocks[at] ?? []
      const stop = end === undefined ? block.length : firstFrom(block, end)
      for (let each = start; each < stop && found.length < limit; each += 1) found.push(block[each] ?? '')
      if (stop < block.length) return found
      start = 0
    }
    return found
  }

  /** In the last block that begins with the key or one below it: where the key stands or would stand. */
  function find(key: string): { readonly index: number; readonly block: string[]; readonly place: number } {
    const index = Math.max(
      0,
      firstIndex(blocks.length, (at) => compareKeys(blocks[at]?.[0] ?? '', key) > 0) - 1,
    )
    const block = blocks[index] ?? []
    return { index, block, place: firstFrom(block, key) }
  }
}

/** The index of the first of the sorted keys that is not below `key`. */
function firstFrom(sorted: readonly string[], key: string): number {
  return firstIndex(sorted.length, (at) => compareKeys(sorted[at] ?? '', key) >= 0)
}

/** The first index from which on it holds; `length` when it holds nowhere. */
function firstIndex(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
