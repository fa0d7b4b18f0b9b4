import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import underPressure from '@fastify/under-pressure'
import { fastify } from 'fastify'
import Type from 'typebox'
import { shedOverload } from '../../src/http/overload/overload.ts'
import { createHttpTransport } from '../../src/index.ts'
import { defineOperation, type Operation } from '../../src/operations/operation.ts'
import { eventually } from '../support/eventually.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { whileBlocked } from './blocked-loop.ts'
import { type Answer, call, exchange, fullToken, head, type Served, serve } from './fixture.ts'

/** The least that there is: the tests hold the loop up for longer than that. */
const overload = { maxDelayMs: 20 }

describe('while the event loop is late', () => {
  test('requests are refused, before a credential is looked at or an operation called', async (t) => {
    const served = await serve(t, { overload })
    for (const token of [undefined, 'wrong', null])
      assertOverloaded(await whileBlocked(() => call(served, '/v1/notes', toCredential(token))))
    assert.deepEqual([served.inputs, served.uses], [[], []])
  })

  test('what stands at /mcp, at the docs and nowhere is refused alike', async (t) => {
    const served = await serve(t, { overload })
    for (const path of ['/mcp', '/openapi.json', '/.well-known/jwks.json', '/nothing', '/v1/nothing'])
      assertOverloaded(await whileBlocked(() => call(served, path, { method: 'POST', body: {} })))
  })

  test('probes are answered, by whatever method they ask', async (t) => {
    const served = await serve(t, { overload })
    for (const [path, body] of [
      ['/health', { status: 'healthy' }],
      ['/ready', { status: 'ready' }],
    ] as const) {
      assert.deepEqual((await whileBlocked(() => call(served, path, { token: null }))).json, body)
      const { status } = await whileBlocked(() => call(served, path, { method: 'HEAD', token: null }))
      assert.equal(status, 200)
    }
  })

  test('a page of another origin may read why', async (t) => {
    const served = await serve(t, { overload })
    const { headers } = await whileBlocked(() => call(served, '/v1/notes'))
    assert.equal(headers['access-control-allow-origin'], '*')
    assert.match(String(headers['access-control-expose-headers']), /Retry-After/)
  })

  describe('at /mcp', () => {
    const page = 'https://app.example.com'
    const ask = (origin: string) => ({
      method: 'OPTIONS',
      token: null,
      headers: { origin, 'access-control-request-method': 'POST' },
    })

    test('a page that may call it is told that it may, and why it is refused', async (t) => {
      const served = await serve(t, { overload, allowedOrigins: [page] })
      const preflight = await whileBlocked(() => call(served, '/mcp', ask(page)))
      assert.equal(preflight.status, 204)
      assert.match(String(preflight.headers['access-control-allow-headers']), /Authorization/)
      for (const path of ['/mcp', '/mcp/nothing']) {
        const answer = await whileBlocked(() => call(served, path, { body: {}, headers: { origin: page } }))
        assertOverloaded(answer)
        assert.deepEqual(
          [answer.headers['access-control-allow-origin'], answer.headers.vary],
          [page, 'Origin'],
        )
        assert.match(String(answer.headers['access-control-expose-headers']), /Retry-After/)
      }
    })

    test('any other page is told nothing', async (t) => {
      const origin = 'https://evil.example'
      const served = await serve(t, { overload, allowedOrigins: [page] })
      const preflight = await whileBlocked(() => call(served, '/mcp', ask(origin)))
      assert.deepEqual([preflight.status, preflight.json.code], [403, 'origin_not_allowed'])
      const answer = await whileBlocked(() => call(served, '/mcp', { body: {}, headers: { origin } }))
      assertOverloaded(answer)
      for (const { headers } of [preflight, answer]) {
        assert.deepEqual(
          Object.keys(headers).filter((name) => name.startsWith('access-control')),
          [],
        )
        assert.equal(headers.vary, 'Origin')
      }
    })
  })

  test('no byte of a body is waited for', async (t) => {
    const served = await serve(t, { overload })
    const headers = { 'content-type': 'application/json', 'content-length': '1000' }
    const answer = await whileBlocked(() =>
      exchange(served.port, head('POST', '/v1/notes/one/change', headers)),
    )
    assertOverloaded(answer)
  })

  test('a server that is stopping says so', async (t) => {
    const served = await serve(t, { overload })
    served.lifecycle.stop()
    const { statusCode, body } = await whileBlocked(() => served.app.inject('/v1/notes'))
    assert.deepEqual([statusCode, JSON.parse(body).code], [503, 'shutting_down'])
  })
})

