import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { fastify } from 'fastify'
import { createHttpTransport } from '../../src/http/transport.ts'
import type { HttpTransportOptions } from '../../src/http/transport-options.ts'
import { createOrchestrator } from '../../src/orchestrator.ts'
import { createFolder } from '../support/folder.ts'
import { call, open, readAll } from './fixture.ts'

const key = { token: null, headers: { 'x-api-key': 'Priya' } }

describe('a transport of its own', () => {
  test('listens on a free port of the loopback and answers', async (t) => {
    const { transport } = await create(t)
    const url = await transport.listen({ port: 0 })
    assert.match(url, /^http:\/\/127\.0\.0\.1:[0-9]+$/)
    assert.deepEqual((await call({ url }, '/ready', { token: null })).json, { status: 'ready' })
    assert.equal((await call({ url }, '/v1/clients', key)).status, 200)
  })

  test('listens on localhost with one server', async (t) => {
    const { transport } = await create(t)
    const url = await transport.listen({ host: 'localhost', port: 0 })
    assert.match(url, /^http:\/\/localhost:/)
    assert.equal(transport.app.addresses().length, 1)
  })

  test('rejects with the error of the system when the port is taken, and the first goes on', async (t) => {
    const [first, second] = [await create(t), await create(t)]
    const url = await first.transport.listen({ port: 0 })
    const port = Number(new URL(url).port)
    await assert.rejects(second.transport.listen({ port }), { code: 'EADDRINUSE', port })
    assert.equal((await call({ url }, '/health')).status, 200)
  })

  test('takes a token at once that was made after it started', async (t) => {
    const { transport, orchestrator } = await create(t)
    const url = await transport.listen({ port: 0 })
    const { token, record } = await orchestrator.tokens.generate()
    assert.equal((await call({ url }, '/v1/clients', { token })).status, 200)
    assert.equal((await orchestrator.tokens.get(record.id)).usageCount, 1)
  })

  test('is closed once, however often it is asked, and leaves what was passed in open', async (t) => {
    const { transport, orchestrator } = await create(t)
    const url = await transport.listen({ port: 0 })
    assert.equal(transport.close(), transport.close())
    await transport.close()
    await assert.rejects(call({ url }, '/health'), { code: 'ECONNREFUSED' })
    await orchestrator.ready()
  })

  test('stops within its bound although a caller never finishes', async (t) => {
    const { transport } = await create(t, { drainTimeoutMs: 20 })
    const url = await transport.listen({ port: 0 })
    const socket = await open(Number(new URL(url).port))
    const raw = readAll(socket)
    socket.write(
      'POST /v1/keys/initialize HTTP/1.1\r\nhost: a\r\nx-api-key: Priya\r\ncontent-length: 9\r\n\r\n',
    )
    await new Promise((resolve) => transport.app.server.once('request', resolve))
    await transport.close()
    assert.equal(await raw, '')
  })

  test('closes before it was ever used', async (t) => {
    const { transport } = await create(t)
    await transport.close()
  })

  test('has an orchestrator of the default home and the key of the environment, and closes what it made', async (t) => {
    const home = await createFolder(t)
    setEnvironment(t, {
      MCP_ORCHESTRATION_HOME: home,
      MCP_ORCHESTRATION_API_KEY: 'Omar',
      MCP_ORCHESTRATION_STORE: 'sqlite',
    })
    const transport = createHttpTransport()
    assert.equal(existsSync(path.join(home, 'store.sqlite')), false)
    const url = await transport.listen({ port: 0 })
    const answer = await call({ url }, '/v1/clients', { token: null, headers: { 'x-api-key': 'Omar' } })
    assert.equal(answer.status, 200)
    assert.equal(existsSync(path.join(home, 'store.sqlite')), true)
    await transport.close()
    assert.equal(existsSync(path.join(home, 'store.sqlite-wal')), false)
  })

  test('has no key when the one of the environment is empty', async (t) => {
    setEnvironment(t, { MCP_ORCHESTRATION_API_KEY: '' })
    const { transport } = await create(t, {}, {})
    const { statusCode } = await transport.app.inject({ url: '/v1/clients', headers: { 'x-api-key': ' ' } })
    assert.equal(statusCode, 401)
  })

  test('is refused with a key that could never match', async (t) => {
    await assert.rejects(create(t, { apiKey: 'two\nlines' }), { code: 'invalid_request' })
  })
})

