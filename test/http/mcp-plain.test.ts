import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { tools } from '../../src/mcp/tools.ts'
import { eventually } from '../support/eventually.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { exchange, head, open, parseAnswer, readAll } from './fixture.ts'
import { answerOf, credential, listOf, message, modern, post, serveMcp } from './mcp-client.ts'
import {
  type Caller,
  callers,
  createTwins,
  type Outcome,
  type Sent,
  type Twin,
  type Twins,
  withoutGaps,
} from './mcp-twins.ts'

const eras = ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26', 'none named'] as const
type Era = (typeof eras)[number]

/** A plain request, by a client of that revision. */
function toSent(era: Era, method: string, params: Readonly<Record<string, unknown>> = {}, id: unknown = 1) {
  const sent =
    era === '2026-07-28'
      ? modern(method, params)
      : {
          body: message(method, params),
          headers: {
            accept: 'application/json, text/event-stream',
            ...(era !== 'none named' && { 'mcp-protocol-version': era }),
          },
        }
  return {
    headers: { 'content-type': 'application/json', 'x-request-id': 'a-request', ...sent.headers },
    body: { ...sent.body, id },
  }
}

/** Both answered the same, and a plain answer was given or not, as it should. */
async function assertSame(twins: Twins, sent: Sent, expected?: 'plain' | 'by the SDK'): Promise<Outcome> {
  const [plain, sdk, wasPlain] = await twins.ask(sent)
  assert.deepEqual(plain, sdk, JSON.stringify(sent))
  if (expected) assert.equal(wasPlain ? 'plain' : 'by the SDK', expected, JSON.stringify(sent))
  return plain
}

/** The way of a change through all ten tools, with what fails on the way. */
const walk: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['list_clients', {}],
  ['list_clients', { client_id: 'cursor' }],
  ['list_clients', { client_id: 'emacs' }],
  ['list_available_servers', {}],
  ['list_available_servers', { search: 'größe → "é"\n' }],
  ['list_available_servers', { transport: 'carrier-pigeon' }],
  ['list_available_servers', { limit: 2 }],
  ['list_available_servers', { server_id: 'memory' }],
  ['publish_config', { client_id: 'cursor' }],
  ['initialize_keys', {}],
  ['add_server_to_config', { client_id: 'cursor', server_id: 'memory' }],
  ['add_server_to_config', { client_id: 'cursor', server_id: 'memory' }],
  ['add_server_to_config', { client_id: 'cursor', server_id: 'time', params: '{' }],
  ['add_server_to_config', { server_id: 'nowhere' }],
  ['get_config', { client_id: 'cursor', stage: 'draft' }],
  ['get_config', { client_id: 'cursor', stage: 'draught' }],
  ['get_config', { client_id: 'cursor' }],
  ['validate_config', { client_id: 'cursor' }],
  ['diff_config', { client_id: 'cursor' }],
  ['publish_config', { client_id: 'cursor', changelog: 'first' }],
  ['publish_config', { client_id: 'cursor', changelog: 'first' }],
  ['get_config', { client_id: 'cursor', history: true }],
  ['diff_config', { client_id: 'cursor', local_payload: { mcpServers: {} } }],
  ['deploy_config', { client_id: 'cursor', dry_run: true }],
  ['deploy_config', { client_id: 'cursor' }],
  ['list_clients', {}],
  ['remove_server_from_config', { client_id: 'cursor', all: true }],
  ['remove_server_from_config', { client_id: 'cursor', all: true, expected_revision: 1 }],
  ['remove_server_from_config', { client_id: 'cursor', server_name: 'memory' }],
  ['initialize_keys', { regenerate: 'yes' }],
  ['validate_config', { client_id: 'cursor', unknown: null }],
]

