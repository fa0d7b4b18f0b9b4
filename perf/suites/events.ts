import { once } from 'node:events'
import { type ClientRequest, get } from 'node:http'
import { createHome, startProduct } from '../measure/product.ts'
import { takeSample } from '../measure/sample.ts'
import { nextIndex } from '../measure/traffic.ts'
import { toLatencies } from '../statistics.ts'
import { ours, type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { toAddShot } from './writes.ts'

const listeners = 1000
const gatherSeconds = 1
const name = `/events, ${listeners} listeners`

export const eventsSuite: Suite = {
  name,
  seconds: ({ events }) => serverSeconds + gatherSeconds + events * 0.05,
  run: runEvents,
}

/**
 * From the sending of a change until the last listener has heard of it, one change after the other. So the times hold the change's own
 * request too, and the listeners' work, since they all live in this process; the CPU time is the server's, for each event to each listener.
 */
async function runEvents({ pace, profileFolder }: RunSettings) {
  await using home = await createHome(async () => {})
  await using server = await startProduct(home, { profileFolder })
  await using audience = await gather(server.url, home.headers)
  for (let index = 0; index < 3; index += 1) await tell(server.url, home.headers, audience)
  const before = await server.usage()
  const startedAt = performance.now()
  const timesMs: number[] = []
  for (let index = 0; index < pace.events; index += 1)
    timesMs.push(await tell(server.url, home.headers, audience))
  const seconds = (performance.now() - startedAt) / 1000
  const after = await server.usage()
  const delivered = pace.events * listeners
  const round = {
    ...toLatencies(timesMs),
    perSecond: delivered / seconds,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / delivered,
    memoryBytes: after.peakMemoryBytes,
    failures: audience.lost(),
    reasons: { 'the stream ended': audience.lost() },
  }
  return { suite: name, contenders: [{ name: ours, rounds: [round] }], comparisons: [] }
}

interface Audience extends AsyncDisposable {
  /** Resolves when all have heard that text. */
  heard(text: string): Promise<void>
  /** How many streams have ended. */
  lost(): number
}

async function tell(
  url: string,
  headers: Readonly<Record<string, string>>,
  audience: Audience,
): Promise<number> {
  const index = nextIndex()
  const startedAt = performance.now()
  const heard = audience.heard(`"profile_id":"p${index}"`)
  await takeSample(url, toAddShot(index), headers)
  await heard
  return performance.now() - startedAt
}

async function gather(url: string, headers: Readonly<Record<string, string>>): Promise<Audience> {
  let awaited: { readonly text: string; missing: number; readonly resolve: () => void } | undefined
  let ended = 0
  const requests: ClientRequest[] = []
  for (let index = 0; index < listeners; index += 1) {
    const request = get(`${url}/events`, { agent: false, headers })
    requests.push(request)
    const [response] = await once(request, 'response')
    if (response.statusCode !== 200) throw new Error(`/events answered ${response.statusCode}.`)
    let unread = ''
    response.setEncoding('utf8').on('data', (chunk: string) => {
      unread += chunk
      if (!awaited || !unread.includes(awaited.text)) return
      unread = ''
      awaited.missing -= 1
      if (awaited.missing === 0) awaited.resolve()
    })
    response.once('close', () => {
      ended += 1
    })
  }
  return {
    lost: () => ended,
    async heard(text) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      awaited = { text, missing: listeners, resolve }
      const late = setTimeout(() => reject(new Error(`${awaited?.missing} listeners heard nothing.`)), 10_000)
      await promise.finally(() => clearTimeout(late))
    },
    async [Symbol.asyncDispose]() {
      for (const request of requests) request.destroy()
    },
  }
}
