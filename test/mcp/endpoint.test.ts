import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { InMemoryServerEventBus, type McpServerFactory } from '@modelcontextprotocol/server'
import { createMcpEndpoint, type McpEndpoint } from '../../src/mcp/endpoint.ts'
import { createMcpServer } from '../../src/mcp/server.ts'
import { createServerFactory } from '../../src/mcp/server-factory.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { createHostServer } from './host-server.ts'

const envelope = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'a-test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
}
const initialize = toRequest('initialize', {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'a-test', version: '1' },
})
const modernPing = toRequest('tools/list', { _meta: envelope })
const modernHeaders = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' }
const notification = { jsonrpc: '2.0', method: 'notifications/initialized' }
const unknownSession = { 'mcp-session-id': 'unknown' }

interface Case {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** Status and code of the error, if it is one, with sessions and without. */
  readonly withSessions: readonly [number, number?]
  readonly without?: readonly [number, number?] | 'never asked'
}

const cases: Readonly<Record<string, Case>> = {
  'a handshake': { body: initialize, withSessions: [200] },
  'a request of 2026-07-28': { body: modernPing, headers: modernHeaders, withSessions: [200] },
  'a request of 2026-07-28 with a session': {
    body: modernPing,
    headers: { ...modernHeaders, ...unknownSession },
    withSessions: [200],
  },
  'a request of 2026-07-28 without its headers': { body: modernPing, withSessions: [400, -32_020] },
  'a request that claims a revision yet to come': {
    body: toRequest('tools/list', {
      _meta: { ...envelope, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' },
    }),
    headers: { ...modernHeaders, 'mcp-protocol-version': '2099-01-01' },
    withSessions: [400, -32_022],
  },
  'a request whose header alone is of 2026-07-28': {
    body: toRequest('tools/list', {}),
    headers: modernHeaders,
    withSessions: [400, -32_602],
  },
  'a request of 2025 without a session': {
    body: toRequest('tools/list', {}),
    withSessions: [400, -32_000],
    without: [200],
  },
  'a request of an unknown session': {
    body: toRequest('tools/list', {}),
    headers: unknownSession,
    withSessions: [404, -32_001],
  },
  'a notification without a session': { body: notification, withSessions: [400, -32_000], without: [202] },
  'a notification of 2026-07-28': {
    body: notification,
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'notifications/initialized' },
    withSessions: [202],
  },
  'a response without a session': {
    body: { jsonrpc: '2.0', id: 1, result: {} },
    withSessions: [400, -32_000],
    without: [202],
  },
  'a batch without a session': {
    body: [toRequest('ping', {})],
    withSessions: [400, -32_000],
    without: [200],
  },
  'a batch in a revision without them': {
    body: [toRequest('ping', {})],
    headers: { 'mcp-protocol-version': '2025-06-18' },
    withSessions: [400, -32_000],
    without: [400, -32_600],
  },
  'an empty batch': { body: [], withSessions: [400, -32_600] },
  'a batch with a request of 2026-07-28': { body: [modernPing], withSessions: [400, -32_600] },
  'nothing at all': { body: undefined, withSessions: [400, -32_700] },
  null: { body: null, withSessions: [400, -32_600] },
  GET: { method: 'GET', withSessions: [400, -32_000], without: 'never asked' },
  DELETE: { method: 'DELETE', withSessions: [400, -32_000], without: 'never asked' },
  'GET of 2025-11-25 with an unknown session': {
    method: 'GET',
    headers: { ...unknownSession, 'mcp-protocol-version': '2025-11-25' },
    withSessions: [404, -32_001],
  },
  'GET of 2026-07-28': { method: 'GET', headers: modernHeaders, withSessions: [405, -32_000] },
  'GET of a revision yet to come': {
    method: 'GET',
    headers: { 'mcp-protocol-version': '2099-01-01' },
    withSessions: [405, -32_000],
  },
  'DELETE of 2026-07-28 with a session': {
    method: 'DELETE',
    headers: { ...modernHeaders, ...unknownSession },
    withSessions: [405, -32_000],
  },
}

for (const hasSessions of [true, false])
  describe(`an endpoint ${hasSessions ? 'with' : 'without'} sessions answers`, () => {
    for (const [name, { withSessions, without = withSessions, ...given }] of Object.entries(cases)) {
      const expected = hasSessions ? withSessions : without
      if (expected === 'never asked') continue
      test(name, async (t) => {
        const { ask } = open(t, { hasSessions })
        const [status, code] = expected
        const response = await ask(given)
        const text = await response.text()
        const error = text.startsWith('{') ? JSON.parse(text).error : undefined
        assert.deepEqual([response.status, error?.code], [status, code], text)
      })
    }
  })

