import { setTimeout as pause } from 'node:timers/promises'
import { operations } from 'mcp-orchestration'
import { startBaseline } from '../measure/baseline.ts'
import { createHome, startProduct } from '../measure/product.ts'
import type { ServerProcess } from '../measure/server-process.ts'
import type { Round } from '../measurement.ts'
import { ours, type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { publishConfigurations } from './profiles.ts'

const documented = 'Fastify, swagger'
/** What ours loads only after it listens is in its memory by then. */
const quietMs = 1_500

export const startSuite: Suite = {
  name: 'start',
  seconds: ({ starts }) => 2 * (starts + 1) * (serverSeconds + quietMs / 1000),
  run: runStart,
}

/** From the process's start to its first 200 on /health, and what it holds in memory a moment after; nothing else was asked of it. */
async function runStart({ pace }: RunSettings) {
  await using home = await createHome(publishConfigurations)
  const fixture = await home.write('routes.json', { routes: operations.filter(isRead).map(toRoute) })
  const starters = [
    { name: ours, start: () => startProduct(home), rounds: [] as Round[] },
    { name: documented, start: () => startBaseline('swagger', fixture), rounds: [] as Round[] },
  ]
  // The first ones read the files from the disk.
  if (pace.starts > 1) for (const { start } of starters) await look(await start())
  for (let round = 0; round < pace.starts; round += 1)
    for (const { start, rounds } of starters) rounds.push(await look(await start()))
  return {
    suite: 'start',
    contenders: starters.map(({ name, rounds }) => ({ name, rounds })),
    comparisons: (['p50Ms', 'memoryBytes'] as const).map((figure) => ({
      figure,
      of: ours,
      against: documented,
    })),
  }
}

async function look(starting: ServerProcess): Promise<Round> {
  await using server = starting
  const { startMs } = server
  const { cpuMicroseconds } = await server.usage()
  await pause(quietMs)
  const { residentBytes } = await server.usage()
  return { p50Ms: startMs, cpuMicroseconds, memoryBytes: residentBytes }
}

type Documented = (typeof operations)[number]

function isRead({ method }: Documented): boolean {
  return method !== 'DELETE'
}

function toRoute({ method, path, output }: Documented) {
  return { method, url: path.replaceAll(/\{(\w+)\}/g, ':$1'), schema: output, body: {} }
}
