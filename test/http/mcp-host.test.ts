import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, type TestContext, test } from 'node:test'
import { InMemoryServerEventBus, type McpServerFactory } from '@modelcontextprotocol/server'
import { fastify } from 'fastify'
import { createHttpTransport, createOrchestrator, type HttpTransportOptions } from '../../src/index.ts'
import { createHostServer, type HostServer } from '../mcp/host-server.ts'
import { eventually } from '../support/eventually.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { createSandbox } from '../support/sandbox.ts'
import { call } from './fixture.ts'
import {
  accept,
  answerOf,
  credential,
  eventsOf,
  initialize,
  listenTo,
  listOf,
  message,
  messagesOf,
  modern,
  openSession,
  openSessionStream,
  openStream,
  post,
  postModern,
  type ServedMcp,
  serveMcp,
  textOf,
} from './mcp-client.ts'

interface Hosted extends ServedMcp {
  readonly host: HostServer
  readonly bus: InMemoryServerEventBus
}

async function serveHost(t: TestContext, options: HttpTransportOptions = {}): Promise<Hosted> {
  const host = createHostServer()
  const bus = new InMemoryServerEventBus()
  return { ...(await serveMcp(t, { mcpServer: host.factory, mcpEvents: bus, ...options })), host, bus }
}

const slow = (name: string) => ({ name: 'slow', arguments: { name } })
const toolCall = (name: string, given: object = {}, id: number | string = 1) =>
  message('tools/call', { name, arguments: given }, id)

describe("a host's own server at /mcp", () => {
  test('is told who asks, but not by which credential', async (t) => {
    const served = await serveHost(t)
    const { id, token } = await credential(served, 'read', 'deploy')
    const sessionId = await openSession(served, { token })
    const headers = { 'mcp-session-id': sessionId, 'x-request-id': 'from-the-caller' }
    const answers = [
      await post(served, toolCall('headers'), { token, headers }),
      await postModern(served, 'tools/call', { name: 'headers', arguments: {} }, { token, headers }),
    ]
    for (const answer of answers) {
      const { headers: seen, auth } = JSON.parse(textOf(answer))
      assert.deepEqual(
        [seen.authorization, seen['x-api-key'], seen['x-request-id']],
        [undefined, undefined, 'from-the-caller'],
      )
      assert.deepEqual(auth, { token: '', clientId: id, scopes: ['read', 'deploy'], extra: { limits: null } })
    }
    for (const { requestInfo, authInfo, era } of served.host.asked) {
      assert.ok(era)
      assert.deepEqual([requestInfo?.headers.get('authorization'), authInfo?.token], [null, ''])
      assert.ok(!JSON.stringify([...(requestInfo?.headers ?? [])]).includes(token))
    }
  })

  test('does not see the API key either', async (t) => {
    const served = await serveHost(t, { apiKey: 'a-key' })
    await post(served, initialize(), { headers: { 'x-api-key': 'a-key' } })
    const [{ requestInfo, authInfo } = {}] = served.host.asked
    assert.deepEqual([requestInfo?.headers.get('x-api-key'), authInfo?.clientId], [null, 'api_key'])
  })

  test('streams what a tool sends along, then the answer, in both eras', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    const headers = { 'mcp-session-id': await openSession(served, { token }) }
    const given = { count: 2, bytes: 3 }
    const inSession = await post(served, toolCall('chatty', given), { token, headers })
    assert.deepEqual(
      messagesOf(inSession).map(({ method, id }) => method ?? id),
      ['notifications/message', 'notifications/message', 1],
    )
    const alone = await postModern(served, 'tools/call', { name: 'chatty', arguments: given }, { token })
    assert.equal(textOf(alone), '2 were sent')
  })

  test('may send a burst of 1 MB to a reader that is there', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    const headers = { 'mcp-session-id': await openSession(served, { token }) }
    const answer = await post(served, toolCall('chatty', { count: 1_000, bytes: 1_000 }), { token, headers })
    assert.deepEqual([messagesOf(answer).length, textOf(answer)], [1_001, '1000 were sent'])
  })

  test('may answer with 8 MB', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    const given = { name: 'huge', arguments: { count: 8, bytes: 1024 ** 2 } }
    const answer = await postModern(served, 'tools/call', given, { token })
    assert.equal(textOf(answer).length, 8 * 1024 ** 2)
  })

  test('that cannot be made is a fault: the log has the reason, the caller has not', async (t) => {
    const mcpServer: McpServerFactory = () => {
      throw new Error('the inmost reason')
    }
    const served = await serveHost(t, { mcpServer })
    const { token } = await credential(served)
    const answers = [
      await post(served, initialize(), { token }),
      await postModern(served, 'tools/list', {}, { token }),
      await openStream(served, { token, ...modern('subscriptions/listen', { notifications: {} }) }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [500, 500, 500],
    )
    for (const { headers } of answers) {
      const line = served.log().find(({ request_id }) => request_id === headers['x-request-id'])
      assert.match(JSON.stringify(line), /the inmost reason/)
    }
    const [first, second] = answers as Awaited<ReturnType<typeof post>>[]
    for (const answer of [first, second]) {
      assert.equal(answerOf(answer ?? assert.fail()).error?.code, -32_603)
      assert.ok(!answer?.text.includes('inmost'))
    }
  })
})

