import type { Reasons } from './failures.ts'

/** What one round of one contender gave. A suite fills in what it has. */
export interface Round extends Readonly<Partial<Record<Figure, number>>> {
  /** Why requests failed, each with how often. */
  readonly reasons?: Reasons
}

export type Figure =
  | 'p50Ms'
  | 'p95Ms'
  | 'p99Ms'
  | 'perSecond'
  | 'cpuMicroseconds'
  | 'memoryBytes'
  /** Answers that were not the expected one, and requests that got none. */
  | 'failures'
  | 'syncsEach'
  | 'answerKilobytes'
  | 'cpuPerKilobyte'
  /** How much larger something was at the end of a soak than at its beginning: 1 is level. */
  | 'heapGrowth'
  | 'handleGrowth'
  | 'p99Growth'

/** A server under measurement, or one way to use it, and its rounds in order. */
export interface Contender {
  readonly name: string
  readonly rounds: readonly Round[]
}

/** One figure of a contender: as a multiple of another's, or for itself. */
export interface Comparison {
  readonly figure: Figure
  readonly of: string
  readonly against?: string
}

/** The contenders that are one request, by the size of what it was sent to, from the smallest on. */
export interface Curve {
  readonly name: string
  readonly points: readonly { readonly size: number; readonly contender: string }[]
}

/** What a suite found. The rounds of its contenders took turns, so those of one number belong together. */
export interface Outcome {
  readonly suite: string
  /** The first one is ours. */
  readonly contenders: readonly Contender[]
  readonly comparisons: readonly Comparison[]
  /** It ran for too short a time to be judged: what was promised is not looked at. */
  readonly isTooShort?: boolean
  /** Where the contenders are one request to stores of several sizes. */
  readonly curves?: readonly Curve[]
  /** What was seen over time, for those who read the JSON. */
  readonly samples?: readonly object[]
}

/** A figure of each round of the contender with that name. */
export function figuresOf(contenders: readonly Contender[], name: string, figure: Figure): readonly number[] {
  return figuresIn(contenders.find((contender) => contender.name === name)?.rounds ?? [], figure)
}

/** A round that has no such figure has one that is no number. */
export function figuresIn(rounds: readonly Round[], figure: Figure): readonly number[] {
  return rounds.map((round) => round[figure] ?? Number.NaN)
}
