import assert from 'node:assert/strict'
import autocannon from 'autocannon'
import { createTally, type Found } from '../failures.ts'
import type { Round } from '../measurement.ts'
import { type Asked, measureRound, warmUpBy } from './measured-round.ts'
import type { ServerProcess } from './server-process.ts'
import { type Traffic, toRequests } from './traffic.ts'

/** Where requests go, and which. */
export interface Target {
  readonly server: Pick<ServerProcess, 'url'>
  /** What each request carries. */
  readonly headers: Readonly<Record<string, string>>
  readonly traffic: Traffic
  readonly connections: number
}

/** The same to a server that can be asked what it used. */
export interface Shooting extends Target {
  readonly server: ServerProcess
}

export type End = { readonly amount: number } | { readonly duration: number; readonly overallRate?: number }

/** Each answer's time, and when it came, both in milliseconds since the beginning. */
export interface Hits extends Found {
  readonly timesMs: readonly number[]
  readonly atMs: readonly number[]
}

const timeoutSeconds = 30
/** How soon the load generator notices that it is done; a second unless told. */
const tickMs = 25

/**
 * Sends so many requests. A number and not a time, since whatever was under way at the end of a time would have used the server and be
 * counted nowhere.
 */
export function measure(shooting: Shooting, amount: number): Promise<Round> {
  return measureRound(shooting.server, () => shootSoMany(shooting, amount))
}

/** In how many parts the time of a warm-up is gone through: each is as large as the one before was fast. */
const warmUpParts = 4

/**
 * Answers how many requests a second it answered in the end. It goes by numbers too, each connection has one answer at the least: a
 * server that is slow to begin with would have answered nothing when a short time is over, and what is under way then would be worked on
 * in the first round.
 */
export function warmUp(target: Target, seconds: number): Promise<number> {
  return warmUpBy(seconds, (perSecond) =>
    shootSoMany(target, Math.max(target.connections, Math.round((perSecond * seconds) / warmUpParts))),
  )
}

async function shootSoMany(target: Target, amount: number): Promise<Asked> {
  const hits = await shoot(target, { amount })
  return { ...hits, perSecond: (hits.timesMs.length / (hits.atMs.at(-1) ?? Number.NaN)) * 1000 }
}

/** The load generator itself has neither the 95th percentile nor, with an amount, the exact time. */
export async function shoot(target: Target, end: End): Promise<Hits> {
  const { server, headers, traffic, connections } = target
  // The load generator takes what is no number for ten seconds.
  if ('amount' in end) assert.ok(Number.isInteger(end.amount), `${end.amount} is no number of requests.`)
  const tally = createTally()
  const requests = toRequests(traffic, headers, (reason) => tally.add(reason))
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
  tally.add(`no answer within ${timeoutSeconds} s`, timeouts)
  tally.add('the connection broke', lostOn(end, timesMs.length, errors) - timeouts)
  return { timesMs, atMs, ...tally.found() }
}

/** The load generator counts time-outs among the errors, and connections that the server ended without an answer nowhere. */
function lostOn(end: End, answered: number, errors: number): number {
  return 'amount' in end ? Math.max(errors, end.amount - answered) : errors
}
