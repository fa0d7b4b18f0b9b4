import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { Client as ClientV2 } from '@modelcontextprotocol/client'
import { StdioClientTransport as StdioClientTransportV2 } from '@modelcontextprotocol/client/stdio'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport as StdioClientTransportV1 } from '@modelcontextprotocol/sdk/client/stdio.js'
import { serveOverStdio } from '../../src/mcp/stdio.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { binPath, createSandbox, run, type Sandbox, start } from '../support/sandbox.ts'

const info = { name: 'test', version: '1' }
const artifactIdOfMemory = /^[0-9a-f]{64}$/

interface Caller {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>
  callTool(call: { readonly name: string; readonly arguments: Record<string, unknown> }): Promise<object>
  readResource(resource: { readonly uri: string }): Promise<object>
  close(): Promise<void>
}

/** Clients that users have: each lists the tools first, and so holds every answer against its output schema. */
const clients: Readonly<Record<string, (sandbox: Sandbox) => Promise<Caller>>> = {
  'a v1 client (2025-11-25)': async (sandbox) => {
    const client = new ClientV1(info)
    sandbox.atEnd(() => client.close())
    await client.connect(new StdioClientTransportV1(commandOf(sandbox)))
    return client as Caller
  },
  'a v2 client (2025-11-25)': async (sandbox) => {
    const client = new ClientV2(info)
    sandbox.atEnd(() => client.close())
    await client.connect(new StdioClientTransportV2(commandOf(sandbox)))
    assert.equal(client.getNegotiatedProtocolVersion(), '2025-11-25')
    return client
  },
  'a v2 client (2026-07-28)': async (sandbox) => {
    const client = new ClientV2(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    sandbox.atEnd(() => client.close())
    await client.connect(new StdioClientTransportV2(commandOf(sandbox)))
    assert.equal(client.getNegotiatedProtocolVersion(), '2026-07-28')
    return client
  },
}

for (const [name, connect] of Object.entries(clients)) {
  describe(`over stdio, ${name}`, () => {
    test('calls each of the ten tools with success, from an empty home to a deployed file', async (context) => {
      const sandbox = await createSandbox(context)
      const client = await connect(sandbox)
      const called = new Set<string>()
      const call = async (tool: string, given: Record<string, unknown> = {}) => {
        called.add(tool)
        return answerOf(await client.callTool({ name: tool, arguments: given }))
      }

      const { tools } = await client.listTools()
      await call('list_clients')
      await call('list_clients', { client_id: 'claude-desktop' })
      await call('list_available_servers', { search: 'memory' })
      await call('list_available_servers', { server_id: 'memory' })
      await call('initialize_keys')
      await call('add_server_to_config', { server_id: 'memory', params: '{}' })
      await call('add_server_to_config', { server_id: 'memory', server_name: 'second' })
      await call('remove_server_from_config', { server_name: 'second' })
      await call('get_config', { stage: 'draft' })
      assert.equal((await call('validate_config')).valid, true)
      const published = await call('publish_config', { changelog: 'Adds memory' })
      assert.match(String(published.artifact_id), artifactIdOfMemory)
      assert.equal((await call('get_config', { history: 5 })).artifact_id, published.artifact_id)
      const compared = await call('diff_config', { local_artifact_id: published.artifact_id })
      assert.equal(compared.status, 'up-to-date')
      await call('deploy_config', { dry_run: true })
      const { config_path } = await call('deploy_config')
      const { revision } = await call('get_config', { stage: 'draft' })
      await call('remove_server_from_config', { all: true, expected_revision: revision })

      const file = JSON.parse(await readFile(String(config_path), 'utf8'))
      assert.deepEqual(Object.keys(file.mcpServers), ['memory'])
      assert.ok(String(config_path).startsWith(sandbox.folder))
      assert.deepEqual([...called].toSorted(), tools.map((tool) => tool.name).toSorted())
    })

    test('is told of a failure with its code, and goes on', async (context) => {
      const client = await connect(await createSandbox(context))
      await client.listTools()
      for (const given of [{ client_id: 'emacs' }, { client_id: 5 }]) {
        const result = await client.callTool({ name: 'list_clients', arguments: given })
        assert.equal((result as { isError?: boolean }).isError, true)
        assert.match(JSON.stringify(result), /client_not_found|invalid_request/)
      }
      assert.equal(
        answerOf(await client.callTool({ name: 'list_clients', arguments: {} })).operation,
        'list_clients',
      )
    })

    test('reads a resource, and is told -32602 for one that is not there', async (context) => {
      const client = await connect(await createSandbox(context))
      assert.match(
        JSON.stringify(await client.readResource({ uri: 'capabilities://clients' })),
        /claude-desktop/,
      )
      await assert.rejects(client.readResource({ uri: 'config://cursor/default/latest' }), { code: -32602 })
    })
  })
}

describe('the stdio server', () => {
  test('says nothing on stdout but protocol, and answers everything piped in before it ends', async (context) => {
    const { code, stdout, stderr } = await run(await createSandbox(context), 'mcp-orchestration', [], {
      input: [
        {
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: info },
        },
        { method: 'notifications/initialized' },
        { id: 2, method: 'tools/call', params: { name: 'initialize_keys', arguments: {} } },
        { id: 3, method: 'tools/call', params: { name: 'list_available_servers', arguments: {} } },
        { id: 4, method: 'no/such/method' },
      ]
        .map((message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
        .join(''),
    })
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    assert.deepEqual(answers.map(({ id }) => id).toSorted(), [1, 2, 3, 4])
    assert.deepEqual(
      answers.map(({ jsonrpc }) => jsonrpc),
      ['2.0', '2.0', '2.0', '2.0'],
    )
    assert.equal(stderr, '')
    assert.equal(code, 0)
  })

  test('ends with 0 when the client closes stdin, though nothing was asked', async (context) => {
    const { code, stdout } = await run(await createSandbox(context), 'mcp-orchestration', [])
    assert.equal(code, 0)
    assert.equal(stdout, '')
  })

  test('survives lines that are no messages, and says so on stderr without repeating them', async (context) => {
    const ping = '{"jsonrpc":"2.0","id":7,"method":"ping"}\n'
    const { code, stdout, stderr } = await run(await createSandbox(context), 'mcp-orchestration', [], {
      input: `{"jsonrpc":"2.0"\n[]\n"hello"\nhunter2\n${ping}`,
    })
    assert.deepEqual(JSON.parse(stdout), { jsonrpc: '2.0', id: 7, result: {} })
    assert.match(
      stderr,
      /^(error: Trouble on the connection \(SyntaxError\)[^\n]*\n|error: Trouble[^\n]*\n)+$/,
    )
    assert.equal(stderr.includes('hunter2'), false)
    assert.equal(code, 0)
  })

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`ends with 0 on ${signal}`, async (context) => {
      const server = await startAndGreet(context)
      server.child.kill(signal)
      assert.deepEqual(
        { ...(await server.ended), stdout: '' },
        { code: 0, signal: null, stdout: '', stderr: '' },
      )
    })
  }

  test('answers what it was asked before a signal stops it', async (context) => {
    const server = await startAndGreet(context)
    const call = {
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'initialize_keys', arguments: {} },
    }
    server.child.stdin?.write(`${JSON.stringify(call)}\n{"jsonrpc":"2.0","id":3,"method":"ping"}\n`)
    await server.says(/"id":3/)
    server.child.kill('SIGTERM')
    const { code, stdout } = await server.ended
    assert.match(stdout, /"id":2/)
    assert.equal(code, 0)
  })

  test('gives up on a client that takes no answers', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    const stdin = new PassThrough()
    const stuck = new PassThrough({ highWaterMark: 1 })
    const server = serveOverStdio(orchestrator, { stdin, stdout: stuck, drainTimeoutMs: 50 })
    stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    await once(stuck, 'readable')
    await server.close()
    await server.closed
  })

  test('tells its owner of what is no message and of a fault, and the client neither', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    const reason = new Error('/home/priya/secret-place')
    const stdin = new PassThrough()
    const stdout = new PassThrough()
    const heard: unknown[] = []
    const server = serveOverStdio(
      { ...orchestrator, keys: { ...orchestrator.keys, initialize: () => Promise.reject(reason) } },
      {
        stdin,
        stdout,
        onFault: (error, what) => heard.push(error, what),
        onWireError: () => heard.push('wire'),
      },
    )
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'initialize_keys', arguments: {} },
    }
    stdin.end(`[]\n${JSON.stringify(call)}\n`)
    await server.closed
    assert.deepEqual(heard, ['wire', reason, 'initialize_keys'])
    stdout.end()
    const said = await text(stdout)
    assert.match(said, /internal_error/)
    assert.doesNotMatch(said, /secret-place/)
  })

  test('tells the reason of a fault on stderr, and its stack when debugging', async (context) => {
    const sandbox = await createSandbox(context)
    await mkdir(sandbox.home, { recursive: true })
    await writeFile(path.join(sandbox.home, 'keys'), 'not a folder')
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'initialize_keys', arguments: {} },
    }
    const input = `${JSON.stringify(call)}\n`
    const { stdout, stderr } = await run(sandbox, 'mcp-orchestration', [], { input })
    assert.match(stderr, /^initialize_keys: error: write_failed: [^\n]+\n$/)
    assert.equal(stdout.includes(sandbox.folder), false)
    const debugging = await run(sandbox, 'mcp-orchestration', ['--log-level', 'debug'], { input })
    assert.match(debugging.stderr, /\n {4}at /)
  })

  test('ends when nobody reads its answers any more', async (context) => {
    const server = await startAndGreet(context)
    server.child.stdout?.destroy()
    for (let id = 2; id < 50 && server.child.exitCode === null; id++) {
      server.child.stdin?.write(`{"jsonrpc":"2.0","id":${id},"method":"tools/list"}\n`)
    }
    assert.equal((await server.ended).code, 0)
  })

  test('listens on no port', { skip: process.platform !== 'linux' && 'needs /proc' }, async (context) => {
    const server = await startAndGreet(context)
    assert.deepEqual(await listeningSockets(server.child.pid ?? 0), [])
  })

  test('keeps a draft for the next process on the same home', async (context) => {
    const sandbox = await createSandbox(context)
    const [connect] = Object.values(clients)
    assert.ok(connect)
    const first = await connect(sandbox)
    await first.callTool({ name: 'add_server_to_config', arguments: { server_id: 'memory' } })
    await first.close()
    const second = await connect(sandbox)
    const draft = answerOf(await second.callTool({ name: 'get_config', arguments: { stage: 'draft' } }))
    assert.deepEqual(draft.servers, ['memory'])
  })
})

function commandOf({ env, folder }: Sandbox) {
  return {
    command: process.execPath,
    args: [binPath('mcp-orchestration')],
    env: { ...env },
    cwd: folder,
    stderr: 'inherit' as const,
  }
}

async function startAndGreet(context: TestContext) {
  const server = start(await createSandbox(context), 'mcp-orchestration', [])
  server.child.stdin?.on('error', () => {})
  server.child.stdin?.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
  await server.says(/"id":1/)
  return server
}

function answerOf(result: object): Record<string, unknown> {
  const { isError, structuredContent, content } = result as Record<string, unknown>
  assert.equal(isError ?? false, false, JSON.stringify(content))
  const [first] = content as readonly { readonly text: string }[]
  assert.deepEqual(JSON.parse(first?.text ?? ''), structuredContent)
  return structuredContent as Record<string, unknown>
}

/** The TCP sockets of a process in the state LISTEN (0A), as the kernel tells them. */
async function listeningSockets(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(path.join(folder, fd)).catch(() => '')),
  )
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')),
  )
  return tables
    .flatMap((table) => table.trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && links.includes(`socket:[${inode}]`))
    .map(([, address = '']) => address)
}