describe('a factory that throws', () => {
  for (const hasSessions of [true, false]) {
    test(`fails a handshake ${hasSessions ? 'with' : 'without'} sessions, for HTTP to answer and to log`, async (t) => {
      const { ask, faults } = open(t, { hasSessions, factory: failing })
      await assert.rejects(ask({ body: initialize }), { message: 'the inmost reason' })
      assert.deepEqual(faults, [])
    })

    test(`is told of where the SDK answers ${hasSessions ? 'with' : 'without'} sessions, and the caller learns no more`, async (t) => {
      const { ask, faults } = open(t, { hasSessions, factory: failing })
      for (const body of [
        modernPing,
        toRequest('subscriptions/listen', { notifications: {}, _meta: envelope }),
      ]) {
        const response = await ask({ body, headers: { ...modernHeaders, 'mcp-method': body.method } })
        const { error, id } = JSON.parse(await response.text())
        assert.deepEqual(
          [response.status, id, error],
          [500, 1, { code: -32_603, message: 'Internal server error' }],
        )
      }
      assert.deepEqual(faults, [
        ['the inmost reason', 'the server factory', 'a-request'],
        ['the inmost reason', 'the server factory', 'a-request'],
      ])
    })
  }
})

describe('a listener of the new era', () => {
  const listen = toRequest('subscriptions/listen', {
    notifications: { toolsListChanged: true },
    _meta: envelope,
  })
  const headers = { ...modernHeaders, 'mcp-method': 'subscriptions/listen' }

  test('waits for its credential to end only as long as it listens', async (t) => {
    const { ask, watched } = open(t)
    const caller = new AbortController()
    await ask({ body: listen, headers, signal: caller.signal })
    assert.equal(watched.size, 1)
    caller.abort()
    assert.equal(watched.size, 0)
    await ask({ body: listen, headers, signal: AbortSignal.abort() })
    assert.equal(watched.size, 0)
  })

  test('is cut off when its credential ends', async (t) => {
    const { ask, watched } = open(t)
    const response = await ask({ body: listen, headers })
    for (const end of [...watched]) end()
    assert.match(await response.text(), /acknowledged/)
  })

  test('hears nothing when the host publishes nowhere', async (t) => {
    const { ask, endpoint } = open(t, { events: undefined })
    const response = await ask({ body: listen, headers })
    endpoint.endStreams()
    assert.match(await response.text(), /"resultType":"complete"/)
  })

  test('is one of 100 at the most with a credential; who leaves makes room', async (t) => {
    const { ask, as } = open(t)
    const caller = new AbortController()
    await ask({ body: listen, headers, signal: caller.signal })
    for (let others = 0; others < 99; others += 1) await ask({ body: listen, headers })
    assert.match(await (await ask({ body: listen, headers })).text(), /"id":1.*Subscription limit reached/)
    const another = await as('omar')({ body: listen, headers })
    assert.match(String(another.headers.get('content-type')), /event-stream/)
    caller.abort()
    const again = await ask({ body: listen, headers })
    assert.match(String(again.headers.get('content-type')), /event-stream/)
  })
})

test('who asks for a stream when the streams have ended is told to come back later', async (t) => {
  const { ask, endpoint } = open(t)
  endpoint.endStreams()
  const listen = toRequest('subscriptions/listen', { notifications: {}, _meta: envelope })
  const headers = { ...modernHeaders, 'mcp-method': 'subscriptions/listen' }
  for (const each of [
    { body: listen, headers },
    { method: 'GET', headers: unknownSession },
  ]) {
    const refused = await ask(each)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  }
  assert.equal((await ask({ body: modernPing, headers: modernHeaders })).status, 200)
})

test('our own servers are made for whoever asks, with the scopes that exist', async (t) => {
  const factory = createServerFactory(await createTestOrchestrator(t), () => {})
  const authInfo = {
    token: '',
    clientId: 'priya',
    scopes: ['read', 'no-such-scope'],
    extra: { limits: null },
  }
  const made = await factory({ era: 'modern', authInfo })
  assert.equal(
    made.constructor,
    createMcpServer({ orchestrator: {} as never, principal: { id: '', scopes: [] } }).constructor,
  )
  assert.throws(() => factory({ era: 'modern' }), /nobody/)
  const unlimited = { ...authInfo, extra: {} }
  assert.throws(() => factory({ era: 'modern', authInfo: unlimited }), /without limits/)
})

const failing: McpServerFactory = () => {
  throw new Error('the inmost reason')
}

interface OpenOptions {
  readonly hasSessions?: boolean
  readonly factory?: McpServerFactory
  readonly events?: InMemoryServerEventBus | undefined
}

interface Ask extends Pick<Case, 'method' | 'headers' | 'body'> {
  readonly signal?: AbortSignal
}

function open(t: TestContext, options: OpenOptions = {}) {
  const watched = new Set<() => void>()
  const faults: unknown[] = []
  const endpoint: McpEndpoint = createMcpEndpoint({
    factory: createHostServer().factory,
    hasSessions: true,
    events: new InMemoryServerEventBus(),
    whenCredentialEnds(_id, end) {
      watched.add(end)
      return () => watched.delete(end)
    },
    onFault: (error, what, requestId) => faults.push([(error as Error).message, what, requestId]),
    ...options,
  })
  t.after(() => endpoint.close())
  const as =
    (id: string) =>
    ({ method = 'POST', headers = {}, body, signal }: Ask) =>
      endpoint.answer({
        request: new Request('http://localhost/mcp', {
          method,
          headers: {
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
            'x-request-id': 'a-request',
            ...headers,
          },
          ...(signal && { signal }),
        }),
        principal: { id, scopes: ['read'] },
        message: body,
      })
  return { endpoint, as, ask: as('priya'), faults, watched }
}

function toRequest(method: string, params: object) {
  return { jsonrpc: '2.0', id: 1, method, params }
}
