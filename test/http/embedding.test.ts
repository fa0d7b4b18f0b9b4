import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fastify } from 'fastify'
import { createHttpTransport, createOrchestrator, type HttpTransport } from '../../src/index.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { createSandbox, watch } from '../support/sandbox.ts'
import { call } from './fixture.ts'

const draft = '/v1/config/cursor/default/draft'

describe('a host app with the plugin', () => {
  test('keeps its hooks, request ids and headers to its own routes, and lends its hooks to the plugin', async (t) => {
    const { url, seen } = await host(t, '/tools')
    const own = await call({ url }, '/own', { headers: { 'x-request-id': 'from-the-caller' } })
    assert.deepEqual(own.json, { id: 'req-1' })
    assert.deepEqual(
      ['x-request-id', 'content-security-policy', 'access-control-allow-origin'].map(
        (name) => own.headers[name],
      ),
      [undefined, undefined, undefined],
    )
    const theirs = await call({ url }, '/tools/health', { headers: { 'x-request-id': 'from-the-caller' } })
    assert.equal(theirs.headers['x-request-id'], 'from-the-caller')
    assert.deepEqual(seen, ['/own', '/tools/health'])
  })

  test('has in its own log what fails below the prefix, under the id that the caller was told', async (t) => {
    const { url, log, orchestrator } = await host(t, '/tools')
    await orchestrator.store.close()
    const { status, headers } = await ask({ url }, `/tools${draft}`)
    assert.equal(status, 503)
    const line = log().find(({ msg }) => msg === 'request failed')
    assert.deepEqual([line?.reqId, line?.code], [headers['x-request-id'], 'store_unavailable'])
  })

  test('keeps its 404 when the prefix is nothing but a slash', async (t) => {
    const { url } = await host(t, '/')
    assert.equal((await ask({ url }, '/v1/clients')).status, 200)
    assert.deepEqual((await ask({ url }, '/nothing')).json, { host: 'nothing here' })
    assert.equal((await ask({ url }, '/v1/nothing')).json.code, 'not_found')
  })

  test('may have parameters of its own in the prefix', async (t) => {
    const { url } = await host(t, '/teams/:team')
    assert.equal((await ask({ url }, '/teams/blue/v1/clients')).status, 200)
    const added = await ask({ url }, `/teams/blue${draft}/add`, { body: { server_id: 'memory' } })
    assert.equal(added.json.status, 'added')
    const unknown = await ask({ url }, '/teams/blue/nothing')
    assert.equal(unknown.json.detail, 'There is nothing at /teams/blue/nothing.')
  })
})

describe('several transports in one process', () => {
  test('share neither home nor key, and end one by one', async (t) => {
    const [red, green, blue] = [await create(t, 'red'), await create(t, 'green'), await create(t, 'blue')]
    const urls = [await red.listen({ port: 0 }), await serve(t, green), await plugIn(t, blue)]
    const keys = ['red', 'green', 'blue']

    const statuses = await Promise.all(
      urls.flatMap((url) => keys.map(async (key) => (await ask({ url }, '/v1/clients', { key })).status)),
    )
    assert.deepEqual(statuses, [200, 401, 401, 401, 200, 401, 401, 401, 200])

    await ask({ url: urls[0] ?? '' }, `${draft}/add`, { key: 'red', body: { server_id: 'memory' } })
    const drafts = await Promise.all(
      urls.map(async (url, at) => (await ask({ url }, draft, { key: keys[at] ?? '' })).json.servers),
    )
    assert.deepEqual(drafts, [['memory'], [], []])

    await green.close()
    assert.equal((await ask({ url: urls[1] ?? '' }, '/health')).status, 503)
    assert.equal((await ask({ url: urls[0] ?? '' }, '/health')).status, 200)
    assert.equal((await ask({ url: urls[2] ?? '' }, '/health')).status, 200)
  })

  test('may share an orchestrator, which outlives each of them', async (t) => {
    const orchestrator = await createTestOrchestrator(t)
    const options = { orchestrator, logger: false } as const
    const [one, two] = [createHttpTransport(options), createHttpTransport(options)]
    const [first, second] = [await one.listen({ port: 0 }), await two.listen({ port: 0 })]
    t.after(() => two.close())
    const { token } = await orchestrator.tokens.generate()
    await call({ url: first }, `${draft}/add`, { token, body: { server_id: 'memory' } })
    await one.close()
    assert.deepEqual((await call({ url: second }, draft, { token })).json.servers, ['memory'])
  })
})

test('a process in which each form of a transport was used and closed ends by itself', {
  timeout: 60_000,
}, async (t) => {
  const sandbox = await createSandbox(t)
  const program = fileURLToPath(new URL('embed-and-close-process.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { env: sandbox.env, cwd: sandbox.folder })
  const { code, stdout, stderr } = await watch(sandbox, child, () => child.kill('SIGTERM')).ended
  assert.deepEqual(
    { code, stdout, stderr },
    { code: 0, stdout: 'listen []\nhandle []\nplugIn []\n', stderr: '' },
  )
})

interface LogLine {
  readonly msg: string
  readonly reqId?: string
  readonly code?: string
}

/** A host with habits of its own, and the plugin under a prefix. */
async function host(t: TestContext, prefix: string) {
  const orchestrator = await createTestOrchestrator(t)
  const lines: string[] = []
  const seen: string[] = []
  const app = fastify({ logger: { stream: { write: (line: string) => lines.push(line) } } })
  app.addHook('onRequest', async ({ url }) => void seen.push(url))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ host: 'nothing here' }))
  app.get('/own', async ({ id }) => ({ id }))
  app.register(createHttpTransport({ orchestrator, apiKey: 'Priya', logger: false }).plugin, { prefix })
  t.after(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url, seen, orchestrator, log: () => lines.map((line): LogLine => JSON.parse(line)) }
}

async function create(t: TestContext, name: string): Promise<HttpTransport> {
  const { folder, home } = await createSandbox(t)
  const orchestrator = createOrchestrator({ home, env: { HOME: folder } })
  const transport = createHttpTransport({ orchestrator, apiKey: name, logger: false })
  t.after(async () => {
    await transport.close()
    await orchestrator.close()
  })
  return transport
}

async function serve(t: TestContext, { handler }: HttpTransport): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function plugIn(t: TestContext, { plugin }: HttpTransport): Promise<string> {
  const app = fastify()
  app.register(plugin, { prefix: '/tools' })
  t.after(() => app.close())
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/tools`
}

function ask(
  served: { readonly url: string },
  path: string,
  { key = 'Priya', body }: { readonly key?: string; readonly body?: unknown } = {},
) {
  return call(served, path, { token: null, headers: { 'x-api-key': key }, body })
}
