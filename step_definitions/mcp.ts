import assert from 'node:assert/strict'
import { type DataTable, defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef, Scope } from '../src/index.ts'
import type { Request } from './support/http.ts'
import { accepted, rpcAnswerOf, rpcResultOf, toMcpRequest } from './support/mcp.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

const latest = '2026-07-28'
const ping = { jsonrpc: '2.0', id: 1, method: 'ping' }

/** What an agent sends that it shouldn't, by what is wrong with it. */
const badMessages: Readonly<Record<string, Request>> = {
  'a message that breaks off in the middle': post('{"jsonrpc": "2.0", "id": 1'),
  'a message that is no JSON-RPC': post({ do: 'something' }),
  'a batch of the revision "2025-11-25"': post([ping], { 'mcp-protocol-version': '2025-11-25' }),
  'an empty batch': post([]),
  'a call whose headers name another tool': addMemory({ 'mcp-name': 'list_clients' }),
  'a call of a revision that does not exist': toMcpRequest('2027-01-01', 'tools/list'),
  'a call in a session that was never opened': post(ping, { 'mcp-session-id': 'never-opened' }),
  'a call with 5 MB of arguments': toMcpRequest(latest, 'tools/call', {
    name: 'add_server_to_config',
    arguments: { server_id: 'x'.repeat(5e6) },
  }),
  'a call as plain text': addMemory({ 'content-type': 'text/plain' }),
  'a method that does not exist': toMcpRequest(latest, 'servers/start'),
}

defineParameterType({
  name: 'badMessage',
  regexp: Object.keys(badMessages).join('|'),
  transformer: (what): Request | undefined => badMessages[what],
})

Given<World>('{person} holds a token for the scope {string}', async function (person: Person, scope: string) {
  const { token } = await this.orchestrator.tokens.generate({ name: person, scopes: [scope as Scope] })
  this.credentials.set(person, { authorization: `Bearer ${token}` })
})

When<World>("{person}'s agent lists the tools", async function (person: Person) {
  await this.ask(person, '/mcp', toMcpRequest(latest, 'tools/list'))
})

When<World>(
  "{person}'s agent calls remove_server_from_config with {string} of {profile}",
  async function (person: Person, serverName: string, { clientId, profileId }: ProfileRef) {
    const input = { client_id: clientId, profile_id: profileId, server_name: serverName }
    const call = { name: 'remove_server_from_config', arguments: input }
    await this.ask(person, '/mcp', toMcpRequest(latest, 'tools/call', call))
  },
)

When<World>(
  "{person}'s agent of the revision {string} adds {string} to the draft of {profile}",
  async function (person: Person, revision: string, serverId: string, { clientId, profileId }: ProfileRef) {
    const input = { client_id: clientId, profile_id: profileId, server_id: serverId }
    const call = { name: 'add_server_to_config', arguments: input }
    await this.ask(person, '/mcp', toMcpRequest(revision, 'tools/call', call))
  },
)

When<World>(
  "{person}'s agent of the revision {string} sends two pings in one batch",
  async function (person: Person, revision: string) {
    const batch = [ping, { ...ping, id: 2 }]
    await this.ask(person, '/mcp', post(batch, { 'mcp-protocol-version': revision }))
  },
)

When<World>("{person}'s agent sends {badMessage}", async function (person: Person, message: Request) {
  await this.ask(person, '/mcp', message)
})

When<World>("Mallory's page at {string} lists the tools with Priya's token", async function (origin: string) {
  await this.ask('Priya', '/mcp', withHeaders(toMcpRequest(latest, 'tools/list'), { origin }))
})

When<World>("Mallory's page lists the tools under the name {string}", async function (host: string) {
  const { port } = new URL(this.url)
  const headers = { host: `${host}:${port}`, origin: `http://${host}:${port}` }
  await this.ask('Priya', '/mcp', withHeaders(toMcpRequest(latest, 'tools/list'), headers))
})

When<World>("{person}'s page at {string} lists the tools", async function (person: Person, origin: string) {
  await this.ask(person, '/mcp', withHeaders(toMcpRequest(latest, 'tools/list'), { origin }))
})

Then<World>('it is offered these tools alone:', function (table: DataTable) {
  const { tools } = rpcResultOf(this.answer()) as { tools: readonly { name: string }[] }
  const expected = table.raw().map(([name]) => name)
  assert.deepEqual(tools.map(({ name }) => name).toSorted(), expected.toSorted())
})

Then<World>('the tool answers {string}', function (status: string) {
  const { structuredContent } = rpcResultOf(this.answer()) as { structuredContent?: { status: string } }
  assert.equal(structuredContent?.status, status, this.answer().text)
})

Then<World>('the tool fails for {reason}', function (reason: Reason) {
  const { isError, _meta } = rpcResultOf(this.answer()) as { isError?: boolean; _meta?: Meta }
  assert.equal(isError, true)
  assert.equal(_meta?.['mcp-orchestration/problem'].code, reason.code)
})

Then<World>('both are answered in one batch', function () {
  const answers = JSON.parse(this.answer().text)
  assert.deepEqual(answers, [
    { jsonrpc: '2.0', id: 1, result: {} },
    { jsonrpc: '2.0', id: 2, result: {} },
  ])
})

Then<World>('MCP refuses it with {int} and the code {int}', function (status: number, code: number) {
  const answer = this.answer()
  assert.equal(answer.status, status, answer.text)
  assert.equal(rpcAnswerOf(answer).error?.code, code, answer.text)
})

interface Meta {
  readonly 'mcp-orchestration/problem': { readonly code: string }
}

function addMemory(headers: Readonly<Record<string, string>>): Request {
  const call = { name: 'add_server_to_config', arguments: { server_id: 'memory' } }
  return withHeaders(toMcpRequest(latest, 'tools/call', call), headers)
}

function post(body: object | string, headers: Readonly<Record<string, string>> = {}): Request {
  return { method: 'POST', headers: { ...accepted, ...headers }, body }
}

function withHeaders(request: Request, headers: Readonly<Record<string, string>>): Request {
  return { ...request, headers: { ...request.headers, ...headers } }
}
