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
  run(settings: RunSettings): Promise<Outcome>
}

/** What every suite calls them, and the budgets too. */
export const ours = 'mcp-orchestration'
export const oursLogging = 'mcp-orchestration, request log'
export const bare = 'bare Fastify'
export const guarded = 'Fastify, bearer + CORS'
