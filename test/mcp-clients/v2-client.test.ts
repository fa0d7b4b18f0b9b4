import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import {
  Client,
  StreamableHTTPClientTransport,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import { type ServedMcp, serveMcp } from './served-mcp.ts'
import { assertUsable, impatient } from './use.ts'

const modes: readonly (readonly [name: string, mode: VersionNegotiationMode, revision: string])[] = [
  ['that speaks the 2025 revisions', 'legacy', '2025-11-25'],
  ['that finds out what the server speaks', 'auto', '2026-07-28'],
  ['that insists on 2026-07-28', { pin: '2026-07-28' }, '2026-07-28'],
]

for (const [name, mode, revision] of modes) {
  describe(`the SDK's v2 client ${name}`, () => {
    test('lists and calls the tools with a token', async (context) => {
      const served = await serveMcp(context)
      const client = await connect(context, served, mode, await served.createToken())
      assert.equal(client.getNegotiatedProtocolVersion(), revision)
      await assertUsable(client)
    })

    test('fails at once without a token, and with a wrong one', impatient, async (context) => {
      const served = await serveMcp(context)
      for (const token of [undefined, 'x'.repeat(43)])
        await assert.rejects(connect(context, served, mode, token), { status: 401 })
      assert.deepEqual(
        served.seen.map(({ line, status }) => `${line} ${status}`),
        ['POST /mcp 401', 'POST /mcp 401'],
      )
    })
  })
}

async function connect(
  context: TestContext,
  { url }: ServedMcp,
  mode: VersionNegotiationMode,
  token?: string,
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } })
  const requestInit = token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }
  context.after(() => client.close())
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }))
  return client
}
