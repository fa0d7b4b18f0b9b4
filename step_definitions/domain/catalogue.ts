import assert from 'node:assert/strict'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

Given<World>(
  'the team keeps a server {string} of its own in the catalogue, which runs the package {string}',
  async function (serverId: string, packageName: string) {
    await keepServer(this, serverId, packageName)
  },
)

Given<World>(
  'the team keeps a file {string} in the catalogue that is no server',
  async function (name: string) {
    await writeServerFile(this, name, '{ "name": "handbook" ')
  },
)

Given<World>('the team has taken {string} out of the catalogue again', async function (serverId: string) {
  await dropServer(this, serverId)
})

When<World>('{person} searches the catalogue for {string}', async function (person: Person, search: string) {
  await this.perform(person, 'list_available_servers', { search })
})

Then<World>('it finds {names} and nothing else', function (names: readonly string[]) {
  const { servers } = this.result<{ servers: readonly { server_id: string }[] }>()
  assert.deepEqual(
    servers.map(({ server_id }) => server_id),
    names,
  )
})

/** Beside the server, as a person does it with an editor. */
export async function keepServer(world: World, serverId: string, packageName: string): Promise<void> {
  await writeServerFile(world, serverId, JSON.stringify(serverJson(serverId, packageName)))
}

export async function dropServer(world: World, serverId: string): Promise<void> {
  await rm(pathOf(world, serverId))
}

/** In the official registry's format, with no more than it needs. */
function serverJson(serverId: string, packageName: string) {
  const transport = { type: 'stdio' }
  return {
    name: `com.example.team/${serverId}`,
    description: 'What every member of the team must know',
    version: '1.0.0',
    packages: [{ registryType: 'npm', identifier: packageName, version: '1.0.0', transport }],
  }
}

async function writeServerFile(world: World, name: string, text: string): Promise<void> {
  await mkdir(join(world.sandbox.home, 'servers'), { recursive: true })
  await writeFile(pathOf(world, name), text)
}

function pathOf({ sandbox }: World, name: string): string {
  return join(sandbox.home, 'servers', `${name}.json`)
}
