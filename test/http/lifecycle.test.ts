import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fastify } from 'fastify'
import Type from 'typebox'
import { createLifecycle } from '../../src/http/lifecycle.ts'
import { defineOperation } from '../../src/operations/operation.ts'
import { call, exchange, head, open, parseAnswer, readAll, readToken, type Served, serve } from './fixture.ts'

describe('stopping', () => {
  test('lets a request in flight finish, on a connection that is closed after it', async (t) => {
    const held = await serveHeld(t)
    const answer = call(held, '/v1/held', { headers: { connection: 'keep-alive' } })
    await held.entered
    held.lifecycle.stop()
    const drained = held.lifecycle.drained(60_000)
    held.release()
    const { status, headers, json } = await answer
    assert.deepEqual([status, json, headers.connection], [200, { held: true }, 'close'])
    await drained
  })

  test('waits for a body that is still on its way', async (t) => {
    const served = await serve(t)
    const socket = await open(served.port)
    const raw = readAll(socket)
    const headers = { 'content-length': '12', 'content-type': 'application/json', connection: 'keep-alive' }
    const begun = once(served.app.server, 'request')
    socket.write(`${head('POST', '/v1/notes/one/change', headers)}{"text":`)
    await begun
    served.lifecycle.stop()
    socket.write('"a"}')
    const answer = parseAnswer(await raw)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.connection, 'close')
  })

  test('closes idle connections at once: one that asked before, one that never did, one that began to', async (t) => {
    const served = await serve(t)
    const sockets = [await open(served.port), await open(served.port), await open(served.port)]
    const [asked, , began] = sockets
    asked?.write(head('GET', '/health', { connection: 'keep-alive' }))
    await once(asked ?? assert.fail(), 'data')
    began?.write('GET /health HTTP/1.1\r\nhost:')
    const closed = sockets.map((socket) => new Promise((resolve) => socket.resume().once('close', resolve)))
    served.lifecycle.stop()
    await Promise.all(closed)
    await served.lifecycle.drained(60_000)
  })

  test('takes no new connection', async (t) => {
    const served = await serve(t)
    served.lifecycle.stop()
    const socket = await open(served.port)
    assert.equal(await readAll(socket), '')
  })

  test('answers a new request with a problem that says when to try again', async (t) => {
    const served = await serve(t, { level: 'error' })
    served.lifecycle.stop()
    for (const url of ['/health', '/v1/notes', '/nothing']) {
      const { statusCode, headers, body } = await served.app.inject(url)
      assert.equal(statusCode, 503)
      assert.equal(JSON.parse(body).code, 'shutting_down')
      assert.equal(headers['retry-after'], '5')
      assert.equal(headers.connection, 'close')
    }
    assert.equal(served.log(), '')
  })

  test('cuts off what is not done in time', async (t) => {
    const held = await serveHeld(t)
    const socket = await open(held.port)
    const raw = readAll(socket)
    socket.write(head('GET', '/v1/held'))
    await held.entered
    held.lifecycle.stop()
    await held.lifecycle.drained(1)
    assert.equal(await raw, '')
    held.release()
  })

  test('has nothing to wait for when nothing is in flight', async (t) => {
    const served = await serve(t)
    await call(served, '/v1/notes')
    served.lifecycle.stop()
    served.lifecycle.stop()
    await served.lifecycle.drained(60_000)
  })
})

test('a caller that was refused but neither sends its body nor leaves is let go', async (t) => {
  const served = await serve(t)
  const headers = {
    'content-length': '50000000',
    'content-type': 'application/json',
    connection: 'keep-alive',
  }
  const answer = await exchange(served.port, head('POST', '/v1/notes/one/change', headers))
  assert.equal(answer.status, 413)
})

test('a caller that goes away while a host looks at its request leaves nothing to wait for', async (t) => {
  const app = fastify()
  const lifecycle = createLifecycle()
  const looking = Promise.withResolvers<void>()
  const left = Promise.withResolvers<void>()
  app.addHook('onRequest', async (_request, { raw }) => {
    raw.once('close', left.resolve)
    looking.resolve()
    await left.promise
  })
  lifecycle.follow(app)
  const handled = Promise.withResolvers<void>()
  app.get('/', async () => handled.resolve())
  t.after(() => app.close())
  await app.listen({ host: '127.0.0.1', port: 0 })
  const socket = await open((app.server.address() as AddressInfo).port)
  socket.write(head('GET', '/'))
  await looking.promise
  socket.destroy()
  await handled.promise
  lifecycle.stop()
  await lifecycle.drained(60_000)
})

test('a caller that goes away leaves nothing to wait for', async (t) => {
  const held = await serveHeld(t)
  const socket = await open(held.port)
  socket.write(head('GET', '/v1/held'))
  await held.entered
  socket.destroy()
  await held.lifecycle.drained(60_000)
  held.release()
})

interface Held extends Served {
  /** Resolves when the operation has begun. */
  readonly entered: Promise<void>
  readonly release: () => void
}

/** One operation, which answers only when it is released. */
async function serveHeld(context: Parameters<typeof serve>[0]): Promise<Held> {
  const [entered, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const operation = defineOperation({
    id: 'held',
    method: 'GET',
    path: '/v1/held',
    tool: 'none',
    scope: 'read',
    summary: 'Held',
    description: 'Waits.',
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({ held: Type.Boolean() }),
    errors: [],
    async handler() {
      entered.resolve()
      await gate.promise
      return { held: true }
    },
  })
  const served = await serve(context, { operations: () => [operation] })
  return { ...served, entered: entered.promise, release: gate.resolve }
}

describe('a caller that does not read', () => {
  test('is cut off when it has taken nothing of its answer for a while', async (t) => {
    const served = await serve(t, { level: 'info', stallTimeoutMs: 100, operations: () => [huge] })
    const socket = await open(served.port)
    socket.pause().write(head('GET', '/v1/huge', { authorization: `Bearer ${readToken}` }))
    await t.waitFor(() => assert.match(served.log(), /request broken off/), { timeout: 10_000 })
  })

  test('is let be as long as it takes something now and then', async (t) => {
    const served = await serve(t, { stallTimeoutMs: 600, operations: () => [huge] })
    const socket = await open(served.port)
    socket.write(head('GET', '/v1/huge', { authorization: `Bearer ${readToken}`, connection: 'close' }))
    let taken = 0
    let pauses = 0
    for await (const chunk of socket.iterator()) {
      taken += chunk.length
      if (taken < (pauses + 1) * (hugeSize / 8)) continue
      pauses += 1
      await setTimeout(200)
    }
    assert.ok(taken > hugeSize, `${taken} bytes`)
  })
})

/** More than the system takes off a server's hands for a connection. */
const hugeSize = 64 * 1024 ** 2

const huge = defineOperation({
  id: 'get_huge',
  method: 'GET',
  path: '/v1/huge',
  tool: 'huge',
  scope: 'read',
  summary: 'A huge answer',
  description: 'Answers with more than fits into any buffer.',
  input: Type.Object({}, { additionalProperties: false }),
  output: Type.Object({ text: Type.String() }),
  errors: [],
  handler: async () => ({ text: 'x'.repeat(hugeSize) }),
})