describe('a plain answer', () => {
  for (const era of ['2026-07-28', '2025-11-25'] as const)
    test(`is the SDK's own to the byte for every tool and everybody, by a client of ${era}`, async (t) => {
      const twins = await createTwins(t)
      for (const [name, given] of walk)
        for (const who of Object.keys(callers) as Caller[])
          await assertSame(twins, { who, ...toSent(era, 'tools/call', { name, arguments: given }) }, 'plain')
      assert.equal(new Set(walk.map(([name]) => name)).size, tools.length)
      const [one, other] = twins.twins
      assert.deepEqual(await auditOf(one), await auditOf(other))
      assert.ok((await auditOf(one)).some(({ operation }) => operation === 'deploy_config'))
    })

  for (const era of eras)
    test(`lists the tools as the SDK does, to each its own, by a client of ${era}`, async (t) => {
      const twins = await createTwins(t)
      const counts: number[] = []
      for (const who of [...Object.keys(callers), ...Object.keys(callers)] as Caller[]) {
        const listed = await assertSame(twins, { who, ...toSent(era, 'tools/list') }, 'plain')
        counts.push(listOf(listed, 'tools').length)
      }
      assert.deepEqual(counts.slice(0, 5), [10, 5, 2, 8, 10])
      assert.deepEqual(counts.slice(5), counts.slice(0, 5))
    })

  test('has the id of its request', async (t) => {
    const twins = await createTwins(t)
    const ids = [0, -0, -7, 2 ** 53 - 1, '', 'a"\\\u0000\u2028é\u{1F600}', 'x'.repeat(5_000)]
    for (const id of ids)
      for (const era of ['2026-07-28', '2025-11-25'] as const) {
        const asked = toSent(era, 'tools/call', { name: 'list_clients' }, id)
        const answer = answerOf(await assertSame(twins, asked, 'plain'))
        assert.equal(answer.id, id === 0 ? 0 : id)
      }
  })

  test('tells the log of a fault under the id of the request, and the caller nothing of it', async (t) => {
    const reason = new TypeError('/home/priya/secret-place is not a function')
    const twins = await createTwins(t, (orchestrator) => ({
      ...orchestrator,
      drafts: { ...orchestrator.drafts, view: () => Promise.reject(reason) },
    }))
    for (const era of ['2026-07-28', '2025-11-25'] as const) {
      const asked = toSent(era, 'tools/call', { name: 'get_config', arguments: { stage: 'draft' } })
      const answer = await assertSame(twins, asked, 'plain')
      assert.ok(!answer.text.includes('secret-place'))
    }
    const [one, other] = twins.twins
    assert.deepEqual(one.faults, other.faults)
    assert.deepEqual(one.faults, [
      ['get_config', 'a-request'],
      ['get_config', 'a-request'],
    ])
  })

  test('knows of all that was done before the whole request had come', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    let looks = 0
    const epoch = async () => {
      const found = await orchestrator.epoch()
      looks += 1
      return found
    }
    const served = await serveMcp(t, { orchestrator: { ...orchestrator, epoch } })
    const { token } = await credential(served)
    const draft = { name: 'get_config', arguments: { client_id: 'cursor', stage: 'draft' } }
    const { headers, body } = toSent('2026-07-28', 'tools/call', draft)
    const known = await post(served, body, { token, headers: withoutGaps(headers) })
    assert.doesNotMatch(known.text, /memory/)
    const text = JSON.stringify(body)
    const fields = { ...withoutGaps(headers), authorization: `Bearer ${token}` }
    const socket = await open(Number(new URL(served.url).port))
    const answer = readAll(socket)
    const looked = looks
    socket.write(
      head('POST', '/mcp', { ...fields, 'content-length': String(text.length) }) + text.slice(0, 9),
    )
    await eventually(() => assert.ok(looks > looked))
    await orchestrator.drafts.add({ clientId: 'cursor', profileId: 'default' }, { serverId: 'memory' })
    socket.write(text.slice(9))
    assert.match(parseAnswer(await answer).text, /memory/)
  })
})

const abilities = 'io.modelcontextprotocol/clientCapabilities'