describe('a session', () => {
  test('is where a 2025 client begins; without one it is told so', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    const without = await post(served, message('tools/list'), { token })
    assert.deepEqual([without.status, answerOf(without).error?.code], [400, -32_000])
    assert.match(without.text, /Mcp-Session-Id/)
    const headers = { 'mcp-session-id': await openSession(served, { token }) }
    const answer = await post(served, message('tools/list'), { token, headers })
    assert.equal(listOf(answer, 'tools').length, 6)
  })

  test('is unknown to every other credential, by any method', async (t) => {
    const served = await serveHost(t)
    const [priya, mallory] = [await credential(served), await credential(served)]
    const headers = { 'mcp-session-id': await openSession(served, priya) }
    const unknown = { 'mcp-session-id': crypto.randomUUID() }
    for (const method of ['POST', 'GET', 'DELETE']) {
      const body = method === 'POST' && { body: message('ping') }
      const ask = (foreign: Readonly<Record<string, string>>) =>
        call(served, '/mcp', { method, ...body, token: mallory.token, headers: { ...accept, ...foreign } })
      const [foreign, none] = [await ask(headers), await ask(unknown)]
      assert.deepEqual([method, foreign.status, foreign.json], [method, 404, none.json])
    }
    assert.equal((await post(served, message('ping'), { ...priya, headers })).status, 200)
  })

  test('ends when its owner deletes it', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const headers = { ...accept, 'mcp-session-id': await openSession(served, priya) }
    const stream = await openSessionStream(served, priya, headers['mcp-session-id'])
    const deleted = await call(served, '/mcp', { method: 'DELETE', ...priya, headers })
    assert.equal(deleted.status, 200)
    assert.equal(await stream.ended, true)
    const after = await post(served, message('ping'), { ...priya, headers })
    assert.deepEqual([after.status, answerOf(after).error?.code], [404, -32_001])
  })

  test('that is refused at its handshake leaves nothing behind that others would have to give way to', async (t) => {
    const served = await serveHost(t, { mcpSessionLimits: { perCredential: 2 } })
    const { token } = await credential(served)
    const first = await openSession(served, { token })
    const refused = await post(served, initialize(), { token, headers: { accept: 'application/json' } })
    assert.equal(refused.status, 406)
    await openSession(served, { token })
    const ping = () => post(served, message('ping'), { token, headers: { 'mcp-session-id': first } })
    assert.equal((await ping()).status, 200)
    await openSession(served, { token })
    await openSession(served, { token })
    assert.equal((await ping()).status, 404)
  })

  test('that is busy does not give way: the newcomer is told when to try again', async (t) => {
    const served = await serveHost(t, { mcpSessionLimits: { perCredential: 1 } })
    const { token } = await credential(served)
    const stream = await openSessionStream(served, { token }, await openSession(served, { token }))
    const { status, headers, ...answer } = await post(served, initialize(), { token })
    assert.deepEqual(
      [status, headers['retry-after'], answerOf({ headers, ...answer }).error?.code],
      [503, '30', -32_000],
    )
    stream.leave()
    await eventually(async () => assert.equal((await post(served, initialize(), { token })).status, 200))
  })

  test('has one stream of its own at a time', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const id = await openSession(served, priya)
    await openSessionStream(served, priya, id)
    assert.equal((await openSessionStream(served, priya, id)).status, 409)
    assert.equal((await openSessionStream(served, priya, id, { accept: 'application/json' })).status, 406)
  })

  test('takes batches in 2025-03-26 only, and refuses the header of a revision that nobody speaks', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    const batch = [message('ping', {}, 1), message('ping', {}, 2)]
    const old = { 'mcp-session-id': await openSession(served, { token }, { revision: '2025-03-26' }) }
    const answered = await post(served, batch, { token, headers: old })
    assert.deepEqual(
      messagesOf(answered).map(({ id }) => id),
      [1, 2],
    )
    const young = { 'mcp-session-id': await openSession(served, { token }) }
    const refused = await post(served, batch, { token, headers: young })
    assert.deepEqual([refused.status, answerOf(refused).error?.code], [400, -32_600])
    const unsupported = await post(served, message('ping'), {
      token,
      headers: { ...young, 'mcp-protocol-version': '2020-01-01' },
    })
    assert.equal(unsupported.status, 400)
  })

  test('goes on where a stream broke off, with Last-Event-ID', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const id = await openSession(served, priya)
    const headers = { 'mcp-session-id': id, 'mcp-protocol-version': '2025-11-25' }
    const started = once(served.host.events, 'started')
    const broken = await openStream(served, {
      ...priya,
      headers,
      body: toolCall('slow', { name: 'resumed' }),
    })
    await started
    const primed = await eventually(() => eventsOf(broken.text())[0] ?? assert.fail('nothing yet'))
    broken.leave()
    await broken.ended
    served.host.release('resumed')
    const again = await openSessionStream(served, priya, id, { 'last-event-id': primed.id ?? '' })
    assert.equal(again.status, 200)
    await eventually(() => assert.match(again.text(), /resumed is done/))
    assert.equal(await again.ended, true)
    const unknown = await openSessionStream(served, priya, id, { 'last-event-id': '999' })
    assert.equal(unknown.status, 400)
  })

  test('tells on its stream what changes', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const stream = await openSessionStream(served, priya, await openSession(served, priya))
    served.host.servers[0]?.sendToolListChanged()
    await eventually(() => assert.match(stream.text(), /notifications\/tools\/list_changed/))
  })
})

