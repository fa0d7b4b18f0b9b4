/**
 * Requests one by one, with something done before each that is outside of its time and not the server's work: such as a commit by this
 * process, after which nothing that the server has kept holds any more.
 */
import type { Round } from '../measurement.ts'
import { toLatencies } from '../statistics.ts'
import { toReasonText } from './failures.ts'
import type { Shooting } from './load.ts'
import { toMessages } from './messages.ts'
import { askOneByOne, openConnection } from './one-by-one.ts'

export interface ApartShooting extends Shooting {
  prepare(): Promise<void>
}

export async function measureApart(shooting: ApartShooting, amount: number): Promise<Round> {
  const { server, prepare } = shooting
  const socket = await openConnection(server.url)
  try {
    const before = await server.usage()
    const startedAt = performance.now()
    const { timesMs, tally } = await askOneByOne(socket, { amount, message: toMessages(shooting), prepare })
    const seconds = (performance.now() - startedAt) / 1000
    const after = await server.usage()
    return {
      ...toLatencies(timesMs),
      perSecond: timesMs.length / seconds,
      cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / timesMs.length,
      memoryBytes: after.peakMemoryBytes,
      failures: tally.total(),
      reasons: tally.reasons(),
    }
  } finally {
    socket.destroy()
  }
}

const warmUpAmount = 20

/** Answers how many requests a second there were in the end. */
export async function warmUpApart(shooting: ApartShooting, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  let perSecond = 0
  do {
    const round = await measureApart(shooting, warmUpAmount)
    if (round.failures)
      throw new Error(`Requests failed during the warm-up: ${toReasonText([round.reasons])}.`)
    perSecond = round.perSecond ?? 0
  } while (performance.now() < until)
  return perSecond
}
