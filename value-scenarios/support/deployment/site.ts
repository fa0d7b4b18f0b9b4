import { join } from 'node:path'
import { createOrchestrator } from '../../../src/index.ts'
import { createKept } from '../kept.ts'
import type { Person } from '../parameter-types.ts'
import type { World } from '../world.ts'
import { makeCertificate } from './caller.ts'
import { takeFiles } from './installation.ts'
import { createMachine, type Machine, systemUnit } from './machine.ts'
import type { ProxyName } from './proxy.ts'

/** The service of a guide, as its unit starts it, and who may use it. */
export interface Site {
  readonly machine: Machine
  /** Of the unit's file. */
  readonly unit: string
  readonly home: string
  /** It reads, writes and publishes. */
  readonly token: string
}

export const sites = createKept<Site>('a site')

export async function runSite(world: World, person: Person, path: string): Promise<Site> {
  await takeFiles(world, person, path)
  const { stage, stops, guideRun } = world
  const machine = createMachine(stage)
  stops.push(machine.stopAll)
  const unit = (await guideRun.fileAt(systemUnit)).text
  await machine.start(systemUnit, unit)
  const home = join(stage.at('/var/lib'), 'mcp-orchestration')
  const site = { machine, unit, home, token: await makeToken(home) }
  sites.keep(world, site)
  return site
}

export async function putInFront(world: World, proxy: ProxyName, defaults?: string): Promise<void> {
  await makeCertificate(world.stage)
  await sites.of(world).machine.putInFront(proxy, defaults)
}

/** By the back door: in one process with the test, on the home of the service. */
async function makeToken(home: string): Promise<string> {
  await using orchestrator = createOrchestrator({ home, store: 'sqlite', env: {} })
  const { token } = await orchestrator.tokens.generate({
    name: 'priya',
    scopes: ['read', 'write', 'publish'],
  })
  return token
}
