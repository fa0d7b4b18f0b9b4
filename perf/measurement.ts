/** What one round of one contender gave. A suite fills in what it has. */
export type Round = Readonly<Partial<Record<Figure, number>>>

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

/** What a suite found. The rounds of its contenders took turns, so those of one number belong together. */
export interface Outcome {
  readonly suite: string
  /** The first one is ours. */
  readonly contenders: readonly Contender[]
  readonly comparisons: readonly Comparison[]
  /** It ran for too short a time to be judged: what was promised is not looked at. */
  readonly isTooShort?: boolean
  /** What was seen over time, for those who read the JSON. */
  readonly samples?: readonly object[]
}
