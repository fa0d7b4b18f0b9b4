import type { Contender, Round } from '../measurement.ts'
import { measureApart, warmUpApart } from './apart.ts'
import { measureCrowd } from './crowd.ts'
import { measure, type Shooting, warmUp } from './load.ts'

/** One of those that take turns. */
export interface Entrant extends Shooting {
  readonly name: string
  /** Done before each request, which is then alone on its way. */
  readonly prepare?: () => Promise<void>
  /** How many a round has, and the warm-up too, instead of as many as fit into their seconds. */
  readonly amount?: number
}

export interface RoundsOptions {
  readonly rounds: number
  readonly roundSeconds: number
  readonly warmUpSeconds: number
  /** How many requests each connection makes at the least. */
  readonly requestsEach: number
}

/** With more connections than that they are opened before the measurement begins. */
const crowd = 100

/** A, B, A, B …, after each was warmed up: what the machine does meanwhile, it does to all. */
export async function takeTurns(
  entrants: readonly Entrant[],
  { rounds, roundSeconds, warmUpSeconds, requestsEach }: RoundsOptions,
): Promise<readonly Contender[]> {
  const found = new Map<Entrant, { readonly amount: number; readonly rounds: Round[] }>()
  for (const entrant of entrants) {
    const amount = await warmUpOne(entrant, { roundSeconds, warmUpSeconds, requestsEach })
    found.set(entrant, { amount, rounds: [] })
  }
  for (let round = 0; round < rounds; round += 1)
    for (const [entrant, kept] of found) kept.rounds.push(await measureOne(entrant, kept.amount))
  return [...found].map(([{ name }, kept]) => ({ name, rounds: kept.rounds }))
}

/** About how long that takes. */
export function toTurnsSeconds(
  entrants: number,
  { rounds, roundSeconds, warmUpSeconds }: Pick<RoundsOptions, 'rounds' | 'roundSeconds' | 'warmUpSeconds'>,
): number {
  return entrants * (warmUpSeconds * 1.25 + rounds * (roundSeconds + betweenSeconds))
}

/** Until the load generator has its connections, and has noticed the end. */
const betweenSeconds = 0.1

/** Answers how many requests a round has. */
async function warmUpOne(
  entrant: Entrant,
  { roundSeconds, warmUpSeconds, requestsEach }: Omit<RoundsOptions, 'rounds'>,
): Promise<number> {
  const { prepare, connections, amount } = entrant
  if (amount !== undefined) {
    await measureOne(entrant, amount)
    return amount
  }
  const perSecond = prepare
    ? await warmUpApart({ ...entrant, prepare }, warmUpSeconds)
    : await warmUp({ ...entrant, connections: Math.min(connections, crowd) }, warmUpSeconds)
  return Math.max(requestsEach * connections, Math.round(perSecond * roundSeconds))
}

function measureOne({ prepare, ...entrant }: Entrant, amount: number): Promise<Round> {
  if (prepare) return measureApart({ ...entrant, prepare }, amount)
  const { connections } = entrant
  return connections > crowd
    ? measureCrowd(entrant, Math.ceil(amount / connections))
    : measure(entrant, amount)
}
