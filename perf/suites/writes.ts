import type { Orchestrator } from 'mcp-orchestration'
import { createHome, startProduct } from '../measure/product.ts'
import { takeTurns, toTurnsSeconds } from '../measure/rounds.ts'
import type { Shot } from '../measure/traffic.ts'
import type { Comparison } from '../measurement.ts'
import { type Suite, serverSeconds } from '../suite.ts'
import { fillSmall } from './profiles.ts'
import { createRouteSuite } from './route-suite.ts'

/** As many as there are connections, so that a publication seldom waits for one of its own profile. */
const publishers = 100

const atOnce = `${publishers} at once`
const oneAtATime = 'one at a time'

export const writeSuites: readonly Suite[] = [
  createRouteSuite({
    name: 'POST draft/add',
    operation: 'add_server_to_config',
    fill: async () => {},
    shot: toAddShot,
  }),
  createRouteSuite({
    name: 'POST publish',
    operation: 'publish_config',
    fill: fillPublishers,
    shot: toPublishShot,
  }),
  {
    name: 'durable publishes',
    seconds: (pace) => serverSeconds + toTurnsSeconds(2, pace),
    run: (settings) => runDurably(settings),
  },
]

/** A draft of its own for each: what is answered stays as small as it is at first, and no name is taken. */
export function toAddShot(index: number): Shot {
  return {
    method: 'POST',
    path: `/v1/config/cursor/p${index}/draft/add`,
    body: { server_id: 'memory' },
    mark: '"status":"added"',
  }
}

/**
 * What equals the latest release would be answered as unchanged, so each has a changelog of its own; SQLite would skip the sync of bytes
 * that are already there, too.
 */
export function toPublishShot(index: number): Shot {
  return {
    method: 'POST',
    path: `/v1/config/cursor/published-${index % publishers}/publish`,
    body: { changelog: `Release for measurement ${index}` },
    mark: '"status":"published"',
  }
}

/** All at once: what arrives together shares a sync. */
export async function fillPublishers(orchestrator: Orchestrator): Promise<void> {
  const profiles = Array.from({ length: publishers }, (_, index) => `published-${index}`)
  await Promise.all(profiles.map((profileId) => fillSmall(orchestrator, { clientId: 'cursor', profileId })))
}

const comparisons: readonly Comparison[] = [
  { figure: 'perSecond', of: atOnce, against: oneAtATime },
  { figure: 'syncsEach', of: atOnce },
]

const runDurably: Suite['run'] = async ({ pace }) => {
  await using home = await createHome(fillPublishers)
  await using server = await startProduct(home, { countsCommits: true })
  const common = { server, headers: home.headers, traffic: [toPublishShot] }
  const contenders = await takeTurns(
    [
      { name: atOnce, ...common, connections: publishers },
      { name: oneAtATime, ...common, connections: 1 },
    ],
    pace,
  )
  return { suite: 'durable publishes', contenders, comparisons }
}
