import { type Found, toReasonText } from '../failures.ts'
import type { Round } from '../measurement.ts'
import { toLatencies } from '../statistics.ts'
import type { ServerProcess } from './server-process.ts'

/** What came of requests: how long each answer took, how many there were a second, and what went wrong. */
export interface Asked extends Found {
  readonly timesMs: readonly number[]
  readonly perSecond: number
}

/** With what the server used meanwhile. */
export async function measureRound(
  server: Pick<ServerProcess, 'usage'>,
  ask: () => Promise<Asked>,
): Promise<Round> {
  const before = await server.usage()
  const { timesMs, perSecond, failures, reasons } = await ask()
  const after = await server.usage()
  return {
    ...toLatencies(timesMs),
    perSecond,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / timesMs.length,
    memoryBytes: after.peakMemoryBytes,
    syncsEach: (after.commits - before.commits) / timesMs.length,
    failures,
    reasons,
  }
}

/** Part after part until the time is over, each told how fast the one before was; answers how fast the last was. */
export async function warmUpBy(
  seconds: number,
  askPart: (perSecond: number) => Promise<Asked>,
): Promise<number> {
  const until = performance.now() + seconds * 1000
  let perSecond = 0
  do {
    const part = await askPart(perSecond)
    if (part.failures > 0)
      throw new Error(`Requests failed during the warm-up: ${toReasonText([part.reasons])}.`)
    perSecond = part.perSecond
  } while (performance.now() < until)
  return perSecond
}

/** How many answers there were a second until now. */
export function rateSince(timesMs: readonly number[], startedAt: number): number {
  return (timesMs.length / (performance.now() - startedAt)) * 1000
}
