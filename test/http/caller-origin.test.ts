import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, type TestContext, test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import {
  type CallerRules,
  hostNameOf,
  isAllowedOrigin,
  refuseForeignHost,
  refuseForeignOrigin,
  toCallerRules,
  toHostName,
} from '../../src/http/access/caller-origin.ts'
import { createHttpTransport, type HttpTransportOptions } from '../../src/index.ts'
import { type Answer, call, parseAnswer, readAll } from './fixture.ts'
import { accept, credential, message, post, serveMcp } from './mcp-client.ts'

const listed = { allowedHosts: ['mcp.example.com'], allowedOrigins: ['https://app.example.com'] }

describe('the host of a request that came in over loopback', () => {
  const own = [
    'localhost',
    'localhost:8000',
    'LOCALHOST:8000',
    'app.localhost',
    '127.0.0.1',
    '127.0.0.1:8000',
    '127.8.9.10',
    '127.1',
    '[::1]',
    '[::1]:8000',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]:8000',
  ]
  const foreign = [
    'evil.example',
    'evil.example:8000',
    'localhost.evil.example',
    'evil-localhost',
    '0.0.0.0',
    '[::]',
    '[::2]',
    '10.0.0.1',
    '169.254.169.254',
    '128.0.0.1',
    '[::ffff:10.0.0.1]',
    'localhost.',
    'mcp.example.com',
  ]
  const malformed = [
    '',
    ' ',
    'a b',
    'localhost@evil.example',
    'localhost/evil',
    'localhost#',
    'localhost?',
    'localhost\\',
    'localhost:port',
    'localhost:99999',
    '[::1',
    ':80',
    'localhost,evil.example',
  ]

  for (const host of own)
    test(`may be "${host}"`, () =>
      assert.doesNotThrow(() => refuseForeignHost(asked({ host }), toCallerRules({}))))

  for (const host of [...foreign, ...malformed])
    test(`may not be "${host}"`, () =>
      assert.throws(() => refuseForeignHost(asked({ host }), toCallerRules({})), {
        code: 'host_not_allowed',
      }))

  test('may be a name that is listed, on any port and in any case, and no other', () => {
    const rules = toCallerRules(listed)
    for (const host of ['mcp.example.com', 'MCP.example.com:8443', 'localhost'])
      assert.doesNotThrow(() => refuseForeignHost(asked({ host }), rules), host)
    for (const host of [
      'example.com',
      'mcp.example.com.evil.example',
      'mcp.example.com@evil.example',
      'evil.example',
    ])
      assert.throws(() => refuseForeignHost(asked({ host }), rules), { code: 'host_not_allowed' }, host)
  })
})

describe('the host of a request from another machine', () => {
  for (const localAddress of ['192.168.1.2', '::ffff:192.168.1.2', 'fe80::1'])
    test(`at ${localAddress} may be any unless some are listed, but must be one`, () => {
      const ask = (host: string, rules: CallerRules) => () =>
        refuseForeignHost(asked({ host, localAddress }), rules)
      assert.doesNotThrow(ask('evil.example', toCallerRules({})))
      assert.throws(ask('', toCallerRules({})), { code: 'host_not_allowed' })
      assert.doesNotThrow(ask('mcp.example.com', toCallerRules(listed)))
      assert.throws(ask('evil.example', toCallerRules(listed)), { code: 'host_not_allowed' })
      assert.throws(ask('localhost', toCallerRules(listed)), { code: 'host_not_allowed' })
    })

  test('is local when the address is IPv4 in the form of IPv6, and when there is none', () => {
    for (const localAddress of ['::ffff:127.0.0.1', '::FFFF:127.0.0.1', '::1', undefined])
      assert.throws(
        () => refuseForeignHost(asked({ host: 'evil.example', localAddress }), toCallerRules({})),
        {
          code: 'host_not_allowed',
        },
      )
  })
})

