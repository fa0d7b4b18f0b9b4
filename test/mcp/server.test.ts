import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { describe, type TestContext, test } from 'node:test'
import { Client } from '@modelcontextprotocol/client'
import { InMemoryTransport } from '@modelcontextprotocol/server'
import { createMcpServer } from '../../src/mcp/server.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import { version } from '../../src/version.ts'
import { type Scope, scopes } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const ref = { clientId: 'claude-desktop', profileId: 'default' }

describe('the MCP server', () => {
  test('introduces itself with its version and how to go about a change', async (context) => {
    const { client } = await connect(context)
    assert.equal(client.getServerVersion()?.version, version)
    assert.match(client.getInstructions() ?? '', /validate_config → publish_config/)
  })

  test('lists to a principal only the tools that its scopes open', async (context) => {
    const { client } = await connect(context, ['read'])
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name }) => name),
      ['list_clients', 'list_available_servers', 'get_config', 'diff_config', 'validate_config'],
    )
  })

  test('lists every tool to admin, which implies all', async (context) => {
    const { client } = await connect(context, ['admin'])
    assert.equal((await client.listTools()).tools.length, 10)
  })

  test('answers an unknown tool with a protocol error that names the tools', async (context) => {
    const { client } = await connect(context)
    for (const name of ['drop_database', '__proto__', 'x'.repeat(5_000)]) {
      await assert.rejects(client.callTool({ name, arguments: {} }), (error: Error & { code?: number }) => {
        assert.equal(error.code, -32602)
        assert.match(error.message, /Unknown tool: .*The tools are list_clients, /)
        return error.message.length < 500
      })
    }
  })

  test('takes a call without arguments as one with none', async (context) => {
    const { client } = await connect(context)
    const { structuredContent } = await client.callTool({ name: 'list_clients' })
    assert.equal((structuredContent as { operation?: string }).operation, 'list_clients')
  })
})

