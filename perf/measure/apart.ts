/**
 * Requests one by one, with something done before each that is outside of its time and not the server's work: such as a commit by this
 * process, after which nothing that the server has kept holds any more.
 */
import type { Socket } from 'node:net'
import type { Round } from '../measurement.ts'
import { openConnection } from './connections.ts'
import type { Shooting } from './load.ts'
import { type Asked, measureRound, rateSince, warmUpBy } from './measured-round.ts'
import { toMessages } from './messages.ts'
import { askOneByOne } from './one-by-one.ts'

export interface ApartShooting extends Shooting {
  prepare(): Promise<void>
}

export async function measureApart(shooting: ApartShooting, amount: number): Promise<Round> {
  const { server } = shooting
  using socket = await openConnection(server.url)
  return await measureRound(server, () => askApart(socket, shooting, amount))
}

const warmUpAmount = 20

/** Answers how many requests a second there were in the end. */
export async function warmUpApart(shooting: ApartShooting, seconds: number): Promise<number> {
  using socket = await openConnection(shooting.server.url)
  return await warmUpBy(seconds, () => askApart(socket, shooting, warmUpAmount))
}

/** What is done before each counts when it comes to how many there are a second. */
async function askApart(socket: Socket, shooting: ApartShooting, amount: number): Promise<Asked> {
  const { prepare } = shooting
  const startedAt = performance.now()
  const answers = await askOneByOne(socket, { amount, message: toMessages(shooting), prepare })
  return { ...answers, perSecond: rateSince(answers.timesMs, startedAt) }
}
