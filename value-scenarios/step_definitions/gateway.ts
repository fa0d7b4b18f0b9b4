import assert from 'node:assert/strict'
import path from 'node:path'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { JsonObject } from '../../src/index.ts'
import { toolsByEntry } from '../support/clients/entry-clients.ts'
import { type Gateway, installMcpHub, startGateway } from '../support/clients/gateway.ts'
import { addNpx } from '../support/clients/programs-on-path.ts'
import { type ServedProduct, serveProduct } from '../support/clients/served-product.ts'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

interface GatewayWorld extends World {
  product: ServedProduct
  /** What the gateway holds. */
  credential: { readonly id: string; readonly token: string }
  gateway: Gateway
  offered: readonly string[]
  answer: ToolAnswer
}

interface ToolAnswer {
  readonly isError?: boolean
  readonly content: readonly { readonly text?: string }[]
  readonly structuredContent?: JsonObject
  readonly _meta?: Readonly<Record<string, JsonObject>>
}

Given<World>("{person} has the product's commands, mcp-hub and mcp-remote", async function (person: Person) {
  const { root, home } = await this.setStage(person)
  const bin = path.join(root, 'bin')
  await installMcpHub({ bin, home })
  await addNpx(bin)
})

Given<GatewayWorld>("Omar's gateway has the product and a clock behind it", async function () {
  this.product = await serveProduct(this.stops)
  this.credential = await this.product.createToken('gateway', ['read', 'write'])
  this.gateway = await startGateway(this.product, { token: this.credential.token, stops: this.stops })
})

Given<GatewayWorld>('{person} has added {string} through it', async function (_person: Person, id: string) {
  const { isError } = await add(this, id)
  assert.notEqual(isError, true)
})

When<GatewayWorld>('{person} adds {string} through it', async function (_person: Person, id: string) {
  this.answer = await add(this, id)
})

When<GatewayWorld>('{person} lists the tools of the gateway', async function (_person: Person) {
  const { tools } = await this.gateway.client.listTools()
  this.offered = tools.map(({ name }) => name)
})

When<GatewayWorld>("{person} revokes the gateway's token", async function (_person: Person) {
  await this.product.orchestrator.tokens.revoke(this.credential.id)
})

When<GatewayWorld>("{person} restarts the product's server", async function (_person: Person) {
  await this.product.restart()
})

Then<GatewayWorld>('these are offered:', function (table: DataTable) {
  assert.deepEqual([...this.offered].sort(), table.raw().flat().sort())
})

Then<GatewayWorld>('the refusal comes through with the code {string}', function (code: string) {
  const { isError, content, structuredContent, _meta } = this.answer
  assert.deepEqual({ isError, structuredContent }, { isError: true, structuredContent: undefined })
  assert.equal(JSON.parse(content[0]?.text ?? '').code, code)
  assert.equal(_meta?.['mcp-orchestration/problem']?.code, code)
})

Then<GatewayWorld>('the answer comes through with its data', function () {
  assert.equal(this.answer.structuredContent?.status, 'added')
  assert.deepEqual(JSON.parse(this.answer.content[0]?.text ?? ''), this.answer.structuredContent)
})

Then<GatewayWorld>('the draft of cursor over HTTP holds {string}', async function (server: string) {
  const headers = { authorization: `Bearer ${this.credential.token}` }
  const answer = await fetch(`${this.product.origin}/v1/config/cursor/default/draft`, { headers })
  const { servers } = (await answer.json()) as { readonly servers: readonly string[] }
  assert.deepEqual(servers, [server])
})

Then<GatewayWorld>("the audit log says that the gateway's token did it, over MCP", async function () {
  const { entries } = await this.product.orchestrator.audit.read()
  const { principal, door, operation } = entries.at(-1) ?? {}
  const expected = { principal: this.credential.id, door: 'mcp', operation: 'add_server_to_config' }
  assert.deepEqual({ principal, door, operation }, expected)
})

Then<GatewayWorld>('no call to the product gets through any more', async function () {
  const { isError, structuredContent } = await call(this, 'orchestration__list_clients', {})
  assert.deepEqual({ isError, structuredContent }, { isError: true, structuredContent: undefined })
})

Then<GatewayWorld>('the next call to the product gets through', async function () {
  const { structuredContent } = await call(this, 'orchestration__list_clients', { client_id: 'cursor' })
  assert.equal(structuredContent?.operation, 'list_profiles')
})

Then<GatewayWorld>('the clock still answers', async function () {
  const { content } = await call(this, 'clock__now', {})
  assert.ok(!Number.isNaN(Date.parse(content[0]?.text ?? '')))
})

Then<World>('its entry for Claude Desktop leads to the tools of both servers', async function () {
  const { text } = await this.guideRun.fileAt('.config/Claude/claude_desktop_config.json')
  const { mcpServers } = JSON.parse(text) as { readonly mcpServers: Readonly<Record<string, JsonObject>> }
  const place = { home: this.stage.home, bin: path.join(this.stage.root, 'bin') }
  const [offered = []] = await toolsByEntry(mcpServers.hub ?? {}, place)
  assert.ok(offered.includes('orchestration__get_config') && offered.includes('clock__now'), `${offered}`)
  // It was the gateway that started it.
  await this.guideRun.fileAt('clock.mjs')
})

function add(world: GatewayWorld, server_id: string): Promise<ToolAnswer> {
  return call(world, 'orchestration__add_server_to_config', { client_id: 'cursor', server_id })
}

async function call(
  { gateway }: GatewayWorld,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<ToolAnswer> {
  return (await gateway.client.callTool({ name, arguments: args })) as ToolAnswer
}
