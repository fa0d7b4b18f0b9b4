import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { clients, getClient, toClient, toClientEntry, transportSupport } from '../../src/clients/client.ts'
import { clientTable } from '../../src/clients/client-table.ts'
import type { RemoteEntry, StdioEntry } from '../../src/vocabulary.ts'
import { isId } from '../../src/vocabulary.ts'

const stdio: StdioEntry = { type: 'stdio', command: 'npx', args: ['-y', 'server'], env: { KEY: 'value' } }
const http: RemoteEntry = {
  type: 'streamable-http',
  url: 'https://mcp.example/mcp',
  headers: { 'X-Key': 'value' },
}
const sse: RemoteEntry = { ...http, type: 'sse' }
const bare: StdioEntry = { type: 'stdio', command: 'uvx', args: [], env: {} }

describe('The clients', () => {
  test('are in the order of their ids, each of which is one', () => {
    const ids = clients.map((client) => client.clientId)
    assert.deepEqual(ids, [...new Set(ids)].sort())
    assert.ok(ids.every(isId))
    assert.ok(ids.length >= 12)
  })

  test('use several root keys', () => {
    const keys = new Set(clients.map((client) => client.rootKey))
    assert.deepEqual([...keys].sort(), ['amp.mcpServers', 'context_servers', 'mcp', 'mcpServers', 'servers'])
  })

  test('all start processes, and their transports are those with a shape', () => {
    for (const client of clients) assert.equal(client.transports[0], 'stdio')
    assert.deepEqual(getClient('claude-desktop').transports, ['stdio'])
    assert.deepEqual(getClient('zed').transports, ['stdio', 'streamable-http'])
    assert.deepEqual(getClient('vscode').transports, ['stdio', 'streamable-http', 'sse'])
  })

  test('one that is not in the table is not found, and the sentence says where to see them', () => {
    for (const id of ['nope', '', '__proto__', 'constructor', 'Cursor', '../cursor']) {
      assert.throws(() => getClient(id), {
        code: 'client_not_found',
        message: `There is no client "${id}". Use list_clients to see them.`,
      })
    }
  })
})

describe('A transport comes to a client', () => {
  test('natively, wrapped where it speaks no remote one at all, or not', () => {
    assert.equal(transportSupport(getClient('cursor'), 'sse'), 'native')
    assert.equal(transportSupport(getClient('claude-desktop'), 'sse'), 'wrapped')
    assert.equal(transportSupport(getClient('claude-desktop'), 'stdio'), 'native')
    assert.equal(transportSupport(getClient('zed'), 'sse'), 'none')
  })

  test('or is refused, naming what the client does speak', () => {
    const expected = {
      code: 'validation_failed',
      message: /^Zed doesn't speak sse\. .* stdio or streamable-http\.$/,
    }
    assert.throws(() => toClientEntry(getClient('zed'), sse), expected)
  })
})

describe('A server that the client starts is written down as', () => {
  const plain = { command: 'npx', args: ['-y', 'server'], env: { KEY: 'value' } }
  const expected: Readonly<Record<string, object>> = {
    amp: plain,
    'claude-code': { type: 'stdio', ...plain },
    'claude-desktop': plain,
    cline: { type: 'stdio', ...plain },
    'copilot-cli': { type: 'local', ...plain, tools: ['*'] },
    crush: { type: 'stdio', ...plain },
    cursor: { type: 'stdio', ...plain },
    'gemini-cli': plain,
    junie: plain,
    'kilo-code': { type: 'local', command: ['npx', '-y', 'server'], environment: { KEY: 'value' } },
    kiro: plain,
    'lm-studio': plain,
    opencode: { type: 'local', command: ['npx', '-y', 'server'], environment: { KEY: 'value' } },
    'roo-code': { type: 'stdio', ...plain },
    vscode: { type: 'stdio', ...plain },
    'vscode-insiders': { type: 'stdio', ...plain },
    windsurf: plain,
    zed: plain,
  }

  for (const client of clients) {
    test(client.displayName, () => assert.deepEqual(toClientEntry(client, stdio), expected[client.clientId]))
  }

  test('no empty environment', () => {
    assert.deepEqual(toClientEntry(getClient('cursor'), bare), { type: 'stdio', command: 'uvx', args: [] })
    assert.deepEqual(toClientEntry(getClient('opencode'), bare), { type: 'local', command: ['uvx'] })
  })
})