describe('the origin of a request', () => {
  const cases: readonly (readonly [host: string, origin: string, allowed: boolean])[] = [
    ['localhost:8000', 'http://localhost:8000', true],
    ['localhost:8000', 'http://localhost:3000', true],
    ['localhost:8000', 'https://localhost', true],
    ['localhost:8000', 'http://127.0.0.1:3000', true],
    ['127.0.0.1:8000', 'http://[::1]:8000', true],
    ['[::1]:8000', 'http://app.localhost', true],
    ['mcp.example.com', 'https://mcp.example.com', true],
    ['mcp.example.com', 'https://app.example.com', true],
    ['localhost:8000', 'https://app.example.com', true],
    ['mcp.example.com', 'http://localhost:3000', false],
    ['mcp.example.com', 'http://app.example.com', false],
    ['mcp.example.com', 'https://app.example.com:8443', false],
    ['mcp.example.com', 'https://app.example.com.evil.example', false],
    ['mcp.example.com', 'https://sub.mcp.example.com', false],
    ['localhost:8000', 'http://evil.example', false],
    ['localhost:8000', 'http://localhost@evil.example', false],
    ['localhost:8000', 'http://localhost.evil.example', false],
    ['localhost:8000', 'http://localhost.:8000', false],
    ['localhost:8000', 'null', false],
    ['localhost:8000', '', false],
    ['localhost:8000', '*', false],
    ['localhost:8000', 'localhost', false],
    ['localhost:8000', 'file://', false],
    ['localhost:8000', 'file://localhost/etc', false],
    ['localhost:8000', 'chrome-extension://localhost', false],
    ['localhost:8000', 'http://', false],
    ['localhost:8000', 'http://10.0.0.1', false],
    ['not a host', 'http://localhost', false],
    ['not a host', 'http://undefined', false],
  ]
  for (const [host, origin, allowed] of cases)
    test(`"${origin}" ${allowed ? 'may' : 'may not'} call "${host}"`, () => {
      const rules = toCallerRules(listed)
      assert.equal(isAllowedOrigin(origin, asked({ host }), rules), allowed)
      const ask = () => refuseForeignOrigin(asked({ host, origin }), rules)
      if (allowed) assert.doesNotThrow(ask)
      else assert.throws(ask, { code: 'origin_not_allowed' })
    })

  test('is not asked for', () =>
    assert.doesNotThrow(() => refuseForeignOrigin(asked({ host: 'localhost' }), toCallerRules({}))))

  test('is not repeated at length', () => {
    const origin = `http://${'x'.repeat(5_000)}.example`
    assert.throws(
      () => refuseForeignOrigin(asked({ host: 'localhost', origin }), toCallerRules({})),
      (error: Error) => error.message.length < 400,
    )
  })
})

describe('the lists', () => {
  test('take names of hosts and addresses', () => {
    assert.deepEqual(['MCP.example.com', '[2001:DB8::1]', '10.0.0.1'].map(toHostName), [
      'mcp.example.com',
      '[2001:db8::1]',
      '10.0.0.1',
    ])
    assert.equal(hostNameOf('[::1]:80'), '[::1]')
  })

  for (const name of [
    'https://mcp.example.com',
    'mcp.example.com:443',
    'mcp.example.com/mcp',
    '*',
    '*.example.com',
    '',
    '2001:db8::1',
    'mcp example',
    '127.1',
  ])
    test(`refuse the host "${name}"`, () =>
      assert.throws(() => toCallerRules({ allowedHosts: [name] }), { code: 'invalid_request' }))

  test('refuse what no browser sends as its origin', () => {
    for (const origin of ['app.example.com', 'https://app.example.com/', 'null', '*'])
      assert.throws(() => toCallerRules({ allowedOrigins: [origin] }), { code: 'invalid_request' }, origin)
    assert.throws(() => createHttpTransport({ store: 'memory', allowedHosts: ['a b'] }), {
      code: 'invalid_request',
    })
  })
})

describe('/mcp over a socket', () => {
  test('refuses a foreign host before it looks at the credential', async (t) => {
    const { served, priya } = await start(t)
    for (const token of [null, priya.token]) {
      const { status, json, headers } = await post(served, ping, { token, headers: { host: 'evil.example' } })
      assert.deepEqual([status, json.code], [403, 'host_not_allowed'])
      assert.equal(headers['content-type'], 'application/problem+json; charset=utf-8')
    }
    assert.equal(
      (await call(served, '/v1/clients', { ...priya, headers: { host: 'evil.example' } })).status,
      200,
    )
  })

  test('refuses a page that names itself as host and origin, and lets its own in', async (t) => {
    const { served, priya } = await start(t)
    const evil = { host: 'evil.example', origin: 'http://evil.example' }
    assert.equal((await post(served, ping, { ...priya, headers: evil })).status, 403)
    const { host } = new URL(served.url)
    const own = await post(served, ping, { ...priya, headers: { host, origin: `http://${host}` } })
    assert.deepEqual([own.status, own.headers['access-control-allow-origin']], [200, `http://${host}`])
  })

  test('wants to know its name, in HTTP/1.0 too', async (t) => {
    const { served, priya } = await start(t)
    for (const [version, host, status] of [
      ['1.0', '', 403],
      ['1.0', 'host: localhost\r\n', 200],
      ['1.1', '', 400],
      ['1.1', 'host: localhost\r\nhost: evil.example\r\n', 400],
    ] as const)
      assert.deepEqual(
        [version, host, (await raw(served, priya.token, version, host)).status],
        [version, host, status],
      )
  })

  test('believes the forwarded name of a proxy that is trusted, of no other', async (t) => {
    const forwarded = { 'x-forwarded-host': 'mcp.example.com' }
    const spoofed = { host: 'evil.example', 'x-forwarded-host': 'localhost' }
    const status = async (options: HttpTransportOptions, headers: Readonly<Record<string, string>>) => {
      const { served, priya } = await start(t, options)
      return (await post(served, ping, { ...priya, headers })).status
    }
    const { allowedHosts } = listed
    assert.equal(await status({ allowedHosts, trustProxy: true }, forwarded), 200)
    assert.equal(await status({ allowedHosts: ['other.example'], trustProxy: true }, forwarded), 403)
    assert.equal(await status({}, spoofed), 403)
    assert.equal(await status({ trustProxy: '10.0.0.1' }, spoofed), 403)
  })

  test('answers under a name from elsewhere', {
    skip: outer() === undefined && 'there is no other address',
  }, async (t) => {
    const { served, priya } = await start(t, listed, outer())
    assert.equal((await post(served, ping, { ...priya, headers: { host: 'mcp.example.com' } })).status, 200)
    assert.equal((await post(served, ping, { ...priya, headers: { host: 'evil.example' } })).status, 403)
    const open = await start(t, {}, outer())
    assert.equal(
      (await post(open.served, ping, { ...open.priya, headers: { host: 'any.example' } })).status,
      200,
    )
    assert.equal((await raw(open.served, open.priya.token, '1.0', '')).status, 403)
  })
})

