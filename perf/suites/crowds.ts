import type { Orchestrator } from 'mcp-orchestration'
import { toAnsweredRoute } from '../measure/answered-route.ts'
import { startBaseline } from '../measure/baseline.ts'
import { createHome, startProduct } from '../measure/product.ts'
import { takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import { takeSample } from '../measure/sample.ts'
import { nextIndex, type Shot, type Traffic } from '../measure/traffic.ts'
import type { Comparison } from '../measurement.ts'
import type { Pace } from '../options.ts'
import { bare, ours, type RunSettings, type Suite, serverSeconds } from '../suite.ts'
import { toMcpShot } from './mcp-messages.ts'
import { publishConfigurations } from './profiles.ts'
import { clients, toConfigShot, toServersShot } from './reads.ts'
import { fillPublishers, toPublishShot } from './writes.ts'

interface CrowdOptions {
  readonly name: string
  readonly connections: number
  fill(orchestrator: Orchestrator): Promise<void>
  readonly traffic: Traffic
  readonly comparisons: readonly Comparison[]
  readonly refusesNobody?: boolean
}

const toCall = (index: number): Shot =>
  toMcpShot({ era: 2026, method: 'tools/call', index, mark: '"list_clients"' })
const config = toConfigShot('2 KB')

/**
 * What a day is like: mostly reads, some calls by agents, a few changes. None makes another profile, for then the answers about profiles
 * would grow with the time.
 */
export const mixedTraffic: Traffic = [
  config,
  clients,
  config,
  toCall,
  config,
  toServersShot(30),
  clients,
  config,
  toPublishShot,
  config,
  clients,
  toCall,
  config,
  toConfigShot('50 KB'),
  config,
  clients,
]

export async function fillMixed(orchestrator: Orchestrator): Promise<void> {
  await publishConfigurations(orchestrator)
  await fillPublishers(orchestrator)
}

export const crowdSuites: readonly Suite[] = [
  ...[100, 1000, 5000].map((connections) =>
    toSuite({
      name: `mixed load, ${connections} connections`,
      connections,
      fill: fillMixed,
      traffic: mixedTraffic,
      comparisons: [{ figure: 'p99Ms', of: ours, against: bare }],
      // With the default, thousands at once that also publish are more than can be answered in time: see the suite `overload`.
      refusesNobody: connections > 100,
    }),
  ),
  toSuite({
    name: 'GET clients, 5000 connections',
    connections: 5000,
    fill: publishConfigurations,
    traffic: [clients],
    comparisons: [{ figure: 'p99Ms', of: ours, against: bare }],
  }),
]

function toSuite(options: CrowdOptions): Suite {
  const { name, connections } = options
  return {
    name,
    isVariant: connections === 1000,
    seconds: (pace) => {
      const rounds = roundsOf(pace, connections)
      return 2 * (serverSeconds + toTurnsSeconds(1, { ...pace, rounds }) + rounds * connections * openSeconds)
    },
    run: (settings) => runCrowd(options, settings),
  }
}

/** To open a connection, and to ask as often as each does at the least. */
const openSeconds = 0.0003

function roundsOf({ rounds, crowdRounds }: Pace, connections: number): number {
  return connections > 100 ? crowdRounds : rounds
}

/** The baseline of a mix is the bare route that answers `GET clients`, under as many connections: the server cannot be nearer to none. */
async function runCrowd(
  { name, connections, fill, traffic, comparisons, refusesNobody = false }: CrowdOptions,
  { pace, profileFolder }: RunSettings,
) {
  await using home = await createHome(fill)
  await using product = await startProduct(home, { refusesNobody, profileFolder })
  for (const each of traffic)
    await takeSample(product.url, typeof each === 'function' ? each(nextIndex()) : each, home.headers)
  const { text } = await takeSample(product.url, clients, home.headers)
  const fixture = await home.write('routes.json', { routes: [toAnsweredRoute('list_clients', text)] })
  await using baseline = await startBaseline('bare', fixture)
  const common = { headers: home.headers, connections }
  const contenders = await takeTurns(
    [
      { name: ours, server: product, traffic, ...common },
      { name: bare, server: baseline, traffic: [clients], ...common },
    ],
    { ...pace, rounds: roundsOf(pace, connections) },
  )
  return { suite: name, contenders, comparisons }
}
