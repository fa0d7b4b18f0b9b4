/** Wakes those who wait for the next commit. */
export interface Bell {
  ring(): void
  /** Calls `woken` at each ring, until the function it answers is called. */
  subscribe(woken: () => void): () => void
}

export function createBell(): Bell {
  const subscribers = new Set<() => void>()
  return {
    ring: () => {
      for (const woken of subscribers) woken()
    },
    subscribe: (woken) => {
      subscribers.add(woken)
      return () => subscribers.delete(woken)
    },
  }
}

/** Rings by itself too, each time that `look` sees something new; it looks only while somebody waits. */
export function createPollingBell(look: () => unknown, intervalMs: number): Bell {
  const bell = createBell()
  let waiting = 0
  let timer: NodeJS.Timeout | undefined
  let seen: unknown

  return { ring: bell.ring, subscribe }

  function subscribe(woken: () => void): () => void {
    const unsubscribe = bell.subscribe(woken)
    waiting += 1
    timer ??= setInterval(poll, intervalMs)
    return () => {
      unsubscribe()
      waiting -= 1
      if (waiting > 0) return
      clearInterval(timer)
      timer = undefined
    }
  }

  function poll(): void {
    const now = look()
    if (now !== seen) bell.ring()
    seen = now
  }
}
