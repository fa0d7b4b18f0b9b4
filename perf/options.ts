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
  /** How cost grows is asked of many requests and sizes, so each gets less time. */
  readonly growth: GrowthPace
}

export interface GrowthPace {
  readonly rounds: number
  readonly roundSeconds: number
  /** Where answers are kept: longer than a second, after which all are made anew. */
  readonly keptRoundSeconds: number
  /** Where something is done for all once in some seconds: longer than that, so that each round has its share of it. */
  readonly lookRoundSeconds: number
  readonly warmUpSeconds: number
  /** How many of the sizes are looked at, from the smallest on. */
  readonly sizes: number
}

export interface PerfOptions {
  readonly pace: Pace
  /** Suites whose name holds it; all by default. */
  readonly only: string
  /** Whether to show where the CPU time of ours goes. */
  readonly profile: boolean
  /** Whether the tables and charts of the documentation become those of this run. */
  readonly writeDocs: boolean
  readonly isQuick: boolean
  /** Whether everything is measured at the full pace, so that the figures are results. */
  readonly isFullRun: boolean
}

const paces = {
  full: {
    rounds: 5,
    roundSeconds: 2,
    warmUpSeconds: 2,
    crowdRounds: 5,
    requestsEach: 2,
    starts: 10,
    events: 100,
    soakSeconds: 600,
    growth: {
      rounds: 5,
      roundSeconds: 0.3,
      keptRoundSeconds: 1.2,
      lookRoundSeconds: 3.3,
      warmUpSeconds: 0.5,
      sizes: 4,
    },
  },
  quick: {
    rounds: 1,
    roundSeconds: 0.15,
    warmUpSeconds: 0.1,
    crowdRounds: 1,
    requestsEach: 1,
    starts: 1,
    events: 5,
    soakSeconds: 1,
    growth: {
      rounds: 1,
      roundSeconds: 0.05,
      keptRoundSeconds: 0.05,
      lookRoundSeconds: 0.05,
      warmUpSeconds: 0.05,
      sizes: 2,
    },
  },
} as const satisfies Record<string, Pace>

/** A soak that is shorter says that it works, and nothing about what becomes of it. */
export const judgedSoakSeconds = 60

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
      'write-docs': { type: 'boolean', default: false },
    },
  })
  const { quick, only, soak, rounds, profile, 'write-docs': writeDocs } = values
  const pace = toPace(quick, rounds, soak)
  // How long the soaks were stands beside the figures.
  const isSoaked = pace.soakSeconds >= judgedSoakSeconds
  const isFullRun = !quick && !profile && only === '' && isSoaked && rounds === undefined
  if (writeDocs && !isFullRun)
    throw new Error(
      '--write-docs is for a full run: leave the other options out, but for a --soak from 60 on.',
    )
  return { only, profile, writeDocs, isQuick: quick, isFullRun, pace }
}

function toPace(quick: boolean, roundsText: string | undefined, soakText: string | undefined): Pace {
  const pace = quick ? paces.quick : paces.full
  const rounds = toCount('rounds', roundsText)
  const soakSeconds = toCount('soak', soakText)
  return {
    ...pace,
    ...(rounds !== undefined && {
      rounds,
      crowdRounds: rounds,
      starts: rounds,
      growth: { ...pace.growth, rounds },
    }),
    ...(soakSeconds !== undefined && { soakSeconds }),
  }
}

function toCount(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`--${name} ${text}: give a whole number from 1 on.`)
}
