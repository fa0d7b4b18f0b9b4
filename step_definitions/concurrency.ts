import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import { publish } from './releases.ts'
import type { Answer, Request } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import { rpcResultOf, toMcpRequest } from './support/mcp.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import { callTool, type StdioServer, startStdioServer } from './support/stdio.ts'
import { configPath, toInput, type World } from './support/world.ts'

/** A change of a profile, as a request. */
interface ProfileChange {
  readonly path: string
  readonly request: Request
}

const changes: Readonly<Record<string, (serverName?: string) => { path: string; request: Request }>> = {
  add: (server_id) => post('/draft/add', { server_id }),
  remove: (server_name) => post('/draft/remove', { server_name }),
  clear: () => ({ path: '/draft', request: { method: 'DELETE' } }),
  publish: () => post('/publish'),
  deploy: () => post('/deploy'),
}

/** `add "fetch" to cursor/work`, `clear cursor/work`. */
defineParameterType({
  name: 'profileChange',
  regexp: /(add|remove|clear|publish|deploy)(?: "([a-z]+)" (?:to|from))? ([a-z]+)\/([a-z]+)/,
  transformer: (verb, serverName, clientId, profileId): ProfileChange | undefined => {
    const change = changes[verb]?.(serverName)
    return change && { ...change, path: configPath({ clientId, profileId }) + change.path }
  },
})

Given<World>('Priya and Omar hold tokens for the running server', async function () {
  for (const person of ['Priya', 'Omar'] as const) {
    const { token } = await this.orchestrator.tokens.generate({ name: person })
    this.credentials.set(person, { authorization: `Bearer ${token}` })
  }
  await this.serve()
})

Given<World>(
  '{person} has looked at the draft of {profile}',
  async function (person: Person, ref: ProfileRef) {
    await lookAt(this, person, `${configPath(ref)}/draft`)
  },
)

Given<World>(
  '{person} has looked at the draft of {profile}, to which {person} has added {string} since',
  async function (reader: Person, ref: ProfileRef, _person: Person, serverId: string) {
    await lookAt(this, reader, `${configPath(ref)}/draft`)
    await this.orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  '{person} has looked at the configuration of {profile}, which {person} has published with {servers} since',
  async function (reader: Person, ref: ProfileRef, _person: Person, servers: readonly string[]) {
    await lookAt(this, reader, configPath(ref))
    await publish(this, ref, servers)
  },
)

Given<World>('the HTTP server and 2 stdio servers run as processes on one home', async function () {
  const server = await startServer(this)
  this.url = server.url
  const stdio = await Promise.all([1, 2].map(() => startStdioServer(this.sandbox.env)))
  for (const each of stdio) this.stops.push(() => each.close())
  this.stdioServers.push(...stdio)
})

When<World>(
  '{person} tries to {profileChange} as he saw it',
  async function (person: Person, { path, request }: ProfileChange) {
    await this.ask(person, path, { ...request, headers: { 'if-match': seenBy(this, person) } })
  },
)

When<World>(
  '{person} asks for the draft of {profile} unless it is what he saw',
  async function (person: Person, ref: ProfileRef) {
    await this.ask(person, `${configPath(ref)}/draft`, { headers: { 'if-none-match': seenBy(this, person) } })
  },
)

When<World>(
  '{int} servers are added to the draft of {profile} at once, over REST, over MCP and over stdio',
  async function (count: number, ref: ProfileRef) {
    const doors = [
      ...(['Priya', 'Omar'] as const).flatMap((person) => [
        addOverRest(this, person, ref),
        addOverMcp(this, person, ref),
      ]),
      ...this.stdioServers.map((server) => addOverStdio(server, ref)),
    ]
    await this.attempt('results', async () => {
      const names = Array.from({ length: count }, (_, index) => `memory-${index}`)
      await Promise.all(names.map((name, index) => doors[index % doors.length]?.(name)))
      return new Map(names.map((name) => [name, {}]))
    })
  },
)

Then<World>(
  'it is refused with {int} {reason}, with the ETag of what there is',
  async function (status: number, reason: Reason) {
    const answer = this.answer()
    assertProblem(answer, status, reason)
    const { etag } = await this.request('Priya', this.seenPath).then(({ headers }) => headers)
    assert.equal(answer.headers.etag, etag)
  },
)

Then<World>('he is told with 304 and the same ETag that it is, and gets no body', function () {
  const { status, headers, text } = this.answer()
  assert.deepEqual(
    { status, text, etag: headers.etag },
    { status: 304, text: '', etag: seenBy(this, 'Omar') },
  )
  assert.equal(headers['content-length'], undefined)
})

Then<World>(
  'the draft of {profile} holds those {int} servers and no others',
  async function (ref: ProfileRef, count: number) {
    const names = [...this.outcome('results').keys()]
    assert.equal(new Set(names).size, count)
    const { payload } = await this.orchestrator.drafts.view(ref)
    assert.deepEqual(Object.keys(payload.mcpServers).toSorted(), names.toSorted())
  },
)

async function lookAt(world: World, person: Person, path: string): Promise<void> {
  const { status, headers, text } = await world.request(person, path)
  assert.equal(status, 200, text)
  assert.match(String(headers.etag), /^"[^"]+"$/)
  world.seenPath = path
  world.seenTags.set(person, String(headers.etag))
}

function seenBy({ seenTags }: World, person: Person): string {
  const tag = seenTags.get(person)
  assert.ok(tag, `${person} has looked at nothing.`)
  return tag
}

function post(path: string, body: object = {}): { path: string; request: Request } {
  return { path, request: { method: 'POST', body } }
}

function addOverRest(world: World, person: Person, ref: ProfileRef) {
  return async (serverName: string): Promise<void> => {
    const body = { server_id: 'memory', server_name: serverName }
    succeeded(await world.request(person, `${configPath(ref)}/draft/add`, { method: 'POST', body }))
  }
}

function addOverMcp(world: World, person: Person, ref: ProfileRef) {
  return async (serverName: string): Promise<void> => {
    const input = toInput(ref, { server_id: 'memory', server_name: serverName })
    const call = { name: 'add_server_to_config', arguments: input }
    const answer = await world.request(person, '/mcp', toMcpRequest('2026-07-28', 'tools/call', call))
    assert.notEqual(rpcResultOf(answer).isError, true, answer.text)
  }
}

function addOverStdio(server: StdioServer, ref: ProfileRef) {
  return async (serverName: string): Promise<void> => {
    const input = toInput(ref, { server_id: 'memory', server_name: serverName })
    await callTool(server, 'add_server_to_config', input)
  }
}

function succeeded({ status, text }: Answer): void {
  assert.equal(status, 200, text)
}
