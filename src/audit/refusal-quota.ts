/** Whether a refusal may still be written: whoever is refused in a loop must not fill a log that is never pruned. */
export interface RefusalQuota {
  /** How many were left out since the last one that may be written; undefined if this one is to be left out, too. */
  take(principal: string): number | undefined
  /** Counts some that were not written after all. */
  leaveOut(principal: string, count: number): void
}

export interface RefusalQuotaOptions {
  readonly clock: () => Date
  /** How many of a credential may be written within a window. Default: 20. */
  readonly limit?: number
  /** Default: 60,000. */
  readonly windowMs?: number
  /** How many credentials are remembered; the one whose window began first is forgotten first. Default: 10,000. */
  readonly maxPrincipals?: number
}

export function createRefusalQuota(options: RefusalQuotaOptions): RefusalQuota {
  const { clock, limit = 20, windowMs = 60_000, maxPrincipals = 10_000 } = options
  const windows = new Map<string, Window>()

  return {
    take(principal) {
      const window = find(principal)
      if (window.written >= limit) {
        window.leftOut += 1
        return undefined
      }
      const { leftOut } = window
      window.written += 1
      window.leftOut = 0
      return leftOut
    },
    leaveOut(principal, count) {
      find(principal).leftOut += count
    },
  }

  /** A clock that was set back ends a window, too: it must not last until it is that late again. */
  function find(principal: string): Window {
    const now = clock().getTime()
    const former = windows.get(principal)
    if (former && Math.abs(now - former.beganAt) < windowMs) return former
    windows.delete(principal)
    const [oldest] = windows.keys()
    if (oldest !== undefined && windows.size >= maxPrincipals) windows.delete(oldest)
    const window = { beganAt: now, written: 0, leftOut: former?.leftOut ?? 0 }
    windows.set(principal, window)
    return window
  }
}

interface Window {
  readonly beganAt: number
  written: number
  leftOut: number
}
