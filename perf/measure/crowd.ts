/**
 * Thousands of connections at once. The load generator opens all of its own in one moment, which measures how the system retries what
 * doesn't fit into a server's queue of new connections: seconds, for whatever server. Here they are opened bit by bit, and only when all
 * are there each of them begins to send one request after the other.
 */
import type { Socket } from 'node:net'
import { createTally } from '../failures.ts'
import type { Round } from '../measurement.ts'
import { openConnections } from './connections.ts'
import type { Shooting } from './load.ts'
import { type Asked, measureRound, rateSince } from './measured-round.ts'
import { toMessages } from './messages.ts'
import { askOneByOne } from './one-by-one.ts'

export async function measureCrowd(shooting: Shooting, requestsEach: number): Promise<Round> {
  const { server, connections } = shooting
  using crowd = await openConnections(server.url, connections)
  return await measureRound(server, () => askAll(crowd.sockets, shooting, requestsEach))
}

async function askAll(sockets: readonly Socket[], shooting: Shooting, amount: number): Promise<Asked> {
  const startedAt = performance.now()
  const next = toMessages(shooting)
  const answers = await Promise.all(
    sockets.map((socket, first) => askOneByOne(socket, { amount, message: (index) => next(first + index) })),
  )
  const timesMs = answers.flatMap((each) => each.timesMs)
  const perSecond = rateSince(timesMs, startedAt)
  const tally = createTally()
  for (const { reasons } of answers) tally.addAll(reasons)
  return { timesMs, perSecond, ...tally.found() }
}