test('once the loop is in time again, requests are answered', async (t) => {
  const served = await serve(t, { overload })
  assertOverloaded(await whileBlocked(() => call(served, '/v1/notes')))
  await eventually(async () => assert.equal((await call(served, '/v1/notes')).status, 200))
})

test('the log has one line for its beginning and one for its end, with how many were refused', async (t) => {
  const served = await serve(t, { overload, level: 'warn' })
  await whileBlocked(() => Promise.all([1, 2, 3].map(() => call(served, '/v1/notes'))))
  const lines = () => served.log().trim().split('\n')
  await eventually(() => assert.equal(lines().length, 2))
  assert.deepEqual(
    lines()
      .map((line) => JSON.parse(line))
      .map(({ msg, refused }) => ({ msg, refused })),
    [
      { msg: 'overloaded: what would have to wait too long is refused', refused: undefined },
      { msg: 'no longer overloaded', refused: 3 },
    ],
  )
})

describe('of thousands of requests at once', () => {
  const atOnce = ({ app }: Served, count: number) =>
    Promise.all(Array.from({ length: count }, () => app.inject('/.well-known/jwks.json')))

  test('all are answered that need not wait for too long', async (t) => {
    const served = await serve(t, { overload: { maxDelayMs: 60_000 } })
    for (const { statusCode } of await atOnce(served, 1_000)) assert.equal(statusCode, 200)
  })

  test('each goes on in the asynchronous context in which it came, whoever it waited with', async (t) => {
    const context = new AsyncLocalStorage<string>()
    const app = fastify()
    t.after(() => app.close())
    app.addHook('onRequest', ({ headers }, _reply, done) => context.run(String(headers['x-name']), done))
    shedOverload(app, { maxDelayMs: 60_000 })
    app.get('/', async () => context.getStore())
    const ask = (name: string) => app.inject({ url: '/', headers: { 'x-name': name } })
    const names = Array.from({ length: 1_000 }, (_, index) => `request ${index}`)
    const answers = await Promise.all(names.map(ask))
    assert.deepEqual(
      answers.map(({ body }) => body),
      names,
    )
  })

  test('preflights, which nobody has to wait for, let nobody else in', async (t) => {
    let underWay = 0
    let most = 0
    const operation = createRead(async () => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise(setImmediate)
      underWay -= 1
    })
    const { app } = await serve(t, { overload: { maxDelayMs: 60_000 }, operations: () => [operation] })
    const headers = { origin: 'https://app.example.com', 'access-control-request-method': 'GET' }
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) => [
        app.inject({
          url: '/v1/read',
          headers: { authorization: `Bearer ${fullToken}`, host: String(index) },
        }),
        app.inject({ url: '/v1/read', method: 'OPTIONS', headers }),
      ]).flat(),
    )
    assert.ok(most <= 128, `${most} were under way at once`)
  })

  test('those are refused that would, and the first ones answered', async (t) => {
    const answers = await atOnce(await serve(t, { overload }), 3_000)
    assert.equal(answers[0]?.statusCode, 200)
    const refused = answers.filter(({ statusCode }) => statusCode !== 200)
    assert.ok(refused.length > 0)
    for (const { statusCode, body } of refused)
      assert.deepEqual([statusCode, JSON.parse(body).code], [503, 'overloaded'])
  })
})

test('requests that wait for something else keep nobody out, however many they are', async (t) => {
  const everybody = Promise.withResolvers<void>()
  let entered = 0
  const operation = createRead(async () => {
    entered += 1
    if (entered === 300) everybody.resolve()
    await everybody.promise
  })
  const served = await serve(t, { overload: { maxDelayMs: 60_000 }, operations: () => [operation] })
  const answers = await Promise.all(
    Array.from({ length: 300 }, () =>
      served.app.inject({ url: '/v1/read', headers: { authorization: `Bearer ${fullToken}` } }),
    ),
  )
  for (const { statusCode } of answers) assert.equal(statusCode, 200)
})

