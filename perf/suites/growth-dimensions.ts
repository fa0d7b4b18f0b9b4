import type { Orchestrator } from 'mcp-orchestration'
import type { Shot } from '../measure/traffic.ts'
import { fillSmall } from './profiles.ts'
import { addServers, clients } from './reads.ts'
import { toAddShot } from './writes.ts'

/** What there may be many of, and what is asked then. */
export interface Dimension {
  readonly name: string
  /** From the smallest to the largest. */
  readonly sizes: readonly number[]
  fill(orchestrator: Orchestrator, home: string, size: number): Promise<void>
  readonly requests: readonly GrowthRequest[]
  /** About how long the largest takes to be filled. */
  readonly fillSeconds: number
}

export interface GrowthRequest {
  readonly name: string
  readonly shot: Shot | ((index: number) => Shot)
  /**
   * Whether its answer may be kept until something changes. If so it is measured twice: over and over, and each time after a commit by
   * another process.
   */
  readonly isKeepable?: boolean
  /** Whether one request in some seconds looks at all that there is, for those that come after it. */
  readonly hasLooks?: boolean
  /** For what adds to what there is: how many there are in a round, so that the smallest stays small. */
  readonly amount?: number
}

const ref = { clientId: 'cursor', profileId: 'p0' }
const config: Shot = { method: 'GET', path: '/v1/config/cursor/p0', mark: '"payloadType"' }
const getConfig: GrowthRequest = { name: 'GET config', shot: config, isKeepable: true }

/**
 * Pages are of one entry, or of ten where the smallest size has as many: their answers are then as large whatever there is, and what is
 * not of the answer weighs most.
 */
export const dimensions: readonly Dimension[] = [
  {
    name: 'servers',
    sizes: [10, 100, 1000, 10_000],
    fill: (_orchestrator, home, size) => addServers(home, size),
    fillSeconds: 4,
    requests: [
      { ...toRead('GET servers?limit=10', '/v1/servers?limit=10', '"count":10'), hasLooks: true },
      toRead('GET servers/{id}', '/v1/servers/own-9', '"server_id":"own-9"'),
      { name: 'POST draft/add', shot: toOwnAddShot },
    ],
  },
  {
    name: 'profiles',
    sizes: [1, 10, 100, 1000],
    fill: publishProfiles,
    fillSeconds: 4,
    requests: [
      {
        name: 'GET profiles?limit=1',
        shot: { method: 'GET', path: '/v1/clients/cursor/profiles?limit=1', mark: '"count":1' },
      },
      getConfig,
      { name: 'GET clients', shot: clients, isKeepable: true },
    ],
  },
  {
    name: 'tokens',
    sizes: [1, 100, 10_000, 100_000],
    fill: generateTokens,
    fillSeconds: 10,
    requests: [
      getConfig,
      {
        name: 'GET admin/tokens?limit=1',
        shot: { method: 'GET', path: '/admin/tokens?limit=1', mark: '"count":1' },
      },
    ],
  },
  {
    name: 'releases',
    sizes: [1, 100, 1000, 10_000],
    fill: publishReleases,
    fillSeconds: 40,
    requests: [
      getConfig,
      toRead('GET config?sequence=1', `${config.path}?sequence=1`, config.mark),
      toRead('GET config?history=10', `${config.path}?history=10`, config.mark),
      { name: 'POST publish', shot: toPublishShot, amount: 20 },
    ],
  },
]

function toRead(name: string, path: string, mark: string): GrowthRequest {
  return { name, shot: { method: 'GET', path, mark }, isKeepable: true }
}

function toOwnAddShot(index: number): Shot {
  return { ...toAddShot(index), body: { server_id: 'own-9' } }
}

/** Each has a changelog of its own, or it would be answered as unchanged. */
function toPublishShot(index: number): Shot {
  return {
    method: 'POST',
    path: `${config.path}/publish`,
    body: { changelog: `Release for measurement ${index}` },
    mark: '"status":"published"',
  }
}

const atOnce = 100

async function publishProfiles(orchestrator: Orchestrator, _home: string, size: number): Promise<void> {
  await inParts(size, async (index) => {
    const each = { ...ref, profileId: `p${index}` }
    await fillSmall(orchestrator, each)
    await orchestrator.releases.publish(each)
  })
}

/** One there is already, and a profile to be read by it. */
async function generateTokens(orchestrator: Orchestrator, home: string, size: number): Promise<void> {
  await publishProfiles(orchestrator, home, 1)
  await inParts(size - 1, (index) => orchestrator.tokens.generate({ name: `token-${index}` }))
}

/** One after the other, since each names the one before it. */
async function publishReleases(orchestrator: Orchestrator, home: string, size: number): Promise<void> {
  await publishProfiles(orchestrator, home, 1)
  for (let index = 1; index < size; index += 1)
    await orchestrator.releases.publish(ref, { changelog: `Release ${index}` })
}

/** What arrives together shares a sync. */
async function inParts(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < count; first += atOnce) {
    const length = Math.min(atOnce, count - first)
    await Promise.all(Array.from({ length }, (_, index) => act(first + index)))
  }
}
