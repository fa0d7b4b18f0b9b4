import autocannon from 'autocannon'
import type { ServerProcess } from './server-process.ts'
import { routeOf, type Suite } from './suites.ts'

/** What one run of load against one server gave. */
export interface Measurement {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly requestsPerSecond: number
  readonly cpuMicrosecondsPerRequest: number
  readonly peakMemoryBytes: number
  /** Answers that were no success, and requests that got none. */
  readonly failures: number
}

export const connections = 100

/** Each request differs from every other that was ever sent, whichever server got it; 0 was the sample. */
let sent = 1

/** Keeps 100 connections busy for so long; how many requests that made in a second. */
export async function warmUp(server: ServerProcess, suite: Suite, seconds: number): Promise<number> {
  const { times, elapsedMs } = await load(server, suite, { duration: seconds })
  return (times.length / elapsedMs) * 1000
}

/**
 * Sends so many requests over 100 connections. A number and not a time, since whatever was under way at the end of a time would have
 * used the server and be counted nowhere.
 */
export async function measure(server: ServerProcess, suite: Suite, amount: number): Promise<Measurement> {
  const before = await server.usage()
  const { result, times, elapsedMs } = await load(server, suite, { amount })
  const after = await server.usage()
  const sorted = times.toSorted((a, b) => a - b)
  return {
    p50Ms: percentile(sorted, 50),
    p95Ms: percentile(sorted, 95),
    p99Ms: percentile(sorted, 99),
    requestsPerSecond: (times.length / elapsedMs) * 1000,
    cpuMicrosecondsPerRequest: (after.cpuMicroseconds - before.cpuMicroseconds) / times.length,
    peakMemoryBytes: after.peakMemoryBytes,
    failures: result.non2xx + result.errors + result.timeouts + result.mismatches,
  }
}

/** The load generator has neither the 95th percentile nor, with an amount, the exact time. */
async function load(
  { url, headers }: ServerProcess,
  suite: Suite,
  end: { readonly duration: number } | { readonly amount: number },
) {
  const { method } = routeOf(suite)
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>()
  const cannon = autocannon(
    {
      ...end,
      url,
      connections,
      headers: { ...headers, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
      requests: [{ method, setupRequest: (request) => ({ ...request, ...toMessage(suite) }) }],
      verifyBody: (body) => String(body).includes(suite.mark),
    },
    (error, result) => (error ? reject(error) : resolve(result)),
  )
  const times: number[] = []
  const startedAt = performance.now()
  let endedAt = startedAt
  cannon.on('response', (_client, _status, _bytes, timeMs) => {
    times.push(timeMs)
    endedAt = performance.now()
  })
  return { result: await promise, times, elapsedMs: endedAt - startedAt }
}

function toMessage(suite: Suite): { readonly path: string; readonly body?: string } {
  const { path, body } = suite.request(sent++)
  return body ? { path, body: JSON.stringify(body) } : { path }
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.ceil((sorted.length * share) / 100) - 1] ?? Number.NaN
}
