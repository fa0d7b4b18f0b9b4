import { parseArgs } from 'node:util'

/** How long and how often is measured. */
export interface Pace {
  readonly rounds: number
  readonly roundSeconds: number
  readonly warmUpSeconds: number
  /** Thousands of connections cost a round each more than its seconds. */
  readonly crowdRounds: number
  /** How many requests each connection makes at the least. */
  readonly requestsEach: number
  readonly starts: number
  readonly events: number
  readonly soakSeconds: number
}

export interface PerfOptions {
  readonly pace: Pace
  /** Suites whose name holds it; all by default. */
  readonly only: string
  /** Whether to show where the CPU time of ours goes. */
  readonly profile: boolean
}

const paces = {
  full: {
    rounds: 5,
    roundSeconds: 3,
    warmUpSeconds: 3,
    crowdRounds: 5,
    requestsEach: 2,
    starts: 15,
    events: 100,
    soakSeconds: 600,
  },
  quick: {
    rounds: 3,
    roundSeconds: 0.2,
    warmUpSeconds: 0.25,
    crowdRounds: 1,
    requestsEach: 1,
    starts: 3,
    events: 10,
    soakSeconds: 2,
  },
} as const satisfies Record<string, Pace>

/** Throws a sentence for an option that makes no sense. */
export function readOptions(args: readonly string[]): PerfOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      soak: { type: 'string' },
      rounds: { type: 'string' },
      profile: { type: 'boolean', default: false },
    },
  })
  const pace = values.quick ? paces.quick : paces.full
  const rounds = toCount('rounds', values.rounds)
  const soakSeconds = toCount('soak', values.soak)
  return {
    only: values.only,
    profile: values.profile,
    pace: {
      ...pace,
      ...(rounds !== undefined && { rounds, crowdRounds: rounds, starts: rounds }),
      ...(soakSeconds !== undefined && { soakSeconds }),
    },
  }
}

function toCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`--${name} ${text}: give a whole number from 1 on.`)
}
