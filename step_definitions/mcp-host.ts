import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { attemptDeed } from './support/deed.ts'
import { accepted, toMcpRequest } from './support/mcp.ts'
import {
  callWait,
  listen,
  type McpHost,
  type OpenStream,
  openSession,
  openSessionStream,
  startMcpHost,
} from './support/mcp-host.ts'
import type { Person } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

Given<World>('a host serves an MCP server of its own', async function () {
  for (const person of ['Omar', 'Priya'] as const) {
    const { token, record } = await this.orchestrator.tokens.generate({ name: person })
    this.credentials.set(person, { authorization: `Bearer ${token}` })
    this.tokenId = record.id
  }
  const host = await startMcpHost(this.sandbox.home)
  this.stops.push(() => host.transport.close())
  this.mcpHost = host
  this.url = host.url
})

Given<World>('{person} has opened a session', openPersonsSession)

Given<World>('{person} has opened a session with a stream', async function (person: Person) {
  await openPersonsSession.call(this, person)
  const sessionId = this.sessionIds.get(person) ?? ''
  keep(this, person, await openSessionStream(this.url, credentialOf(this, person), sessionId))
})

Given<World>('{person} listens for changes', async function (person: Person) {
  keep(this, person, await listen(this.url, credentialOf(this, person)))
})

Given<World>("{person}'s call of {string} is going on", async function (person: Person, _tool: string) {
  const call = callWait(this.url, credentialOf(this, person))
  keep(this, person, { ended: hostOf(this).toldToStop, isOpen: () => true, leave: call.disconnect })
  await hostOf(this).begun
})

When<World>("{person} calls a tool in {person}'s session", async function (caller: Person, owner: Person) {
  const headers = { ...accepted, 'mcp-session-id': this.sessionIds.get(owner) ?? '' }
  const request = toMcpRequest('2025-11-25', 'tools/list')
  await this.ask(caller, '/mcp', { ...request, headers: { ...request.headers, ...headers } })
})

When<World>("Priya's token is revoked elsewhere", async function () {
  await attemptDeed(this, () => this.orchestrator.tokens.revoke(this.tokenId))
})

When<World>('{person} disconnects', async function (person: Person) {
  await attemptDeed(this, () => {
    for (const stream of this.streams.get(person) ?? []) stream.leave()
  })
})

When<World>('the host stops', async function () {
  await attemptDeed(this, () => hostOf(this).transport.close())
})

Then<World>("{person}'s stream ends within a second", async function (person: Person) {
  const since = this.outcome('doneAt')
  for (const { ended } of this.streams.get(person) ?? []) await ended
  assert.ok(performance.now() - since < 1_000, `${performance.now() - since} ms`)
})

Then<World>("{person}'s stream goes on", function (person: Person) {
  assert.deepEqual(
    this.streams.get(person)?.map((stream) => stream.isOpen()),
    [true],
  )
})

Then<World>('the tool {string} is told to stop', async function (_tool: string) {
  this.outcome('doneAt')
  await hostOf(this).toldToStop
})

Then<World>('every stream has ended, and the stop took less than a second', async function () {
  this.outcome('doneAt')
  const streams = [...this.streams.values()].flat()
  assert.equal(streams.length, 2)
  await Promise.all(streams.map(({ ended }) => ended))
  const { startedAt, endedAt } = this.attempted()
  assert.ok(endedAt - startedAt < 1_000, `${endedAt - startedAt} ms`)
})

async function openPersonsSession(this: World, person: Person): Promise<void> {
  this.sessionIds.set(person, await openSession(this.url, credentialOf(this, person)))
}

function hostOf({ mcpHost }: World): McpHost {
  assert.ok(mcpHost, 'No host serves an MCP server.')
  return mcpHost
}

function credentialOf({ credentials }: World, person: Person): Readonly<Record<string, string>> {
  return credentials.get(person) ?? {}
}

/** What is still open at the end of the scenario is left. */
function keep(world: World, person: Person, stream: OpenStream): void {
  world.streams.set(person, [...(world.streams.get(person) ?? []), stream])
  world.stops.push(() => stream.leave())
}
