import type { Store } from './store.ts'

/**
 * A time in which nothing changed that answers are made of, by its number: what was made in it holds as long as it lasts. Numbers rise.
 */
export type Epoch = number

export interface EpochsOptions {
  readonly store: Pick<Store, 'stamp'>
  /** What else answers are made of: each look answers the same value for as long as nothing changed there. */
  readonly looks: readonly (() => unknown)[]
}

/**
 * The epoch of each call: looked for after the call, so that nothing that happened before it is missed, in whatever process. Calls
 * within one turn of the event loop share a look, some of them at a time: were all of a crowd to wait for the turn to end, all that
 * they hold would have to be kept so long. No epoch lasts longer than a second.
 */
export function createEpochs({ store, looks }: EpochsOptions): () => Promise<Epoch> {
  let epoch = 0
  let marks: readonly unknown[] = []
  let waiting: Waiting | undefined

  return () => {
    waiting ??= begin()
    const group = waiting
    group.size += 1
    if (group.size === largestGroup) finish(group)
    return group.promise
  }

  function begin(): Waiting {
    const { promise, resolve } = Promise.withResolvers<Epoch>()
    const group: Waiting = { promise, resolve, size: 0, end: setImmediate(() => finish(group)) }
    return group
  }

  /** Whoever calls from now on comes after this look. */
  function finish({ resolve, end }: Waiting): void {
    waiting = undefined
    clearImmediate(end)
    resolve(look())
  }

  async function look(): Promise<Epoch> {
    const found = [await stamp(), second(), ...looks.map((each) => each())]
    if (!isSame(marks, found)) epoch += 1
    marks = found
    return epoch
  }

  /** A store that has none, or can't tell, may have changed at any time. Whoever reads it is told why. */
  async function stamp(): Promise<object> {
    try {
      return (await store.stamp?.()) ?? {}
    } catch {
      return {}
    }
  }
}

const largestGroup = 16

/** Calls that share the next look. */
interface Waiting {
  readonly promise: Promise<Epoch>
  readonly resolve: (epoch: Promise<Epoch>) => void
  readonly end: NodeJS.Immediate
  size: number
}

function second(): number {
  return Math.floor(performance.now() / 1000)
}

function isSame(former: readonly unknown[], found: readonly unknown[]): boolean {
  return former.length === found.length && found.every((mark, index) => mark === former[index])
}
