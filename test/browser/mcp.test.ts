import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { McpServer } from '@modelcontextprotocol/server'
import type { HttpTransportOptions } from '../../src/http/transport-options.ts'
import { accepted, toMcpRequest } from '../../step_definitions/support/mcp.ts'
import { apiKey, fetchIn, type Init, serve, serveOtherOrigin, shareBrowser } from './fixture.ts'

const open = shareBrowser()

describe('a page of the own host', () => {
  test('lists the tools in the new era', async (t) => {
    const answer = await (await visit(t)).ask(listTools('2026-07-28'))
    assert.equal(answer.status, 200)
    assert.match(answer.text, /deploy_config/)
  })

  test('shakes hands in the old one and learns the id of its session', async (t) => {
    const { ask } = await visit(t, { mcpServer: () => new McpServer({ name: 'host', version: '1.0.0' }) })
    const { headers } = await ask(initialize)
    assert.match(String(headers['mcp-session-id']), /^[0-9a-f-]{36}$/)
    const pinged = await ask({ ...ping, headers: { ...ping.headers, ...pick(headers, 'mcp-session-id') } })
    assert.equal(pinged.status, 200)
  })

  test('reads why it was refused', async (t) => {
    const { ask } = await visit(t)
    const { status, headers, text } = await ask({ ...listTools('2026-07-28'), headers: accepted })
    assert.equal(status, 401)
    assert.match(String(headers['www-authenticate']), /^Bearer /)
    assert.equal(JSON.parse(text).code, 'authentication_required')
  })
})

describe('a page of any other origin', () => {
  test('that is listed lists the tools', async (t) => {
    const origin = await serveOtherOrigin(t, 'page.example')
    const { ask } = await visit(t, { allowedOrigins: [origin] }, origin)
    assert.equal((await ask(listTools('2026-07-28'))).status, 200)
  })

  test('sends nothing but a preflight and reads nothing, even with a key and whatever CORS allows elsewhere', async (t) => {
    const { ask, methods } = await visit(t, { cors: '*' }, await serveOtherOrigin(t, 'page.example'))
    await assert.rejects(ask(listTools('2026-07-28')), /Failed to fetch/)
    assert.deepEqual(methods, ['OPTIONS'])
  })

  test('reads nothing with a request that needs no preflight', async (t) => {
    const { ask, methods } = await visit(t, { cors: '*' }, await serveOtherOrigin(t, 'page.example'))
    await assert.rejects(ask({ method: 'POST', body: '{}' }), /Failed to fetch/)
    assert.deepEqual(methods, ['POST'])
  })
})

async function visit(t: TestContext, options: HttpTransportOptions = {}, origin?: string) {
  const { transport, url } = await serve(t, options)
  const methods: string[] = []
  transport.app.server.prependListener('request', ({ method }) => methods.push(String(method)))
  const { page } = await open(t)
  await page.goto(origin ?? (await serveOtherOrigin(t)))
  return { methods, ask: (init: Init) => fetchIn(page, `${url}/mcp`, init) }
}

function listTools(revision: string): Init {
  return withKey(toMcpRequest(revision, 'tools/list'))
}

const ping = withKey(toMcpRequest('2025-11-25', 'ping'))

const initialize = withKey(
  toMcpRequest('2025-11-25', 'initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'page', version: '1.0.0' },
  }),
)

function withKey({
  headers = {},
  body,
}: ReturnType<typeof toMcpRequest>): Required<Omit<Init, 'credentials'>> {
  const all = { ...headers, 'x-api-key': apiKey, 'content-type': 'application/json' }
  return { method: 'POST', headers: all, body: JSON.stringify(body) }
}

function pick(headers: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  return { [name]: headers[name] ?? '' }
}
