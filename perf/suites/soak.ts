import { setTimeout as pause } from 'node:timers/promises'
import { type Hits, shoot, warmUp } from '../measure/load.ts'
import { createHome, startProduct } from '../measure/product.ts'
import type { ServerProcess } from '../measure/server-process.ts'
import type { Comparison, Round } from '../measurement.ts'
import { judgedSoakSeconds } from '../options.ts'
import type { Vitals } from '../servers/measurements.ts'
import { toLatencies } from '../statistics.ts'
import { ours, type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { fillMixed, mixedTraffic } from './crowds.ts'

interface Soak {
  readonly name: string
  readonly connections: number
  /** Requests a second, in whole ones; as many as there can be unless told. */
  readonly overallRate?: number
}

const soaks: readonly Soak[] = [
  { name: 'soak, 1,000 requests a minute', connections: 10, overallRate: 17 },
  { name: 'soak, full speed', connections: 100 },
]

export const soakSuites: readonly Suite[] = soaks.map((soak) => ({
  name: soak.name,
  seconds: ({ soakSeconds, warmUpSeconds }) => serverSeconds + 2 + warmUpSeconds + soakSeconds,
  run: (settings) => runSoak(soak, settings),
}))

const samples = 40
/** Long enough for closed connections to be gone. */
const quietMs = 500

async function runSoak({ name, connections, overallRate }: Soak, { pace, profileFolder }: RunSettings) {
  await using home = await createHome(fillMixed)
  await using server = await startProduct(home, { profileFolder })
  const shooting = { server, headers: home.headers, traffic: mixedTraffic, connections }
  await warmUp({ ...shooting, connections: 100 }, pace.warmUpSeconds)
  await pause(quietMs)
  const start = await server.settled()
  const before = await server.usage()
  const stop = new AbortController()
  const watched = watch(server, pace.soakSeconds / samples, stop.signal)
  const end = { duration: pace.soakSeconds, ...(overallRate !== undefined && { overallRate }) }
  const hits = await shoot(shooting, end)
  stop.abort()
  const seen = await watched
  const after = await server.usage()
  await pause(quietMs)
  const settled = await server.settled()
  const round: Round = {
    ...toLatencies(hits.timesMs),
    perSecond: hits.timesMs.length / pace.soakSeconds,
    cpuMicroseconds: (after.cpuMicroseconds - before.cpuMicroseconds) / hits.timesMs.length,
    memoryBytes: after.peakMemoryBytes,
    failures: hits.failures,
    reasons: hits.reasons,
    ...toGrowth(start, settled, hits),
  }
  return {
    suite: name,
    contenders: [{ name: ours, rounds: [round] }],
    comparisons: growths,
    isTooShort: pace.soakSeconds < judgedSoakSeconds,
    samples: [start, ...seen, settled],
  }
}

const growths: readonly Comparison[] = (['p99Growth', 'heapGrowth', 'handleGrowth'] as const).map(
  (figure) => ({ figure, of: ours }),
)

async function watch(
  server: ServerProcess,
  everySeconds: number,
  signal: AbortSignal,
): Promise<readonly object[]> {
  const seen: object[] = []
  const startedAt = performance.now()
  while (await pause(everySeconds * 1000, true, { signal }).catch(() => false))
    seen.push({ atSeconds: (performance.now() - startedAt) / 1000, ...(await server.vitals()) })
  return seen
}

function toGrowth(start: Vitals, end: Vitals, hits: Hits) {
  return {
    heapGrowth: end.heapBytes / start.heapBytes,
    handleGrowth: end.handles / start.handles,
    p99Growth: p99Growth(hits),
  }
}

/** The last tenth of the time against the first one: minutes of ten. */
function p99Growth({ timesMs, atMs }: Hits): number {
  const until = atMs.at(-1) ?? 0
  const first = timesMs.filter((_, index) => (atMs[index] ?? 0) <= until * 0.1)
  const last = timesMs.filter((_, index) => (atMs[index] ?? 0) > until * 0.9)
  return toLatencies(last).p99Ms / toLatencies(first).p99Ms
}