describe('CORS at /mcp', () => {
  const origin = 'https://app.example.com'
  const preflight = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
  }

  test('answers the preflight of a page that is listed, without a credential', async (t) => {
    const { served } = await start(t, listed)
    const { status, headers, text } = await call(served, '/mcp', {
      method: 'OPTIONS',
      token: null,
      headers: preflight,
    })
    assert.deepEqual(
      [status, text, headers['access-control-allow-origin'], headers.vary],
      [204, '', origin, 'Origin'],
    )
    const allowed = String(headers['access-control-allow-headers']).toLowerCase().split(', ')
    for (const name of [
      'authorization',
      'content-type',
      'mcp-session-id',
      'mcp-protocol-version',
      'mcp-method',
      'mcp-name',
      'last-event-id',
    ])
      assert.ok(allowed.includes(name), name)
    assert.equal(headers['access-control-allow-methods'], 'GET, POST, DELETE, OPTIONS')
    assert.equal(headers['access-control-allow-credentials'], undefined)
  })

  test('tells nobody in a preflight what a foreign host may do, be the page listed or its own', async (t) => {
    const { served } = await start(t, listed)
    for (const page of [origin, 'http://evil.example']) {
      const headers = { ...preflight, origin: page, host: 'evil.example' }
      const { status, json } = await call(served, '/mcp', { method: 'OPTIONS', token: null, headers })
      assert.deepEqual([status, json.code], [403, 'host_not_allowed'])
    }
  })

  test('lets such a page read every answer, a refusal too', async (t) => {
    const { served, priya } = await start(t, listed)
    for (const [token, status] of [
      [null, 401],
      ['x'.repeat(43), 401],
      [priya.token, 200],
    ] as const) {
      const answer = await post(served, ping, { token, headers: { origin } })
      assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [status, origin])
      assert.match(String(answer.headers['access-control-expose-headers']), /Mcp-Session-Id/)
    }
  })

  test('tells any other page nothing, whatever holds for the rest', async (t) => {
    const { served, priya } = await start(t, { ...listed, cors: '*' })
    const evil = 'https://evil.example'
    const refused: readonly Answer[] = [
      await call(served, '/mcp', { method: 'OPTIONS', token: null, headers: { ...preflight, origin: evil } }),
      await post(served, ping, { ...priya, headers: { origin: evil } }),
      await post(served, ping, { ...priya, headers: { origin: 'null' } }),
    ]
    for (const { status, headers, json } of refused) {
      assert.deepEqual([status, json.code], [403, 'origin_not_allowed'])
      assert.deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control')),
        [],
      )
      assert.equal(headers.vary, 'Origin')
    }
    const elsewhere = await call(served, '/v1/clients', { ...priya, headers: { origin: evil } })
    assert.deepEqual([elsewhere.status, elsewhere.headers['access-control-allow-origin']], [200, '*'])
  })
})

const ping = message('ping')

async function start(t: TestContext, options: HttpTransportOptions = {}, host = '127.0.0.1') {
  const served = await serveMcp(t, { ...options, logger: false }, host)
  return { served, priya: await credential(served) }
}

function asked({
  localAddress = '127.0.0.1',
  host,
  origin,
}: {
  host: string
  origin?: string
  localAddress?: string | undefined
}) {
  return { host, headers: origin === undefined ? {} : { origin }, socket: { localAddress } } as FastifyRequest
}

async function raw(
  { url }: { readonly url: string },
  token: string,
  version: string,
  host: string,
): Promise<Answer> {
  const body = JSON.stringify(ping)
  const headers = Object.entries({
    ...accept,
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
  })
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const head = `POST /mcp HTTP/${version}\r\n${host}${lines}connection: close\r\ncontent-length: ${body.length}\r\n\r\n`
  const { port, hostname } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.write(head + body)
  return parseAnswer(await readAll(socket))
}

/** An address of this machine that others may reach, if it has one. */
function outer(): string | undefined {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address
}
