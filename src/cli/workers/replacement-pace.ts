/** Decides how soon a worker that ended is replaced: at once, unless all of them have ended within the last minute already. */
export interface ReplacementPace {
  /** Notes one more end; how long to wait, in milliseconds. */
  next(): number
}

export function createReplacementPace(
  workers: number,
  /** In milliseconds; never goes back. */
  now: () => number = () => performance.now(),
): ReplacementPace {
  let ends: readonly number[] = []
  return {
    next() {
      const at = now()
      // Beyond the longest wait, more of them make no difference.
      ends = [...ends.filter((end) => at - end < windowMs), at].slice(-workers * mostRounds)
      const rounds = Math.ceil(ends.length / workers) - 1
      return rounds === 0 ? 0 : Math.min(1_000 * 2 ** (rounds - 1), longestMs)
    },
  }
}

const windowMs = 60_000
const longestMs = 30_000
const mostRounds = 7