/** One thing that is unusual about a plain call of either era. What the SDK makes of it, right or wrong, is its own affair. */
const unusual: Readonly<Record<string, (sent: Plain) => Plain>> = {
  'another Accept': withHeader('accept', '*/*'),
  'an Accept that lacks one half': withHeader('accept', 'application/json'),
  'no Accept': withHeader('accept', undefined),
  'a charset in capitals': withHeader('content-type', 'application/json;charset=UTF-8'),
  'another media type': withHeader('content-type', 'application/vnd.api+json'),
  'a session': withHeader('mcp-session-id', 'a-session'),
  'an empty session': withHeader('mcp-session-id', ''),
  'a revision of old': withHeader('mcp-protocol-version', '2024-11-05'),
  'a revision yet to come': withHeader('mcp-protocol-version', '2099-01-01'),
  'a revision twice': withHeader('mcp-protocol-version', '2026-07-28, 2026-07-28'),
  'the method of another request in its header': withHeader('mcp-method', 'tools/list'),
  'the name of another tool in its header': withHeader('mcp-name', 'get_config'),
  'a name in its header that is encoded': withHeader('mcp-name', '=?base64?bGlzdF9jbGllbnRz?='),
  'an id that is null': withMember('id', null),
  'an id that is a fraction': withMember('id', 1.5),
  'an id beyond the safe integers': withMember('id', 2 ** 53),
  'an id that is an object': withMember('id', {}),
  'no id': withMember('id', undefined),
  'another version of JSON-RPC': withMember('jsonrpc', '1.0'),
  'a member that is unknown': withMember('more', 1),
  'another method': withMember('method', 'tools/put'),
  'no parameters': withMember('params', undefined),
  'parameters that are null': withMember('params', null),
  'parameters that are a list': withMember('params', [1]),
  'a tool that is unknown': withParam('name', 'no_such_tool'),
  'a tool of the prototype': withParam('name', 'toString'),
  'a tool without a name': withParam('name', undefined),
  'arguments that are null': withParam('arguments', null),
  'arguments that are a list': withParam('arguments', []),
  'an argument called __proto__': withParam('arguments', JSON.parse('{"__proto__":{"client_id":"cursor"}}')),
  'a task': withParam('task', { ttl: 1 }),
  'an answer to what was never asked': withParam('inputResponses', { one: {} }),
  'a state of a request': withParam('requestState', 'x'),
  'a cursor': withParam('cursor', 'x'),
  'a _meta that is null': withParam('_meta', null),
  'a _meta that is a list': withParam('_meta', []),
  'a token of progress that is none': withMeta('progressToken', 1.5),
  'a _meta called __proto__': withMeta('__proto__', {}),
  'a reserved _meta': withMeta('io.modelcontextprotocol/related-task', { taskId: 'x' }),
  'a level of logging': withMeta('io.modelcontextprotocol/logLevel', 'debug'),
  'half an envelope': (sent) => withMeta(abilities, sent.body.params?._meta ? undefined : {})(sent),
  'an envelope with a revision of old': withMeta('io.modelcontextprotocol/protocolVersion', '2025-11-25'),
  'an envelope with a client that is none': withMeta('io.modelcontextprotocol/clientInfo', { name: 1 }),
  'an envelope with abilities that are none': withMeta(abilities, { sampling: 1 }),
  'a batch of it': (sent) => ({ ...sent, body: [sent.body] as never }),
}

describe('what is unusual', () => {
  for (const era of ['2026-07-28', '2025-11-25'] as const)
    test(`in any respect is left to the SDK, by a client of ${era}`, async (t) => {
      const twins = await createTwins(t)
      for (const [what, change] of Object.entries(unusual)) {
        const [plain, sdk, wasPlain] = await twins.ask(
          change(toSent(era, 'tools/call', { name: 'list_clients' })),
        )
        assert.deepEqual(plain, sdk, what)
        assert.equal(wasPlain, false, what)
      }
    })

  test('whatever it is, however much of it, and whoever asks, makes no difference to the answer', async (t) => {
    const twins = await createTwins(t)
    const counts = { plain: 0, 'by the SDK': 0 }
    await fc.assert(
      fc.asyncProperty(asked, async (sent) => {
        const [plain, sdk, wasPlain] = await twins.ask(sent)
        assert.deepEqual(plain, sdk)
        counts[wasPlain ? 'plain' : 'by the SDK'] += 1
      }),
      { numRuns: 400 },
    )
    t.diagnostic(JSON.stringify(counts))
    assert.ok(counts.plain > 100 && counts['by the SDK'] > 100, JSON.stringify(counts))
  })

  test('is also a Content-Type that is there twice, of which Node tells the first only', async (t) => {
    const twins = await createTwins(t)
    const { headers, body } = toSent('2026-07-28', 'tools/list')
    const [one, other] = await Promise.all(
      twins.twins.map(async ({ app, tokens }) => {
        const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
        const text = JSON.stringify(body)
        const fields = {
          'content-type': 'application/json',
          'Content-Type': 'text/plain',
          authorization: `Bearer ${tokens.get('priya')}`,
          'content-length': String(text.length),
        }
        const top = head('POST', '/mcp', { ...withoutGaps(headers), ...fields })
        return await exchange(Number(port), top, text)
      }),
    )
    assert.equal(one?.status, 415)
    assert.deepEqual([one?.status, one?.text], [other?.status, other?.text])
  })
})