describe('who goes away', () => {
  test('cancels the call in the new era', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const started = once(served.host.events, 'started')
    const aborted = once(served.host.events, 'aborted')
    const leaver = new AbortController()
    const { body, headers } = modern('tools/call', slow('left'))
    const asked = fetch(`${served.url}/mcp`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { ...headers, authorization: `Bearer ${priya.token}`, 'content-type': 'application/json' },
      signal: leaver.signal,
    })
    await started
    leaver.abort()
    await assert.rejects(asked, { name: 'AbortError' })
    assert.deepEqual(await aborted, ['left'])
  })

  test('does not cancel it in a session, where it says so if it wants that', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const headers = { 'mcp-session-id': await openSession(served, priya) }
    const aborted: string[] = []
    served.host.events.on('aborted', (name) => aborted.push(name))
    for (const [id, name] of ['left', 'cancelled'].entries()) {
      const started = once(served.host.events, 'started')
      const stream = await openStream(served, {
        ...priya,
        headers,
        body: toolCall('slow', { name }, `call ${id}`),
      })
      await started
      stream.leave()
      await stream.ended
    }
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'call 1' } }
    assert.equal((await post(served, cancel, { ...priya, headers })).status, 202)
    await eventually(() => assert.deepEqual(aborted, ['cancelled']))
  })
})

describe('who listens in the new era', () => {
  test('hears what the host publishes', async (t) => {
    const served = await serveHost(t)
    const stream = await listenTo(served, await credential(served))
    await eventually(() => assert.match(stream.text(), /subscriptions\/acknowledged/))
    served.bus.publish({ kind: 'tools_list_changed' })
    await eventually(() => assert.match(stream.text(), /notifications\/tools\/list_changed/))
  })

  test('leaves nothing behind', async (t) => {
    const served = await serveHost(t)
    const stream = await listenTo(served, await credential(served))
    assert.equal(served.bus.listenerCount, 1)
    stream.leave()
    await eventually(() => assert.equal(served.bus.listenerCount, 0))
  })
})

