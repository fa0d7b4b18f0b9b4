import { watch } from 'node:fs'
import { setImmediate as endOfTurn, setTimeout as pause } from 'node:timers/promises'
import type { Dice } from './dice.ts'

/** When the server is killed: at any time, when a file that will be renamed has appeared, or while a request is worked on. */
export type Moment =
  | { readonly kind: 'any time'; readonly afterMs: number }
  | { readonly kind: 'half a file'; readonly folder: string; readonly nth: number }
  | {
      readonly kind: 'half a request'
      readonly pathEnd: string
      readonly nth: number
      /** In percent of the time that the last such request took; beyond 100 it has most likely been answered. */
      readonly afterPercent: number
    }

export type MomentKind = Moment['kind']

/** Hears of each request of every worker as it goes out. */
export interface Wire {
  /** The answered function is called when the answer is there. */
  readonly sent: (path: string) => () => void
  /** Calls `listen` for each, until the answered function is called. */
  readonly tap: (listen: (path: string) => void) => () => void
  /** How long the last request to such a path took. */
  readonly lastMs: (pathEnd: string) => number
}

export function createWire(): Wire {
  const taps = new Set<(path: string) => void>()
  const took = new Map<string, number>()
  return {
    sent: (path) => {
      const sentAt = performance.now()
      for (const listen of taps) listen(path)
      return () => took.set(toEnd(path), performance.now() - sentAt)
    },
    tap: (listen) => {
      taps.add(listen)
      return () => taps.delete(listen)
    },
    lastMs: (pathEnd) => took.get(toEnd(pathEnd)) ?? 10,
  }
}

function toEnd(path: string): string {
  return path.slice(path.lastIndexOf('/'))
}

/** `folders` are those in which the server writes files beside the store. */
export function drawMoment(dice: Dice, folders: readonly [string, ...string[]]): Moment {
  const drawn = dice.below(10)
  if (drawn < 3) return { kind: 'any time', afterMs: 20 + dice.below(600) }
  if (drawn < 6) return { kind: 'half a file', folder: dice.pick(folders), nth: 1 + dice.below(5) }
  const [pathEnd, most] = dice.pick(frequentPaths)
  const nth = 1 + dice.below(most)
  return { kind: 'half a request', pathEnd, nth, afterPercent: dice.below(120) }
}

/** How a path ends, and how many such requests come at least in the time that a moment is waited for. */
const frequentPaths: readonly [readonly [string, number], ...(readonly [string, number])[]] = [
  ['/publish', 12],
  ['/deploy', 12],
  ['/deploy', 12],
  ['/draft/add', 12],
  ['/admin/tokens', 3],
  ['/keys/initialize', 1],
]

/** Calls `kill` at the moment, or after a while if the moment doesn't come; answers whether it came. */
export async function killAt(
  moment: Moment,
  wire: Wire,
  kill: () => void,
  patienceMs = 2_500,
): Promise<boolean> {
  if (moment.kind === 'any time') {
    await pause(moment.afterMs)
    kill()
    return true
  }
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, patienceMs, false)
  const stop =
    moment.kind === 'half a file'
      ? onTemporary(moment.folder, moment.nth, () => {
          kill() // at once: a turn of the event loop later the file is whole
          resolve(true)
        })
      : onSent(moment, wire, () => resolve(true))
  const came = await promise
  clearTimeout(timer)
  stop()
  if (came && moment.kind === 'half a request')
    await spin((wire.lastMs(moment.pathEnd) * moment.afterPercent) / 100)
  kill()
  return came
}

function onTemporary(folder: string, nth: number, act: () => void): () => void {
  let seen = 0
  const watcher = watch(folder, (event, name) => {
    if (event !== 'rename' || !name?.endsWith('.tmp')) return
    seen += 1
    if (seen === nth) act()
  })
  return () => watcher.close()
}

function onSent(
  { pathEnd, nth }: Moment & { kind: 'half a request' },
  wire: Wire,
  act: () => void,
): () => void {
  let seen = 0
  return wire.tap((path) => {
    if (!path.endsWith(pathEnd)) return
    seen += 1
    if (seen === nth) act()
  })
}

/** To the microsecond, which timers don't know; the workers go on meanwhile. */
async function spin(forMs: number): Promise<void> {
  const until = performance.now() + Math.min(forMs, longestSpinMs)
  while (performance.now() < until) await endOfTurn()
}

const longestSpinMs = 200