describe('a transport as a handler', () => {
  test('serves a plain server, from the first request on', async (t) => {
    const { transport } = await create(t)
    const url = await serveWith(t, createServer(transport.handler))
    const answers = await Promise.all([1, 2, 3].map(() => call({ url }, '/v1/clients', key)))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal((await call({ url }, '/v1/nothing', { token: null })).status, 401)
    assert.equal((await call({ url }, '/nothing')).json.code, 'not_found')
  })

  test('answers with a problem once it is closed', async (t) => {
    const { transport } = await create(t)
    const url = await serveWith(t, createServer(transport.handler))
    assert.equal((await call({ url }, '/health')).status, 200)
    await transport.close()
    const answer = await call({ url }, '/health')
    assert.equal(answer.status, 503)
    assert.equal(answer.json.code, 'shutting_down')
  })

  test('breaks the connection off when the app cannot start', async (t) => {
    const { transport } = await create(t)
    transport.app.register(async () => {
      throw new Error('a plugin of the host fails')
    })
    const url = await serveWith(t, createServer(transport.handler))
    await assert.rejects(call({ url }, '/health'))
  })
})

describe('a transport as a plugin', () => {
  test('answers under its prefix, with problems for what is unknown there', async (t) => {
    const { url } = await host(t, { prefix: '/tools' })
    assert.equal((await call({ url }, '/tools/v1/clients', key)).status, 200)
    assert.deepEqual((await call({ url }, '/tools/health')).json, { status: 'healthy' })
    assert.equal((await call({ url }, '/tools/v1/nothing', { token: null })).status, 401)
    const unknown = await call({ url }, '/tools/nothing')
    assert.deepEqual([unknown.status, unknown.json.code], [404, 'not_found'])
    const wrong = await call({ url }, '/tools/v1/clients', { ...key, method: 'PUT' })
    assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'GET, HEAD'])
    const broken = await call({ url }, '/tools/v1/keys/initialize', { ...key, body: '{"a":1,"a":2}' })
    assert.equal(broken.json.code, 'invalid_json')
    assert.match(String(broken.headers['x-request-id']), /^[0-9a-f-]{36}$/)
  })

  test('leaves the routes, parsers, errors and unknown paths of the host alone', async (t) => {
    const { url } = await host(t, { prefix: '/tools' })
    const text = await call({ url }, '/echo', { body: 'as it is', headers: { 'content-type': 'text/plain' } })
    assert.deepEqual([text.text, text.headers['x-request-id']], ['as it is', undefined])
    assert.deepEqual((await call({ url }, '/fails')).json, { host: 'I fail' })
    assert.deepEqual((await call({ url }, '/nothing')).json, { host: 'nothing here' })
    assert.deepEqual((await call({ url }, '/v1/clients')).json, { host: 'nothing here' })
    assert.deepEqual((await call({ url }, '/echo', { body: '{"a":1,"a":2}' })).json, { a: 2 })
  })

  test('without a prefix guards its paths and leaves all others to the host', async (t) => {
    const { url } = await host(t, {})
    assert.equal((await call({ url }, '/v1/clients', key)).status, 200)
    assert.equal((await call({ url }, '/v1/nothing', { token: null })).json.code, 'authentication_required')
    assert.equal((await call({ url }, '/mcp', { token: null })).status, 401)
    assert.deepEqual((await call({ url }, '/nothing')).json, { host: 'nothing here' })
  })

  test('closes with its host', async (t) => {
    const { app, transport, orchestrator } = await host(t, { prefix: '/tools' })
    await app.close()
    const closed = transport.close().then(() => 'closed')
    assert.equal(await Promise.race([closed, setImmediate('still open')]), 'closed')
    await orchestrator.ready()
  })

  test('can be there twice, with orchestrators of their own', async (t) => {
    const [one, two] = [await create(t), await create(t, { apiKey: 'Omar' })]
    const app = fastify()
    app.register(one.transport.plugin, { prefix: '/one' })
    app.register(two.transport.plugin, { prefix: '/two' })
    t.after(() => app.close())
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    assert.equal((await call({ url }, '/one/v1/clients', key)).status, 200)
    assert.equal((await call({ url }, '/two/v1/clients', key)).status, 401)
  })
})

async function create(
  t: TestContext,
  options: HttpTransportOptions = {},
  defaults: HttpTransportOptions = { apiKey: 'Priya' },
) {
  const home = await createFolder(t)
  const orchestrator = createOrchestrator({ home, store: 'memory', env: { HOME: home } })
  t.after(() => orchestrator.close())
  const transport = createHttpTransport({ orchestrator, logger: false, ...defaults, ...options })
  t.after(() => transport.close())
  return { transport, orchestrator, home }
}

/** A host with habits of its own. */
async function host(t: TestContext, options: { readonly prefix?: string }) {
  const made = await create(t)
  const app = fastify()
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send({ host: error.message }))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'nothing here' }))
  app.post('/echo', async ({ body }) => body)
  app.get('/fails', async () => {
    throw new Error('I fail')
  })
  app.register(made.transport.plugin, options)
  t.after(() => app.close())
  return { ...made, app, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

async function serveWith(t: TestContext, server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function setEnvironment(t: TestContext, values: Readonly<Record<string, string>>): void {
  const before = { ...process.env }
  Object.assign(process.env, values)
  t.after(() => {
    for (const name of Object.keys(values)) {
      if (before[name] === undefined) delete process.env[name]
      else process.env[name] = before[name]
    }
  })
}
