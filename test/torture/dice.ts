/** Random choices that can be made again: the same seed gives the same choices. */
export interface Dice {
  /** A whole number from 0 on, below `end`. */
  below(end: number): number
  /** True so often out of a hundred. */
  percent(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  pickAny<T>(list: readonly T[]): T | undefined
  /** Another one, which rolls on by itself: what one worker draws doesn't change what the next one does. */
  fork(): Dice
}

/** mulberry32: 32 bits of state, good enough for choices. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function createDice(seed: number): Dice {
  let state = seed | 0

  return { below, percent: (share) => below(100) < share, pick, pickAny, fork: () => createDice(next()) }

  function next(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  function below(end: number): number {
    return Math.floor((next() / 2 ** 32) * end)
  }

  function pick<T>(list: readonly [T, ...T[]]): T {
    return list[below(list.length)] ?? list[0]
  }

  function pickAny<T>(list: readonly T[]): T | undefined {
    return list[below(list.length)]
  }
}