describe('a revoked token', () => {
  test('ends its streams and its session, also when another process revokes it; those of others go on', async (t) => {
    const { folder } = await createSandbox(t)
    const home = `${folder}/shared`
    const here = createOrchestrator({ home, store: 'sqlite' })
    const elsewhere = createOrchestrator({ home, store: 'sqlite' })
    t.after(() => Promise.all([here.close(), elsewhere.close()]))
    const served = await serveHost(t, { orchestrator: here })
    for (const revoker of [here, elsewhere]) {
      const [mallory, priya] = [await credential(served), await credential(served)]
      const sessionId = await openSession(served, mallory)
      const theirs = [await openSessionStream(served, mallory, sessionId), await listenTo(served, mallory)]
      const others = [
        await openSessionStream(served, priya, await openSession(served, priya)),
        await listenTo(served, priya),
      ]
      const revokedAt = performance.now()
      await revoker.tokens.revoke(mallory.id)
      await Promise.all(theirs.map(({ ended }) => ended))
      const tookMs = performance.now() - revokedAt
      t.diagnostic(`the streams ended after ${Math.round(tookMs)} ms`)
      assert.ok(tookMs < 2_000, `it took ${tookMs} ms`)
      served.bus.publish({ kind: 'tools_list_changed' })
      for (const server of served.host.servers) if (server.isConnected()) server.sendToolListChanged()
      for (const stream of others) await eventually(() => assert.match(stream.text(), /tools\/list_changed/))
      for (const stream of others) stream.leave()
      const after = await post(served, message('ping'), {
        ...mallory,
        headers: { 'mcp-session-id': sessionId },
      })
      assert.equal(after.status, 401)
    }
  })
})

describe('closing', () => {
  test('ends open streams at once, answers what is being called, and is soon done', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const sessionId = await openSession(served, priya)
    const headers = { 'mcp-session-id': sessionId }
    const streams = [await openSessionStream(served, priya, sessionId), await listenTo(served, priya)]
    const begin = async (
      name: string,
      sent: { body: unknown; headers: Readonly<Record<string, string>> },
    ) => {
      const started = once(served.host.events, 'started')
      const answer = call(served, '/mcp', {
        method: 'POST',
        ...priya,
        ...sent,
        headers: { ...accept, ...sent.headers },
      })
      assert.deepEqual(await started, [name])
      return answer
    }
    const old = begin('old', { body: toolCall('slow', { name: 'old' }), headers })
    await once(served.host.events, 'started')
    const young = begin('young', modern('tools/call', slow('young')))
    await once(served.host.events, 'started')

    const closed = served.transport.close()
    assert.deepEqual(await Promise.all(streams.map(({ ended }) => ended)), [true, true])
    assert.match(streams[1]?.text() ?? '', /"resultType":"complete"/)
    served.host.release('old')
    served.host.release('young')
    const releasedAt = performance.now()
    assert.deepEqual([textOf(await old), textOf(await young)], ['old is done', 'young is done'])
    await closed
    assert.ok(performance.now() - releasedAt < 1_000)
  })

  test('does not wait for a call that was cancelled, which is never answered', async (t) => {
    const served = await serveHost(t)
    const priya = await credential(served)
    const headers = { 'mcp-session-id': await openSession(served, priya) }
    const started = once(served.host.events, 'started')
    const stream = await openStream(served, {
      ...priya,
      headers,
      body: toolCall('slow', { name: 'cancelled' }, 7),
    })
    await started
    for (const requestId of [7, { not: 'an id' }]) {
      const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } }
      await post(served, cancel, { ...priya, headers })
    }
    const closedAt = performance.now()
    await served.transport.close()
    assert.equal(await stream.ended, true)
    assert.ok(performance.now() - closedAt < 1_000)
  })

  test('cuts off what takes too long', async (t) => {
    const served = await serveHost(t, { drainTimeoutMs: 50 })
    const priya = await credential(served)
    const aborted = once(served.host.events, 'aborted')
    const started = once(served.host.events, 'started')
    const asked = assert.rejects(postModern(served, 'tools/call', slow('too long'), priya))
    await started
    await served.transport.close()
    await asked
    assert.deepEqual(await aborted, ['too long'])
  })
})

