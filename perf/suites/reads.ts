import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shot } from '../measure/traffic.ts'
import type { Suite } from '../suite.ts'
import { configurations, publishConfigurations } from './profiles.ts'
import { createRouteSuite } from './route-suite.ts'

export const clients: Shot = { method: 'GET', path: '/v1/clients', mark: '"client_id":"cursor"' }

export const readSuites: readonly Suite[] = [
  createRouteSuite({
    name: 'GET clients',
    operation: 'list_clients',
    fill: publishConfigurations,
    shot: clients,
    hasVariants: true,
  }),
  ...(['2 KB', '50 KB'] as const).flatMap((size) => toConfigSuites(size)),
  toServersSuite(30),
  toServersSuite(1000),
]

export function toConfigShot(size: keyof typeof configurations): Shot {
  const { clientId, profileId } = configurations[size]
  return { method: 'GET', path: `/v1/config/${clientId}/${profileId}`, mark: '"payloadType"' }
}

export function toServersShot(count: number): Shot {
  return { method: 'GET', path: `/v1/servers?limit=${count}`, mark: `"count":${count}` }
}

function toConfigSuites(size: keyof typeof configurations): readonly Suite[] {
  const common = { operation: 'get_config', fill: publishConfigurations, shot: toConfigShot(size) }
  return [
    createRouteSuite({
      name: `GET config ${size}`,
      ...common,
      hasVariants: size === '2 KB',
      isVariant: size === '50 KB',
    }),
    createRouteSuite({
      name: `GET config ${size}, If-None-Match`,
      ...common,
      isRevalidated: true,
      isVariant: size === '50 KB',
    }),
  ]
}

function toServersSuite(count: number): Suite {
  return createRouteSuite({
    name: `GET servers, ${count} entries`,
    operation: 'list_available_servers',
    fill: async (_orchestrator, folder) => (count > 40 ? addServers(folder, count) : undefined),
    shot: toServersShot(count),
  })
}

/** Together with those that are built in there are more than that; a page has just as many. */
export async function addServers(home: string, count: number): Promise<void> {
  const folder = join(home, 'servers')
  await mkdir(folder)
  for (let index = 0; index < count; index += 1)
    await writeFile(join(folder, `own-${index}.json`), JSON.stringify(toServerJson(index)))
}

function toServerJson(index: number): object {
  return {
    name: `com.example/own-${index}`,
    title: `Own server ${index}`,
    description: `Answers questions about the part of the company that has the number ${index}`,
    version: '1.0.0',
    packages: [
      {
        registryType: 'npm',
        identifier: `@example/own-${index}`,
        runtimeHint: 'npx',
        transport: { type: 'stdio' },
      },
    ],
  }
}
