import assert from 'node:assert/strict'
import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import { type Operation, operations, type ProfileRef } from '../src/index.ts'
import { viewDraft } from './drafts.ts'
import { sourceOf } from './support/commands.ts'
import { toRequest } from './support/endpoints.ts'
import { resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { listeningSockets } from './support/sockets.ts'
import { callTool, connectTo, type ServerCommand, toolNames } from './support/stdio.ts'
import { configPath, type Pair, type World } from './support/world.ts'

type Input = Readonly<Record<string, unknown>>

const ref = { clientId: 'cursor', profileId: 'work' }
const profile = { client_id: ref.clientId, profile_id: ref.profileId }

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

/** What each operation is given at both doors, by its id. */
const inputs: Readonly<Record<string, Input>> = {
  list_clients: {},
  list_profiles: { client_id: ref.clientId },
  get_config: { ...profile, history: 10 },
  diff_config: { ...profile, local_payload: { mcpServers: {} } },
  add_server_to_config: { ...profile, server_id: 'fetch' },
  remove_server_from_config: { ...profile, server_name: 'time' },
  view_draft_config: profile,
  clear_draft_config: profile,
  validate_config: profile,
  publish_config: profile,
  deploy_config: profile,
  list_available_servers: { transport: 'stdio' },
  describe_server: { server_id: 'filesystem' },
  initialize_keys: {},
}

/** How a tool with two answers is asked for the second, where the input alone doesn't tell. */
const toolArguments: Readonly<Record<string, (world: World) => Promise<Input>>> = {
  view_draft_config: async () => ({ stage: 'draft' }),
  clear_draft_config: async (world) => {
    const { revision } = await world.orchestrator.drafts.view(ref)
    return { all: true, expected_revision: revision }
  },
}

/** What differs between two calls of the same operation, whichever door they come through. */
const momentary = new Set(['revision', 'validated_at', 'deployed_at', 'backup_path'])

Given<World>('a stdio client is connected', async function () {
  await this.connectStdio()
})

Given<World>('a stdio client is connected to the same store', async function () {
  await this.connectStdio()
})

Given<World>('it has listed the catalogue', async function () {
  await callTool(this.stdioServer, 'list_available_servers')
})

When<World>('{person} performs each operation over HTTP and over stdio', async function (person: Person) {
  await this.attempt('pairs', async () => {
    const pairs: Pair[] = []
    for (const operation of operations) pairs.push(await performAtBothDoors(this, person, operation))
    return pairs
  })
})

When<World>(
  '{person} lists the catalogue over HTTP and over stdio at the same moment',
  async function (person: Person) {
    await this.attempt('pairs', async () => {
      const [answer, overStdio] = await Promise.all([
        this.request(person, '/v1/servers'),
        callTool(this.stdioServer, 'list_available_servers'),
      ])
      return [{ operation: 'list_available_servers', overHttp: resultOf(answer), overStdio }]
    })
  },
)

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

Then<World>(
  'the 14 endpoints gave what the 10 tools gave, but for the discriminator and the moment',
  async function () {
    const pairs = this.outcome('pairs')
    const tools = new Set(operations.map(({ tool }) => tool))
    assert.deepEqual([...tools].toSorted(), (await toolNames(this.stdioServer)).toSorted())
    assert.deepEqual([pairs.length, tools.size], [14, 10])
    for (const pair of pairs) assertSame(pair)
  },
)

Then<World>('both gave the same answer', function () {
  for (const pair of this.outcome('pairs')) assertSame(pair)
})

Then<World>('a server added to {profile} over stdio is seen over HTTP', async function (target: ProfileRef) {
  await callTool(this.stdioServer, 'add_server_to_config', toInput(target, { server_id: 'memory' }))
  assert.ok((await viewDraft(this, target)).servers.includes('memory'))
})

Then<World>('a server added to {profile} over HTTP is seen over stdio', async function (target: ProfileRef) {
  const path = `${configPath(target)}/draft/add`
  resultOf(await this.request('Priya', path, { method: 'POST', body: { server_id: 'time' } }))
  const { servers } = await callTool(this.stdioServer, 'get_config', toInput(target, { stage: 'draft' }))
  assert.deepEqual(servers, ['memory', 'time'])
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

async function performAtBothDoors(world: World, person: Person, operation: Operation): Promise<Pair> {
  const input = inputs[operation.id]
  assert.ok(input, `The steps have no input for ${operation.id}.`)
  await resetDraft(world, operation)
  const { path, ...request } = toRequest(operation, input)
  const overHttp = resultOf<object>(await world.request(person, path, request))
  await resetDraft(world, operation)
  const extra = await toolArguments[operation.id]?.(world)
  const overStdio = await callTool(world.stdioServer, operation.tool, { ...input, ...extra })
  return { operation: operation.id, overHttp, overStdio }
}

/** What writes finds the same draft each time. */
async function resetDraft({ orchestrator }: World, { scope }: Operation): Promise<void> {
  if (scope === 'read') return
  await orchestrator.drafts.clear(ref)
  for (const serverId of ['memory', 'time']) await orchestrator.drafts.add(ref, { serverId })
}

function assertSame({ operation, overHttp, overStdio }: Pair): void {
  const { operation: discriminator, ...result } = overStdio as Record<string, unknown>
  assert.ok(discriminator === undefined || discriminator === operation)
  assert.deepEqual(withoutMoment(result), withoutMoment(overHttp), operation)
}

/** The moment's fields keep their type, so that one that is missing shows. */
function withoutMoment(result: object): object {
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, momentary.has(name) ? typeof value : value]),
  )
}

function toInput({ clientId, profileId }: ProfileRef, rest: Input): Input {
  return { client_id: clientId, profile_id: profileId, ...rest }
}

async function readCursorEntry(world: World): Promise<ServerCommand> {
  const { mcpServers } = JSON.parse(await readFile(world.cursorFile, 'utf8'))
  return Object.values<ServerCommand>(mcpServers)[0] ?? { command: '' }
}