test('whoever switches it off is answered however late', async (t) => {
  const served = await serve(t, { overload: false })
  assert.equal((await whileBlocked(() => call(served, '/v1/notes'))).status, 200)
})

describe('in a server of the host', () => {
  test('the handler refuses, too', async (t) => {
    const { handler } = await create(t)
    const server = createServer(handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    t.after(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    assert.equal((await call({ url }, '/health', { token: null })).status, 200)
    assertOverloaded(await whileBlocked(() => call({ url }, '/v1/clients')))
  })

  test('the plugin refuses what is its own, and nothing of the host', async (t) => {
    const url = await plugIn(t)
    assertOverloaded(await whileBlocked(() => call({ url }, '/tools/v1/clients')))
    assert.equal((await whileBlocked(() => call({ url }, '/tools/health'))).status, 200)
    assert.equal((await whileBlocked(() => call({ url }, '/own'))).status, 200)
  })

  for (const order of ['before', 'after'] as const)
    test(`the plugin gets along with a host that registers under-pressure ${order} it`, async (t) => {
      const url = await plugIn(t, order)
      assert.equal((await call({ url }, '/own')).status, 200)
      assert.equal((await call({ url }, '/tools/health')).status, 200)
    })
})

describe('where under-pressure is registered, too, in the same context', () => {
  test("the transport's own app starts, and goes on by its own limit", async (t) => {
    const { app, listen } = await create(t)
    app.register(underPressure, { maxEventLoopDelay: 1e9 })
    const url = await listen({ port: 0 })
    assertOverloaded(await whileBlocked(() => call({ url }, '/v1/clients')))
    assert.equal(app.isUnderPressure(), false)
  })

  for (const order of ['before', 'after'] as const)
    test(`so does a host that takes in the plugin without a context of its own, ${order} that`, async (t) => {
      const { plugin } = await create(t)
      const open = Object.assign(plugin, { [Symbol.for('skip-override')]: true })
      const app = fastify()
      t.after(() => app.close())
      for (const each of order === 'after' ? [underPressure, open] : [open, underPressure]) app.register(each)
      const url = await app.listen({ host: '127.0.0.1', port: 0 })
      assertOverloaded(await whileBlocked(() => call({ url }, '/v1/clients')))
    })
})

test('a delay that cannot be measured is refused', () => {
  for (const maxDelayMs of [0, -1, 19, 20.5, Number.NaN, Number.POSITIVE_INFINITY])
    assert.throws(() => createHttpTransport({ overload: { maxDelayMs } }), { code: 'invalid_request' })
})

function assertOverloaded({ status, headers, json }: Answer): void {
  assert.deepEqual([status, json.code], [503, 'overloaded'])
  assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
  assert.equal(headers['retry-after'], '5')
  assert.equal(headers['x-request-id'], json.request_id)
}

/** A valid token unless told otherwise. */
function toCredential(token: string | null | undefined) {
  return token === undefined ? {} : { token }
}

async function create(t: TestContext) {
  const orchestrator = await createTestOrchestrator(t)
  const transport = createHttpTransport({ orchestrator, overload, logger: false })
  t.after(() => transport.close())
  return transport
}

/** A host with a route of its own, and with limits of its own that are never reached. */
async function plugIn(t: TestContext, own?: 'before' | 'after'): Promise<string> {
  const { plugin } = await create(t)
  const app = fastify()
  t.after(() => app.close())
  app.get('/own', async () => ({}))
  if (own === 'before') await app.register(underPressure, { maxEventLoopDelay: 1e9 })
  app.register(plugin, { prefix: '/tools' })
  if (own === 'after') app.register(underPressure, { maxEventLoopDelay: 1e9 })
  return app.listen({ host: '127.0.0.1', port: 0 })
}

/** A read that does what it is told to and has nothing to say. */
function createRead(act: () => Promise<void>): Operation {
  return defineOperation({
    id: 'read',
    method: 'GET',
    path: '/v1/read',
    tool: 'none',
    scope: 'read',
    summary: 'Read',
    description: 'Reads nothing.',
    input: Type.Object({}, { additionalProperties: false }),
    output: Type.Object({}),
    errors: [],
    async handler() {
      await act()
      return {}
    },
  })
}
