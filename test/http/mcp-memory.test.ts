import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'
import { createSandbox } from '../support/sandbox.ts'
import { accept, initialize, listenTo, message, modern, openSession, openStream, post } from './mcp-client.ts'
import type { Memory } from './mcp-memory-process.ts'

const mebi = 1024 ** 2

/**
 * What may be held more than before, after a garbage collection: some 2 MiB are usual, of compiled code and warm pools. A session costs
 * 20 KiB and a stream 28 KiB (as the figures of those that are open tell), so that 1,900 sessions or 9,000 streams that were kept would
 * be four and twenty-five times this.
 */
const slackBytes = 10 * mebi

/** Less than the 50 MiB that are sent, with room for the garbage that waits to be collected. */
const peakBytes = 45 * mebi

test('2,000 handshakes leave 100 sessions, and what they hold', async (t) => {
  const server = await start(t)
  await handshakes(server, 100)
  const before = await server.measure()
  const ids = await handshakes(server, 2_000)
  const after = await server.measure()
  report(t, '100 sessions → after 2,000 more', before, after)
  const alive = async (at: number) => {
    const headers = { 'mcp-session-id': ids.at(at) ?? '' }
    return (await post(server, message('ping'), { token: server.token, headers })).status
  }
  assert.deepEqual(await Promise.all([0, 1_899, 1_900, 1_999].map(alive)), [404, 404, 200, 200])
  assert.ok(after.held - before.held < slackBytes, `${after.held - before.held} bytes more`)
})

test('10,000 streams: as many as there may be are open, the others are refused, and none leaves anything', async (t) => {
  const server = await start(t)
  const pool = new Pool(server.url, { connections: 20 })
  t.after(() => pool.destroy())
  const sessionId = await openSession(server, server)
  await sample(server, pool, sessionId, 200)
  const before = await server.measure()

  const kept = [
    ...(await fill(server, 100)),
    await openStream(server, { ...server, headers: { 'mcp-session-id': sessionId } }),
  ]
  const full = await server.measure()
  const refusals = await sample(server, pool, sessionId, 10_000 - kept.length)
  for (const stream of kept) stream.leave()
  const after = await server.measure()

  report(t, `before → ${kept.length} open`, before, full)
  report(t, 'before → after 10,000', before, after)
  t.diagnostic(JSON.stringify(refusals))
  assert.deepEqual(Object.keys(refusals).sort(), [
    '200 -32603 Subscription limit reached',
    '409 -32000 Conflict: Only one SSE stream is allowed per session',
  ])
  assert.ok(after.held - before.held < slackBytes, `${after.held - before.held} bytes more`)
  const again = await listenTo(server, server)
  assert.match(String(again.headers['content-type']), /^text\/event-stream/)
  again.leave()
})

test('a client that never reads is cut off from 50 MB', async (t) => {
  const server = await start(t)
  const headers = { 'mcp-session-id': await openSession(server, server) }
  await post(server, message('tools/call', { name: 'flood', arguments: { count: 20, bytes: 64 * 1024 } }), {
    ...server,
    headers,
  })
  const before = await server.measure()

  const flood = { name: 'flood', arguments: { count: 800, bytes: 64 * 1024 } }
  const calls = [
    { headers: { ...accept, ...headers }, body: message('tools/call', flood) },
    modern('tools/call', { ...flood, _meta: { 'io.modelcontextprotocol/logLevel': 'debug' } }),
  ]
  for (const { headers: sent, body } of calls) {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {})
    await once(socket, 'connect')
    socket.pause().write(toBytes(server.token, { ...sent }, JSON.stringify(body)))
    let after = await server.measure()
    let { peak } = after
    for (let round = 0; after.warnings.length === 0 && round < 50; round += 1) {
      after = await server.measure()
      peak = Math.max(peak, after.peak)
    }
    report(t, 'before → after a reader that was cut off', before, { ...after, peak })
    assert.deepEqual(after.warnings, ['The reader did not keep up with the stream.'])
    assert.ok(peak - before.held < peakBytes, `${peak - before.held} bytes at the most`)
    let received = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
    })
    socket.resume()
    await once(socket, 'close')
    assert.ok(!received.includes('800 were sent'))
  }
  const after = await server.measure()
  assert.ok(after.held - before.held < slackBytes, `${after.held - before.held} bytes more`)
})

interface Server {
  readonly url: string
  readonly token: string
  measure(): Promise<Memory>
}

async function start(t: TestContext): Promise<Server> {
  const { folder } = await createSandbox(t)
  const script = fileURLToPath(new URL('./mcp-memory-process.ts', import.meta.url))
  const child: ChildProcess = fork(script, [folder], { execArgv: ['--expose-gc'] })
  t.after(async () => {
    const exited = once(child, 'exit')
    child.disconnect()
    await exited
  })
  const [{ url, token }] = await once(child, 'message')
  return {
    url,
    token,
    async measure() {
      const answered = once(child, 'message')
      child.send('measure')
      const [memory] = await answered
      return memory as Memory
    },
  }
}

async function handshakes(server: Server, count: number): Promise<readonly string[]> {
  const pool = new Pool(server.url, { connections: 4 })
  const ids: string[] = []
  for (let at = 0; at < count; at += 1) {
    const { headers, body } = await pool.request({
      method: 'POST',
      path: '/mcp',
      headers: { ...accept, authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(initialize()),
    })
    await body.dump()
    ids.push(String(headers['mcp-session-id']))
  }
  await pool.close()
  return ids
}

/** Opens streams until there is no room. */
async function fill(server: Server, count: number) {
  const streams = []
  for (let at = 0; at < count; at += 8)
    streams.push(...(await Promise.all(Array.from({ length: 8 }, () => listenTo(server, server)))))
  return streams
}

/** Asks for that many streams, of either kind by turns, and leaves each; tells what came instead, and how often. */
async function sample(server: Server, pool: Pool, sessionId: string, count: number) {
  const seen: Record<string, number> = {}
  const listen = modern('subscriptions/listen', { notifications: { toolsListChanged: true } })
  const authorization = `Bearer ${server.token}`
  const worker = async (share: number) => {
    for (let at = 0; at < share; at += 1) {
      const isListen = at % 2 === 0
      const { statusCode, body } = await pool.request({
        path: '/mcp',
        ...(isListen
          ? {
              method: 'POST',
              body: JSON.stringify(listen.body),
              headers: { ...listen.headers, authorization, 'content-type': 'application/json' },
            }
          : { method: 'GET', headers: { ...accept, authorization, 'mcp-session-id': sessionId } }),
      })
      const [chunk] = statusCode === 200 && !isListen ? [''] : await once(body, 'data')
      const { error } = String(chunk).startsWith('{') ? JSON.parse(String(chunk)) : { error: undefined }
      if (error) {
        const what = `${statusCode} ${error.code} ${error.message}`
        seen[what] = (seen[what] ?? 0) + 1
        await body.dump()
      } else body.on('error', () => {}).destroy()
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, at) => worker(Math.ceil((count - at) / 20))))
  return seen
}

function toBytes(token: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = {
    host: 'localhost',
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function report(t: TestContext, what: string, before: Memory, after: Memory): void {
  const [from, to, peak, rss] = [before.held, after.held, after.peak, after.rss].map((bytes) =>
    Math.round(bytes / mebi),
  )
  t.diagnostic(`${what}: ${from} → ${to} MiB held, ${peak} at the most, ${rss} of RSS`)
}
