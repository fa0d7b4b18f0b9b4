import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { apiKey, serveEvents } from './event-fixture.ts'

const places = 2_000
const rounds = 5

/** What 8,000 streams may leave behind, all together: 1 KiB each, a tenth of what one holds while it is open, is a leak that is seen. */
const marginBytes = 8 * 1024 ** 2

test('10,000 streams, opened and closed, leave the memory as it was; beyond the bound they are refused', async (t) => {
  const { port, change, lifecycle } = await serveEvents(t, { maxStreams: places })
  const levels: number[] = []
  const peaks: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const sockets = await openAll(port, places)
    const refused = await openAll(port, 20)
    for (const { status } of refused) assert.equal(status, 503)
    for (const { status } of sockets) assert.equal(status, 200)
    const told = Promise.all(sockets.map(({ socket }) => once(socket, 'data')))
    await change()
    await told
    peaks.push(heapBytes())
    await closeAll([...sockets, ...refused])
    await lifecycle.drained(60_000)
    levels.push(heapBytes())
  }
  // The first round warms up: what is compiled and pooled then stays.
  const [first = 0] = levels
  const last = levels.at(-1) ?? Number.POSITIVE_INFINITY
  t.diagnostic(
    `after each round: ${levels.map(toMiB).join(', ')}; with all open: ${peaks.map(toMiB).join(', ')}`,
  )
  assert.ok(last - first < marginBytes, `${toMiB(first)} became ${toMiB(last)}`)
})

interface Opened {
  readonly socket: Socket
  readonly status: number
}

/** So many streams, some at a time, each as soon as its first bytes are there. */
async function openAll(port: number, count: number): Promise<readonly Opened[]> {
  const opened: Opened[] = []
  while (opened.length < count)
    opened.push(...(await Promise.all(Array.from({ length: Math.min(100, count) }, () => open(port)))))
  return opened
}

async function open(port: number): Promise<Opened> {
  const socket = connect(port, '127.0.0.1')
  socket.write(`GET /events HTTP/1.1\r\nhost: localhost\r\nx-api-key: ${apiKey}\r\n\r\n`)
  const [bytes] = await once(socket, 'data')
  return { socket, status: Number(String(bytes).slice('HTTP/1.1 '.length).slice(0, 3)) }
}

async function closeAll(opened: readonly Opened[]): Promise<void> {
  const closed = Promise.all(opened.map(({ socket }) => once(socket, 'close')))
  for (const { socket } of opened) socket.destroy()
  await closed
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

function heapBytes(): number {
  collectGarbage()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function toMiB(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`
}
