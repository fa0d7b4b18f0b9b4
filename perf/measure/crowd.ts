/**
 * Thousands of connections at once. The load generator opens all of its own in one moment, which measures how the system retries what
 * doesn't fit into a server's queue of new connections: seconds, for whatever server. Here they are opened bit by bit, and only when all
 * are there each of them begins to send one request after the other.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Round } from '../measurement.ts'
import { toLatencies } from '../statistics.ts'
import type { Shooting } from './load.ts'
import { type Message, toMessages } from './messages.ts'
import { createResponseReader } from './response-reader.ts'

const openedAtOnce = 100
const timeoutMs = 30_000

export async function measureCrowd(shooting: Shooting, requestsEach: number): Promise<Round> {
  const { server, connections } = shooting
  const sockets = await openAll(server.url, connections)
  try {
    const before = await server.usage()
    const startedAt = performance.now()
    const next = toMessages(shooting)
    const shot = await Promise.all(
      sockets.map((socket, index) => shootOne(socket, next, index, requestsEach)),
    )
    const seconds = (performance.now() - startedAt) / 1000
    const after = await server.usage()
    const timesMs = shot.flatMap((each) => each.timesMs)
    return {
      ...toLatencies(timesMs),
      perSecond: timesMs.length / seconds,
      cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / timesMs.length,
      memoryBytes: after.peakMemoryBytes,
      failures: shot.reduce((total, each) => total + each.failures, 0),
    }
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}

async function openAll(url: string, count: number): Promise<readonly Socket[]> {
  const { hostname, port } = new URL(url)
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(openedAtOnce, count - sockets.length) }, () => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true })
      return socket.on('error', () => socket.destroy())
    })
    await Promise.all(batch.map((socket) => once(socket, 'connect')))
    sockets.push(...batch)
  }
  return sockets
}

/** What stays unanswered, and what a broken connection could not send any more, has failed. */
async function shootOne(socket: Socket, next: (index: number) => Message, first: number, amount: number) {
  const timesMs: number[] = []
  let failures = 0
  const reader = createResponseReader(socket)
  for (let index = 0; index < amount; index += 1) {
    const { bytes, isSuccess } = next(first + index)
    const startedAt = performance.now()
    const answer = reader.read(timeoutMs)
    socket.write(bytes)
    const response = await answer
    if (!response) return { timesMs, failures: failures + amount - index }
    timesMs.push(performance.now() - startedAt)
    if (!isSuccess(response)) failures += 1
  }
  return { timesMs, failures }
}
