import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type ServedMcp, serveMcp } from './served-mcp.ts'
import { assertUsable, type Caller, impatient, type ToolAnswer } from './use.ts'

describe("the SDK's v1 client, which most clients are built with", () => {
  test('lists and calls the tools with a token', async (context) => {
    const served = await serveMcp(context)
    await assertUsable(await connect(context, served, await served.createToken()))
    assert.deepEqual(revisionsOf(served), new Set([undefined, '2025-11-25']))
  })

  test('sees with a read-only token only what that may do, and is refused the rest', async (context) => {
    const served = await serveMcp(context)
    const client = await connect(context, served, await served.createToken(['read']))
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['list_clients', 'list_available_servers', 'get_config', 'diff_config', 'validate_config'],
    )
    const refused = await client.callTool({ name: 'publish_config', arguments: {} })
    assert.equal(problemOf(refused).code, 'insufficient_scope')
  })

  test('fails at once without a token, and with a wrong one', impatient, async (context) => {
    const served = await serveMcp(context)
    for (const token of [undefined, 'x'.repeat(43)])
      await assert.rejects(connect(context, served, token), { code: 401 })
    assert.deepEqual(
      served.seen.map(({ line, status }) => `${line} ${status}`),
      ['POST /mcp 401', 'POST /mcp 401'],
    )
  })
})

async function connect(context: TestContext, { url }: ServedMcp, token?: string): Promise<Caller> {
  const client = new Client({ name: 'test', version: '1' })
  const requestInit = token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }
  context.after(() => client.close())
  // The SDK's own types don't agree under exactOptionalPropertyTypes.
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }) as Transport)
  return client as Caller
}

function revisionsOf({ seen }: ServedMcp): ReadonlySet<string | undefined> {
  return new Set(seen.map(({ revision }) => revision))
}

function problemOf(answer: object): { readonly code?: string } {
  const { isError, _meta } = answer as ToolAnswer
  assert.equal(isError, true)
  return Object(_meta?.['mcp-orchestration/problem'])
}