describe('embedding', () => {
  test('as a plugin below a prefix, and as a handler', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    const { token } = await credential({ orchestrator })
    for (const embed of [plugIn, handle]) {
      const host = createHostServer()
      const { url, path } = await embed(t, { orchestrator, mcpServer: host.factory })
      const sessionId = await openSession({ url }, { token }, { path })
      const headers = { 'mcp-session-id': sessionId }
      const answer = await post({ url }, toolCall('chatty', { count: 1, bytes: 1 }), { token, path, headers })
      assert.equal(textOf(answer), '1 were sent')
      const modernAnswer = await postModern(
        { url },
        'tools/call',
        { name: 'headers', arguments: {} },
        { token, path },
      )
      assert.equal(JSON.parse(textOf(modernAnswer)).headers.authorization, undefined)
      assert.equal(new URL(host.asked.at(-1)?.requestInfo?.url ?? '').pathname, path)
      assert.equal((await post({ url }, initialize(), { path })).status, 401)
      const stream = await listenTo({ url }, { token }, path)
      assert.equal(stream.status, 200)
      stream.leave()
    }
  })

  test('into a host that speaks HTTP/2', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    const { token } = await credential({ orchestrator })
    const transport = createHttpTransport({ orchestrator, mcpServer: createHostServer().factory })
    const app = fastify({ http2: true, logger: false })
    await app.register(transport.plugin, { prefix: '/tools' })
    t.after(() => app.close())
    const url = await app.listen({ port: 0 })
    const { status, text } = await overHttp2(url, token, modern('tools/list'))
    assert.equal(status, 200)
    assert.equal(listOf({ headers: {}, text }, 'tools').length, 6)
  })

  test("without an orchestrator it is the host's server only, with the tokens of a home", async (t) => {
    const { folder } = await createSandbox(t)
    const home = `${folder}/home`
    const other = createOrchestrator({ home })
    const { token } = await credential({ orchestrator: other })
    await other.close()
    const host = createHostServer()
    const transport = createHttpTransport({ mcpServer: host.factory, home, logger: false })
    t.after(() => transport.close())
    const served = { url: await transport.listen({ port: 0 }) }
    const statuses = async (asker: string | null) =>
      Promise.all(
        ['/v1/clients', '/docs', '/redoc', '/openapi.json', '/health'].map(
          async (path) => (await call(served, path, { token: asker })).status,
        ),
      )
    assert.deepEqual(await statuses(token), [404, 404, 404, 404, 200])
    assert.deepEqual(await statuses(null), [401, 404, 404, 404, 200])
    const answer = await postModern(served, 'tools/list', {}, { token })
    assert.equal(listOf(answer, 'tools').length, 6)
  })

  test('with an orchestrator the rest is there, too', async (t) => {
    const served = await serveHost(t)
    const { token } = await credential(served)
    for (const path of ['/v1/clients', '/docs', '/openapi.json'])
      assert.equal((await call(served, path, { token })).status, 200, path)
  })

  test('with an orchestrator and a home or a store is refused', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    for (const more of [{ home: '/nowhere' }, { store: 'memory' } as const])
      assert.throws(() => createHttpTransport({ orchestrator, ...more }), { code: 'invalid_request' })
  })
})

async function plugIn(t: TestContext, options: HttpTransportOptions) {
  const app = fastify({ logger: false })
  await app.register(createHttpTransport(options).plugin, { prefix: '/tools' })
  t.after(() => app.close())
  return { url: await app.listen({ port: 0 }), path: '/tools/mcp' }
}

async function handle(t: TestContext, options: HttpTransportOptions) {
  const transport = createHttpTransport({ ...options, logger: false })
  const server = createServer(transport.handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(async () => {
    await transport.close()
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path: '/mcp' }
}

async function overHttp2(url: string, token: string, { body, headers }: ReturnType<typeof modern>) {
  const client = connect(url)
  const sent = client.request({
    ':method': 'POST',
    ':path': '/tools/mcp',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
  })
  sent.end(JSON.stringify(body))
  const [head] = await once(sent, 'response')
  const answer = await text(sent)
  client.close()
  return { status: head[':status'] as number, text: answer }
}
