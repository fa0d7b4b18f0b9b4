/** Decides how soon a worker that failed is replaced: at once, unless as many as there are have failed within the last minute already. */
export interface ReplacementPace {
  /** Notes one more failure; how long to wait, in milliseconds. */
  next(): number
}

export function createReplacementPace(
  workers: number,
  /** In milliseconds; never goes back. */
  now: () => number = () => performance.now(),
): ReplacementPace {
  let failures: readonly number[] = []
  return {
    next() {
      const at = now()
      // Beyond the longest wait, more of them make no difference.
      failures = [...failures.filter((failure) => at - failure < windowMs), at].slice(-workers * mostRounds)
      const rounds = Math.ceil(failures.length / workers) - 1
      return rounds === 0 ? 0 : Math.min(1_000 * 2 ** (rounds - 1), longestMs)
    },
  }
}

const windowMs = 60_000
const longestMs = 30_000
const mostRounds = 7
