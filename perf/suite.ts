import type { Outcome } from './measurement.ts'
import type { Pace } from './options.ts'

/** What a suite needs to know of the run. */
export interface RunSettings {
  readonly pace: Pace
  /** Where a CPU profile of ours is wanted. */
  readonly profileFolder?: string | undefined
}

export interface Suite {
  readonly name: string
  /** Runs the same code as another one with other requests: left out when it must be quick. */
  readonly isVariant?: boolean
  /** About how long it takes. */
  seconds(pace: Pace): number
  run(settings: RunSettings): Promise<Outcome>
}

/** About how long it takes to start a server, and to stop it. */
export const serverSeconds = 0.5

/** What every suite calls them, and the budgets too. */
export const ours = 'mcp-orchestration'
export const oursLogging = 'mcp-orchestration, request log'
export const bare = 'bare Fastify'
export const guarded = 'Fastify, bearer + CORS'
export const unchanged = 'Fastify, 304 and no more'