/** What the audit log says of everybody's calls. */
async function auditOf({ orchestrator, ids }: Twin) {
  const { entries } = await orchestrator.audit.read({ limit: 1_000 })
  return entries
    .filter(({ door }) => door === 'mcp')
    .map(({ at, principal, door, operation, target, outcome, request_id }) => ({
      ...{ at, door, operation, target, outcome, request_id },
      who: ids.get(principal),
    }))
}

type Plain = ReturnType<typeof toSent>
type Change = (sent: Plain) => Plain

function withHeader(name: string, value: string | undefined): Change {
  return (sent) => ({ ...sent, headers: { ...sent.headers, [name]: value } })
}

function withMember(name: string, value: unknown): Change {
  return (sent) => ({ ...sent, body: withOne(sent.body, name, value) as Plain['body'] })
}

function withParam(name: string, value: unknown): Change {
  return (sent) => withMember('params', withOne(sent.body.params ?? {}, name, value))(sent)
}

function withMeta(name: string, value: unknown): Change {
  return (sent) => withParam('_meta', withOne((sent.body.params?._meta ?? {}) as object, name, value))(sent)
}

/** A member of its own even when it is called __proto__. */
function withOne(value: object, name: string, member: unknown): object {
  return Object.fromEntries([...Object.entries(value), [name, member]])
}

const anyChange: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom(...Object.values(unusual)),
  fc
    .tuple(
      fc.constantFrom(
        'accept',
        'content-type',
        'mcp-protocol-version',
        'mcp-method',
        'mcp-name',
        'mcp-session-id',
      ),
      fc.string({ unit: fc.constantFrom(...'abc019 ,;="/*-._~') }).map((text) => text.trim()),
    )
    .map(([name, value]) => withHeader(name, value)),
  fc
    .tuple(fc.constantFrom('jsonrpc', 'id', 'method', 'params', '__proto__', 'more'), fc.jsonValue())
    .map(([name, value]) => withMember(name, value)),
  fc
    .tuple(fc.constantFrom('name', 'arguments', '_meta', 'cursor', '__proto__'), fc.jsonValue())
    .map(([name, value]) => withParam(name, value)),
  fc
    .tuple(
      fc.constantFrom(
        'progressToken',
        'traceparent',
        'app/one',
        abilities,
        'io.modelcontextprotocol/clientInfo',
      ),
      fc.jsonValue(),
    )
    .map(([name, value]) => withMeta(name, value)),
)

const anyArguments = fc.record(
  {
    client_id: fc.oneof(fc.constantFrom('cursor', 'vscode', 'nobody', '../x'), fc.jsonValue()),
    profile_id: fc.constantFrom('default', 'work', ''),
    server_id: fc.constantFrom('memory', 'time', 'nothing'),
    server_name: fc.constantFrom('memory', '__proto__'),
    stage: fc.constantFrom('draft', 'published', 'x'),
    search: fc.string({ unit: 'binary' }),
    limit: fc.integer({ min: -1, max: 3 }),
    dry_run: fc.boolean(),
    all: fc.boolean(),
    expected_revision: fc.nat({ max: 3 }),
    params: fc.oneof(fc.json(), fc.dictionary(fc.string(), fc.jsonValue())),
    unknown: fc.jsonValue(),
  },
  { requiredKeys: [] },
)

const asked: fc.Arbitrary<Sent> = fc
  .record({
    era: fc.constantFrom(...eras),
    who: fc.constantFrom(...(Object.keys(callers) as Caller[])),
    id: fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' })),
    params: fc.oneof(
      fc.constant(undefined),
      fc.record({ name: fc.constantFrom(...tools.map(({ name }) => name)), arguments: anyArguments }),
    ),
    changes: fc.array(anyChange, { maxLength: 3 }),
  })
  .map(({ era, who, id, params, changes }) => {
    const sent = toSent(era, params ? 'tools/call' : 'tools/list', params, id)
    return { who, ...changes.reduce((changed, change) => change(changed), sent) }
  })
