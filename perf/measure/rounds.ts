import type { Contender, Round } from '../measurement.ts'
import { measureCrowd } from './crowd.ts'
import { measure, type Shooting, warmUp } from './load.ts'

/** One of those that take turns. */
export interface Entrant extends Shooting {
  readonly name: string
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
    const connections = Math.min(entrant.connections, crowd)
    const perSecond = await warmUp({ ...entrant, connections }, warmUpSeconds)
    const amount = Math.max(requestsEach * entrant.connections, Math.round(perSecond * roundSeconds))
    found.set(entrant, { amount, rounds: [] })
  }
  for (let round = 0; round < rounds; round += 1)
    for (const [entrant, kept] of found) kept.rounds.push(await measureOne(entrant, kept.amount))
  return [...found].map(([{ name }, kept]) => ({ name, rounds: kept.rounds }))
}

function measureOne(entrant: Entrant, amount: number): Promise<Round> {
  const { connections } = entrant
  return connections > crowd
    ? measureCrowd(entrant, Math.ceil(amount / connections))
    : measure(entrant, amount)
}