describe('its resources', () => {
  test('are three, and four families', async (context) => {
    const { client } = await connect(context)
    const { resources } = await client.listResources()
    const { resourceTemplates } = await client.listResourceTemplates()
    assert.deepEqual(
      resources.map(({ uri }) => uri),
      ['catalogue://servers', 'capabilities://server', 'capabilities://clients'],
    )
    assert.deepEqual(
      resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      [
        'config://{client_id}/{profile_id}/draft',
        'config://{client_id}/{profile_id}/latest',
        'config://{client_id}/{profile_id}/deployed',
        'catalogue://servers/{server_id}',
      ],
    )
  })

  test('are hidden from, and refused to, a principal without the scope read', async (context) => {
    const { client } = await connect(context, ['write'])
    assert.deepEqual((await client.listResources()).resources, [])
    assert.deepEqual((await client.listResourceTemplates()).resourceTemplates, [])
    await assert.rejects(client.readResource({ uri: 'capabilities://clients' }), { code: -32600 })
  })

  test('are refused without the scope read whatever they are about', async (context) => {
    const { client } = await connect(context, ['publish'])
    for (const uri of ['capabilities://server', 'catalogue://servers', 'catalogue://servers/memory'])
      await assert.rejects(client.readResource({ uri }), { code: -32600, message: /needs the scope "read"/ })
  })

  test('name among the tools only those that the scopes open', async (context) => {
    const { client, read } = await connect(context, ['read'])
    const { tools } = await read('capabilities://server')
    const listed = (await client.listTools()).tools.map(({ name }) => name)
    assert.deepEqual(
      (tools as readonly { readonly name: string }[]).map(({ name }) => name),
      listed,
    )
  })

  test('show the draft, the latest release and what is deployed, edited by hand or not', async (context) => {
    const { client, orchestrator, read } = await connect(context)
    await orchestrator.keys.initialize()
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    const { release } = await orchestrator.releases.publish(ref)
    await orchestrator.drafts.add(ref, { serverId: 'filesystem', params: { path: '/srv/notes' } })
    await client.callTool({ name: 'deploy_config', arguments: {} })

    const draft = await read('config://claude-desktop/default/draft')
    assert.deepEqual(draft.servers, ['memory', 'filesystem'])
    const latest = await read('config://claude-desktop/default/latest')
    assert.equal(latest.artifact_id, release.artifactId)
    const deployed = await read('config://claude-desktop/default/deployed')
    assert.equal(deployed.artifact_id, release.artifactId)
    assert.equal(deployed.file_state, 'in_sync')
    assert.equal(deployed.profile_id, 'default')
    assert.deepEqual(deployed.payload, release.payload)

    await writeFile(String(deployed.config_path), '{"mcpServers": {"memory": {"command": "mine"}}}')
    assert.equal((await read('config://claude-desktop/default/deployed')).file_state, 'edited')
  })

  test('find a deployment however many profiles come before it', async (context) => {
    const { client, orchestrator, read } = await connect(context)
    const last = { client_id: 'cursor', profile_id: 'z' }
    for (let number = 0; number < 101; number++) {
      await orchestrator.drafts.add({ clientId: 'cursor', profileId: `p${number}` }, { serverId: 'memory' })
    }
    for (const name of ['initialize_keys', 'add_server_to_config', 'publish_config', 'deploy_config']) {
      const given =
        { initialize_keys: {}, add_server_to_config: { ...last, server_id: 'memory' } }[name] ?? last
      await client.callTool({ name, arguments: given })
    }
    assert.equal((await read('config://cursor/z/deployed')).sequence, 1)
  })

  test('hold the whole catalogue, and one server as describe_server gives it', async (context) => {
    const { client, orchestrator, read } = await connect(context)
    const known = await orchestrator.catalogue.list()
    const catalogue = await read('catalogue://servers')
    assert.equal(catalogue.count, known.length)
    const described = await client.callTool({
      name: 'list_available_servers',
      arguments: { server_id: 'memory' },
    })
    const { operation: _, ...server } = described.structuredContent as Record<string, unknown>
    assert.deepEqual(await read('catalogue://servers/memory'), server)
  })

  test('say what the server and the clients can do', async (context) => {
    const { read } = await connect(context)
    const { tools, ...server } = await read('capabilities://server')
    assert.equal(server.version, version)
    assert.equal((tools as unknown[]).length, 10)
    assert.ok(((await read('capabilities://clients')).clients as unknown[]).length >= 8)
  })

  for (const uri of [
    'config://emacs/default/draft',
    'config://cursor/default/latest',
    'config://cursor/default/deployed',
    'catalogue://servers/no-such-server',
    'config://cursor/default/draft/',
    'config://cursor/../default/draft',
    'config://cursor/%2e%2e/draft',
    'config://cursor/default/draft\n',
    'config://Cursor/default/draft',
    'CATALOGUE://servers',
    'catalogue://servers?limit=1',
    'file:///etc/passwd',
    '',
  ]) {
    test(`are not found under ${JSON.stringify(uri)}`, async (context) => {
      const { client } = await connect(context)
      await assert.rejects(
        client.readResource({ uri }),
        (error: Error & { code?: number; data?: unknown }) => {
          assert.equal(error.code, -32602)
          assert.deepEqual(error.data, { uri })
          return true
        },
      )
    })
  }

  test('that fail for a fault of ours tell the caller nothing of the reason', async (context) => {
    const faults: unknown[] = []
    const reason = new Error('EACCES: /home/priya/secret-place')
    const broken = (orchestrator: Orchestrator): Orchestrator => ({
      ...orchestrator,
      drafts: { ...orchestrator.drafts, view: () => Promise.reject(reason) },
    })
    const { client } = await connect(context, scopes, { faults, wrap: broken })
    await assert.rejects(
      client.readResource({ uri: 'config://cursor/default/draft' }),
      (error: Error & { code?: number }) => {
        assert.equal(error.code, -32603)
        return !JSON.stringify({ ...error, message: error.message }).includes('secret-place')
      },
    )
    assert.deepEqual(faults, [reason])
  })
})

interface Arrangement {
  readonly faults?: unknown[]
  readonly wrap?: (orchestrator: Orchestrator) => Orchestrator
}

async function connect(
  context: TestContext,
  allowed: readonly Scope[] = scopes,
  arrangement: Arrangement = {},
) {
  const orchestrator = await createTestOrchestrator(context)
  const { faults, wrap = (same) => same } = arrangement
  const server = createMcpServer({
    orchestrator: wrap(orchestrator),
    principal: { id: 'tok_0123456789abcdef', scopes: allowed },
    ...(faults && { onFault: (error) => faults.push(error) }),
  })
  const client = new Client({ name: 'test', version: '1' })
  const [ours, theirs] = InMemoryTransport.createLinkedPair()
  await server.connect(ours)
  await client.connect(theirs)
  context.after(() => client.close())
  const read = async (uri: string): Promise<Record<string, unknown>> => {
    const { contents } = await client.readResource({ uri })
    const [first] = contents
    assert.equal(first?.mimeType, 'application/json')
    assert.ok(first && 'text' in first)
    return JSON.parse(first.text)
  }
  return { client, orchestrator, read }
}