describe('A server that the client reaches by URL is written down as', () => {
  const rest = { headers: { 'X-Key': 'value' } }
  const url = 'https://mcp.example/mcp'
  const expected: Readonly<Record<string, readonly [object, object?]>> = {
    amp: [{ url, ...rest }],
    'claude-code': [
      { type: 'http', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    cline: [
      { type: 'streamableHttp', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    'copilot-cli': [
      { type: 'http', url, ...rest, tools: ['*'] },
      { type: 'sse', url, ...rest, tools: ['*'] },
    ],
    crush: [
      { type: 'http', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    cursor: [
      { url, ...rest },
      { url, ...rest },
    ],
    'gemini-cli': [
      { httpUrl: url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    junie: [{ url, ...rest }],
    'kilo-code': [{ type: 'remote', url, ...rest }],
    kiro: [
      { url, ...rest },
      { url, ...rest },
    ],
    'lm-studio': [
      { url, ...rest },
      { url, ...rest },
    ],
    opencode: [{ type: 'remote', url, ...rest }],
    'roo-code': [
      { type: 'streamable-http', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    vscode: [
      { type: 'http', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    'vscode-insiders': [
      { type: 'http', url, ...rest },
      { type: 'sse', url, ...rest },
    ],
    windsurf: [
      { serverUrl: url, ...rest },
      { serverUrl: url, ...rest },
    ],
    zed: [{ url, ...rest }],
  }

  for (const client of clients.filter((each) => each.transports.length > 1)) {
    test(client.displayName, () => {
      const [overHttp, overSse] = expected[client.clientId] ?? []
      assert.deepEqual(toClientEntry(client, http), overHttp)
      assert.equal(client.transports.includes('sse'), overSse !== undefined)
      if (overSse) assert.deepEqual(toClientEntry(client, sse), overSse)
    })
  }

  test('no empty headers', () => {
    assert.deepEqual(toClientEntry(getClient('cursor'), { ...http, headers: {} }), { url })
  })
})

describe('Values', () => {
  test('are literal to Crush, too, which would expand them and run what is in $(…)', () => {
    const entry: StdioEntry = {
      type: 'stdio',
      command: 'x',
      args: ['$(touch /tmp/x)', '`id`'],
      env: { PASSWORD: 'a$b\\"c' },
    }
    assert.deepEqual(toClientEntry(getClient('crush'), entry), {
      type: 'stdio',
      command: 'x',
      args: ['\\$(touch /tmp/x)', '\\`id\\`'],
      env: { PASSWORD: 'a\\$b\\\\"c' },
    })
    assert.deepEqual(toClientEntry(getClient('cursor'), entry), { ...entry, type: 'stdio' })
  })

  test('that are no text survive the escaping', () => {
    const [row] = clientTable.filter(({ clientId }) => clientId === 'crush')
    assert.ok(row)
    const fixed = { timeout: 10, on: true, none: null, deep: { list: ['$'] } }
    const client = toClient({ ...row, shapes: { stdio: { ...row.shapes.stdio, fixed } } })
    assert.deepEqual(toClientEntry(client, bare), {
      type: 'stdio',
      command: 'uvx',
      args: [],
      ...fixed,
      deep: { list: ['\\$'] },
    })
  })

  test('are copies: an entry of the payload is never handed out', () => {
    const entry = toClientEntry(getClient('cursor'), stdio)
    assert.notEqual(entry.args, stdio.args)
    assert.notEqual(entry.env, stdio.env)
  })
})
