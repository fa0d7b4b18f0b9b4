import autocannon from 'autocannon'
import type { Round } from '../measurement.ts'
import { toLatencies } from '../statistics.ts'
import type { ServerProcess } from './server-process.ts'
import { type Traffic, toRequests } from './traffic.ts'

/** A server, and how it is used. */
export interface Shooting {
  readonly server: ServerProcess
  /** What each request carries. */
  readonly headers: Readonly<Record<string, string>>
  readonly traffic: Traffic
  readonly connections: number
}

export type End = { readonly amount: number } | { readonly duration: number; readonly overallRate?: number }

/** Each answer's time, and when it came, both in milliseconds since the beginning. */
export interface Hits {
  readonly timesMs: readonly number[]
  readonly atMs: readonly number[]
  readonly failures: number
}

const timeoutSeconds = 30
/** How soon the load generator notices that it is done; a second unless told. */
const tickMs = 25

/**
 * Sends so many requests. A number and not a time, since whatever was under way at the end of a time would have used the server and be
 * counted nowhere.
 */
export async function measure(shooting: Shooting, amount: number): Promise<Round> {
  const { server } = shooting
  const before = await server.usage()
  const { timesMs, atMs, failures } = await shoot(shooting, { amount })
  const after = await server.usage()
  return {
    ...toLatencies(timesMs),
    perSecond: (timesMs.length / (atMs.at(-1) ?? Number.NaN)) * 1000,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / timesMs.length,
    memoryBytes: after.peakMemoryBytes,
    syncsEach: (after.commits - before.commits) / timesMs.length,
    failures,
  }
}

/** How many requests a second it answered. */
export async function warmUp(shooting: Shooting, seconds: number): Promise<number> {
  const { timesMs, atMs, failures } = await shoot(shooting, { duration: seconds })
  if (failures > 0) throw new Error(`${failures} of ${timesMs.length} requests failed during the warm-up.`)
  return (timesMs.length / (atMs.at(-1) ?? Number.NaN)) * 1000
}

/** The load generator itself has neither the 95th percentile nor, with an amount, the exact time. */
export async function shoot(shooting: Shooting, end: End): Promise<Hits> {
  const { server, headers, traffic, connections } = shooting
  let wrong = 0
  const requests = toRequests(traffic, headers, () => {
    wrong += 1
  })
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const cannon = autocannon(
    { ...end, url: server.url, connections, requests, timeout: timeoutSeconds, sampleInt: tickMs },
    (error, result) => (error ? reject(error) : resolve(result)),
  )
  const timesMs: number[] = []
  const atMs: number[] = []
  const startedAt = performance.now()
  cannon.on('response', (_client, _status, _bytes, timeMs) => {
    timesMs.push(timeMs)
    atMs.push(performance.now() - startedAt)
  })
  const { errors, timeouts } = await promise
  return { timesMs, atMs, failures: wrong + errors + timeouts }
}
