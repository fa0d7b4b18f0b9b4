import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Agent, request } from 'undici'
import { createHostServer } from '../mcp/host-server.ts'
import { accept, credential, modern, openSession, type ServedMcp, serveMcp } from './mcp-client.ts'

const runs = 200
const patienceMs = 5_000

/** What a hostile client may say: messages that are almost right, and any JSON at all. */
const words = fc.constantFrom(
  'initialize',
  'ping',
  'tools/list',
  'tools/call',
  'resources/read',
  'logging/setLevel',
  'server/discover',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'toString',
  '',
)
const params = mostly<unknown>(
  fc
    .record(
      {
        name: fc.constantFrom('list_clients', 'headers', '__proto__', ''),
        uri: fc.webUrl(),
        arguments: mostly<unknown>(fc.constant({}), fc.jsonValue()),
        requestId: fc.constantFrom(1, 'one'),
        protocolVersion: fc.constantFrom('2025-11-25', '2026-07-28', '2099-01-01', ''),
        capabilities: mostly<unknown>(fc.constant({}), fc.jsonValue()),
        clientInfo: fc.constantFrom({ name: 'a', version: '1' }, {}),
      },
      { requiredKeys: [] },
    )
    .chain((given) =>
      mostly<object>(
        fc.constant(given),
        fc
          .record({ _meta: fc.oneof(fc.constant(modern('ping').body.params?._meta), fc.jsonValue()) })
          .map((meta) => ({ ...given, ...meta })),
      ),
    ),
  fc.jsonValue(),
)
const rpc = mostly<unknown>(
  fc.record({
    jsonrpc: fc.constant('2.0'),
    id: mostly<unknown>(fc.constantFrom(1, 'one'), fc.jsonValue()),
    method: mostly<unknown>(words, fc.jsonValue()),
    params,
  }),
  fc.record(
    {
      jsonrpc: fc.constantFrom('2.0', '1.0'),
      id: fc.double(),
      result: fc.jsonValue(),
      error: fc.jsonValue(),
    },
    { requiredKeys: ['jsonrpc'] },
  ),
)
const bodies = fc.oneof(
  { weight: 6, arbitrary: rpc },
  { weight: 3, arbitrary: fc.array(rpc, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
)
const revisions = fc.constantFrom(
  '2024-11-05',
  '2025-03-26',
  '2025-11-25',
  '2026-07-28',
  '2099-01-01',
  'x',
  '',
)
const fieldValue = fc.string({ unit: fc.constantFrom(...'abcXYZ019 ,;="/*\t-._~\u00e9') })
const headers = fc.record({
  'mcp-protocol-version': mostly(fc.constant(''), fc.oneof(revisions, fieldValue)),
  'mcp-method': mostly(fc.constant(''), fc.oneof(words, fieldValue)),
  'mcp-name': mostly(fc.constant(''), fieldValue),
  'mcp-session-id': fc.oneof(fc.constant('OPEN'), mostly(fc.constant(''), fieldValue)),
  'last-event-id': mostly(fc.constant(''), fieldValue),
  accept: mostly(fc.constant(accept.accept), fieldValue),
  'content-type': mostly(fc.constant('application/json'), fieldValue),
  'x-request-id': mostly(fc.constant(''), fieldValue),
  origin: mostly(
    fc.constant(''),
    fc.oneof(fc.constantFrom('null', 'http://localhost:3000', 'http://evil.example'), fieldValue),
  ),
  host: mostly(fc.constant('localhost'), fc.constantFrom('[::1]', 'evil.example', 'localhost:x', '@', '%')),
})

function mostly<T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other })
}

for (const [what, options] of Object.entries({ 'our own tools': {}, 'a server of a host': hosted() }))
  test(`whatever is sent to ${what}, the answer is one, in time, and never a fault`, async (t) => {
    const served = await serveMcp(t, options)
    const { token } = await credential(served)
    const agent = new Agent({ connections: 1, pipelining: 0 })
    t.after(() => agent.destroy())
    const session = what === 'our own tools' ? '' : await openSession(served, { token })
    const seen = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(bodies, headers, async (body, given) => {
        const fields = Object.entries(given).map(([name, value]) => [
          name,
          value.replace('OPEN', session).trim(),
        ])
        const status = await ask(served, agent, token, JSON.stringify(body), Object.fromEntries(fields))
        seen.set(status, (seen.get(status) ?? 0) + 1)
      }),
      { numRuns: runs },
    )
    t.diagnostic(`answers: ${JSON.stringify(Object.fromEntries(seen))}`)
    assert.ok((seen.get(200) ?? 0) > 0, 'nothing got through')
    assert.deepEqual(
      served.log().filter(({ level }) => Number(level) >= 50),
      [],
    )
  })

async function ask(
  { url }: ServedMcp,
  dispatcher: Agent,
  token: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<number> {
  const {
    statusCode,
    headers: answered,
    body: content,
  } = await request(`${url}/mcp`, {
    method: 'POST',
    dispatcher,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...latin(headers) },
    body,
    signal: AbortSignal.timeout(patienceMs),
  })
  const text = await content.text()
  assert.ok(statusCode < 500 || (statusCode === 503 && answered['retry-after']), `${statusCode} ${text}`)
  assert.ok(isProper(statusCode, String(answered['content-type']), text), `${statusCode} ${text}`)
  return statusCode
}

/** JSON-RPC as it is, as a stream, or nothing where nothing was asked; or a problem. */
function isProper(status: number, mediaType: string, text: string): boolean {
  if (text === '') return status === 202
  if (mediaType.startsWith('text/event-stream')) return /^(?:id|event|data|:)/.test(text)
  const parsed = JSON.parse(text)
  if (mediaType.startsWith('application/problem+json')) return parsed.status === status
  return [parsed].flat().every((each) => each.jsonrpc === '2.0' && ('result' in each || 'error' in each))
}

function latin(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''))
}

function hosted() {
  return { mcpServer: createHostServer().factory }
}
