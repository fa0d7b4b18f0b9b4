import assert from 'node:assert/strict'
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import { sourceOf } from './support/commands.ts'
import type { Person } from './support/parameter-types.ts'
import { listeningSockets } from './support/sockets.ts'
import { callTool, connectTo, type ServerCommand, toolNames } from './support/stdio.ts'
import type { World } from './support/world.ts'

type Input = Readonly<Record<string, unknown>>

/** The ten tools, in the order in which one works with them, each with what it is called with: little, for it has defaults. */
const walk: ReadonlyMap<string, Input> = new Map([
  ['list_clients', {}],
  ['list_available_servers', { search: 'memory' }],
  ['initialize_keys', {}],
  ['add_server_to_config', { server_id: 'memory' }],
  ['validate_config', {}],
  ['publish_config', { changelog: 'Begins with memory.' }],
  ['get_config', {}],
  ['diff_config', { local_payload: { mcpServers: {} } }],
  ['deploy_config', {}],
  ['remove_server_from_config', { server_name: 'memory' }],
])

Given<World>('a stdio client is connected', async function () {
  await this.connectStdio()
})

Given<World>('a stdio client is connected to the same store', async function () {
  await this.connectStdio()
})

Given<World>('it has listed the catalogue', async function () {
  await callTool(this.stdioServer, 'list_available_servers')
})

When<World>(
  '{person} calls each of the 10 tools that the stdio client lists',
  async function (_person: Person) {
    await this.attempt('results', async () => {
      const names = await toolNames(this.stdioServer)
      assert.deepEqual(names.toSorted(), [...walk.keys()].toSorted())
      const results = new Map<string, object>()
      for (const [name, input] of walk) results.set(name, await callTool(this.stdioServer, name, input))
      return results
    })
  },
)

When<World>('Omar looks for the listening sockets of the stdio server from outside', async function () {
  await this.attempt('sockets', () => listeningSockets(this.stdioServer.pid))
})

When<World>('the client "cursor" starts that entry and lists the catalogue', async function () {
  await symlink(await sourceOf('mcp-orchestration'), join(this.sandbox.bin, 'mcp-orchestration'))
  await this.attempt('results', async () => {
    const entry = await readCursorEntry(this)
    const server = await this.connectStdio(connectTo(entry, this.sandbox.env))
    return new Map([['list_available_servers', await callTool(server, 'list_available_servers')]])
  })
})

Then<World>('each of them succeeds', function () {
  const results = this.outcome('results')
  assert.deepEqual([...results.keys()], [...walk.keys()])
  const statuses = [...results.values()].flatMap((result) => ('status' in result ? [result.status] : []))
  assert.deepEqual(statuses, ['initialized', 'added', 'published', 'diverged', 'deployed', 'removed'])
})

Then<World>('the stdio server has written nothing but protocol to stdout', async function () {
  await this.stdioServer.close()
  assert.deepEqual(this.stdioServer.noise, [])
})

Then<World>('there is none', function () {
  assert.deepEqual(this.outcome('sockets'), [])
})

Then<World>('the stdio server still lists its 10 tools', async function () {
  assert.deepEqual((await toolNames(this.stdioServer)).toSorted(), [...walk.keys()].toSorted())
})

Then<World>('the stdio server answers with {string} among the servers', function (serverId: string) {
  const listed = this.outcome('results').get('list_available_servers')
  const { servers } = listed as { servers: readonly { server_id: string }[] }
  assert.ok(servers.some(({ server_id }) => server_id === serverId))
})

async function readCursorEntry(world: World): Promise<ServerCommand> {
  const { mcpServers } = JSON.parse(await readFile(world.cursorFile, 'utf8'))
  return Object.values<ServerCommand>(mcpServers)[0] ?? { command: '' }
}
