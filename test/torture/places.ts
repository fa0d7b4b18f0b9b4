/** One write to a place that holds one value at a time. */
export interface Write<T> {
  readonly value: T
  /** When it was sent and when its answer came, in ticks of one clock; what was never answered may still be under way. */
  readonly sentAt: number
  readonly endedAt: number
  /** It was acknowledged, so it has happened; else it may or may not have. */
  readonly isCertain: boolean
}

/** A write that was announced. Whoever gets no answer calls nothing: then it stays in doubt. */
export interface Pending<T> {
  /** It has happened; with the value, where only the answer tells which one it is. */
  acknowledge(value?: T): void
  /** It has not happened. */
  refuse(): void
}

/** What several writers, some of whom were cut off, may have left in places that are known by name. */
export interface Places<T> {
  /** Says that a write will be sent now. */
  announce(name: string, value: T): Pending<T>
  names(): readonly string[]
  /** The values that may stand there, if nothing that was acknowledged is lost. */
  possible(name: string): readonly T[]
  /** What was found there when all was quiet: from now on that, and only that, is what it holds. */
  settle(name: string, value: T): void
}

export function createPlaces<T>(initial: T): Places<T> {
  const places = new Map<string, readonly Write<T>[]>()
  let tick = 0

  return {
    announce(name, value) {
      tick += 1
      const write: Write<T> = { value, sentAt: tick, endedAt: Number.POSITIVE_INFINITY, isCertain: false }
      places.set(name, [...writesTo(name), write])
      return {
        acknowledge: (known = value) => {
          tick += 1
          replace(name, write, [{ ...write, value: known, endedAt: tick, isCertain: true }])
        },
        refuse: () => replace(name, write, []),
      }
    },
    names: () => [...places.keys()],
    possible: (name) => possibleOf(writesTo(name)).map(({ value }) => value),
    settle: (name, value) => {
      places.set(name, [beginning(value)])
    },
  }

  function writesTo(name: string): readonly Write<T>[] {
    return places.get(name) ?? [beginning(initial)]
  }

  function replace(name: string, former: Write<T>, next: readonly Write<T>[]): void {
    places.set(
      name,
      writesTo(name).flatMap((write) => (write === former ? next : [write])),
    )
  }
}

/**
 * The writes that may have been the last: all but those that were over before one began of which it is certain that it happened. Two
 * that were under way at once may have happened in either order, whichever was answered first.
 */
function possibleOf<T>(writes: readonly Write<T>[]): readonly Write<T>[] {
  const begun = Math.max(...writes.filter(({ isCertain }) => isCertain).map(({ sentAt }) => sentAt))
  return writes.filter(({ endedAt }) => endedAt >= begun)
}

function beginning<T>(value: T): Write<T> {
  return { value, sentAt: 0, endedAt: 0, isCertain: true }
}
