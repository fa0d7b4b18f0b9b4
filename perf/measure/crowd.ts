/**
 * Thousands of connections at once. The load generator opens all of its own in one moment, which measures how the system retries what
 * doesn't fit into a server's queue of new connections: seconds, for whatever server. Here they are opened bit by bit, and only when all
 * are there each of them begins to send one request after the other.
 */
import type { Socket } from 'node:net'
import type { Round } from '../measurement.ts'
import { toLatencies } from '../statistics.ts'
import { createTally } from './failures.ts'
import type { Shooting } from './load.ts'
import { toMessages } from './messages.ts'
import { askOneByOne, openConnection } from './one-by-one.ts'

const openedAtOnce = 100

export async function measureCrowd(shooting: Shooting, requestsEach: number): Promise<Round> {
  const { server, connections } = shooting
  const sockets = await openAll(server.url, connections)
  try {
    const before = await server.usage()
    const startedAt = performance.now()
    const next = toMessages(shooting)
    const answers = await Promise.all(
      sockets.map((socket, first) =>
        askOneByOne(socket, { amount: requestsEach, message: (index) => next(first + index) }),
      ),
    )
    const seconds = (performance.now() - startedAt) / 1000
    const after = await server.usage()
    const timesMs = answers.flatMap((each) => each.timesMs)
    const failures = createTally()
    for (const { tally } of answers) failures.addAll(tally.reasons())
    return {
      ...toLatencies(timesMs),
      perSecond: timesMs.length / seconds,
      cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / timesMs.length,
      memoryBytes: after.peakMemoryBytes,
      failures: failures.total(),
      reasons: failures.reasons(),
    }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

async function openAll(url: string, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(openedAtOnce, count - sockets.length) }, () =>
      openConnection(url),
    )
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}
