import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  createFailedAttempts,
  type FailedAttemptsOptions,
  toNetwork,
} from '../../src/http/access/failed-attempts.ts'
import { createHttpTransport } from '../../src/http/transport.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { apiKey, call, fullToken, serve } from './fixture.ts'

describe('failures from an address', () => {
  test('are let pass up to the limit, then have to wait until the window ends', () => {
    let now = 0
    const attempts = createFailedAttempts({ limit: 2, windowMs: 60_000 }, () => now)
    const answers = [0, 10_000, 20_000, 59_001].map((at) => {
      now = at
      return attempts.note('192.0.2.1')
    })
    assert.deepEqual(answers, [undefined, undefined, 40, 1])
  })

  test('count anew after the window', () => {
    let now = 0
    const attempts = createFailedAttempts({ limit: 1, windowMs: 1000 }, () => now)
    attempts.note('192.0.2.1')
    assert.equal(attempts.note('192.0.2.1'), 1)
    now = 1000
    assert.equal(attempts.note('192.0.2.1'), undefined)
  })

  test("don't count for another", () => {
    const attempts = createFailedAttempts({ limit: 1 })
    attempts.note('192.0.2.1')
    assert.equal(attempts.note('192.0.2.2'), undefined)
    assert.notEqual(attempts.note('192.0.2.1'), undefined)
  })

  test('are remembered of so many addresses at the most, the newest', () => {
    const attempts = createFailedAttempts({ limit: 1, maxAddresses: 2 })
    for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) attempts.note(address)
    assert.notEqual(attempts.note('192.0.2.3'), undefined)
    assert.notEqual(attempts.note('192.0.2.2'), undefined)
    assert.equal(attempts.note('192.0.2.1'), undefined)
  })

  test('count together where the address is not known', () => {
    const attempts = createFailedAttempts({ limit: 1 })
    attempts.note(undefined)
    assert.notEqual(attempts.note(undefined), undefined)
  })
})

describe('the limit', () => {
  test('of a flood from 400,000 addresses stays within a fixed memory', () => {
    const attempts = createFailedAttempts()
    const noteAll = (from: number) => {
      for (let each = from; each < from + 200_000; each += 1)
        attempts.note(`2001:db8:${(each >> 16).toString(16)}:${(each & 0xffff).toString(16)}::1`)
    }
    noteAll(0)
    const before = retainedBytes()
    noteAll(200_000)
    const grown = retainedBytes() - before
    assert.ok(grown < 4 * 1024 ** 2, `${grown} bytes more after the second half`)
    // The last of them are remembered: the flood hasn't switched the limit off.
    const last = '2001:db8:6:1a7f::2'
    const answers = Array.from({ length: 21 }, () => attempts.note(last))
    assert.notEqual(answers.at(-1), undefined)
  })

  for (const options of [{ limit: 0 }, { limit: 1.5 }, { windowMs: -1 }, { maxAddresses: Number.NaN }])
    test(`is refused with ${JSON.stringify(options)}`, () => {
      assert.throws(() => createFailedAttempts(options), { code: 'invalid_request' })
    })

  test('is that of the option of the transport, and false is none', async (t) => {
    const statuses = async (failedAuthentications: FailedAttemptsOptions | false) => {
      const orchestrator = await createTestOrchestrator(t)
      const transport = createHttpTransport({ orchestrator, failedAuthentications, logger: false })
      t.after(() => transport.close())
      const url = await transport.listen({ port: 0 })
      const all: number[] = []
      for (let tries = 0; tries < 22; tries += 1)
        all.push((await call({ url }, '/v1/clients', { token: 'wrong' })).status)
      const { token } = await orchestrator.tokens.generate()
      all.push((await call({ url }, '/v1/clients', { token })).status)
      return all
    }
    const many = (count: number, status: number) => Array<number>(count).fill(status)
    assert.deepEqual(await statuses({ limit: 2 }), [...many(2, 401), ...many(20, 429), 200])
    assert.deepEqual(await statuses({}), [...many(20, 401), ...many(2, 429), 200])
    assert.deepEqual(await statuses(false), [...many(22, 401), 200])
  })
})

/** What is still in use on the heap. */
function retainedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

test('a host that has several processes counts by something of its own', async (t) => {
  const orchestrator = await createTestOrchestrator(t)
  const asked: (string | undefined)[] = []
  const note = async (address: string | undefined) => {
    asked.push(address)
    return asked.length > 1 ? 42 : undefined
  }
  const transport = createHttpTransport({ orchestrator, failedAuthentications: { note }, logger: false })
  const headers = { authorization: `Bearer ${'A'.repeat(43)}` }
  const guess = () => transport.app.inject({ url: '/v1/clients', headers })
  assert.equal((await guess()).statusCode, 401)
  const { statusCode, headers: told } = await guess()
  assert.deepEqual([statusCode, told['retry-after']], [429, '42'])
  assert.deepEqual(asked, ['127.0.0.1', '127.0.0.1'])
})

describe('one network is', () => {
  const networks = {
    '192.0.2.1': '192.0.2.1',
    '::ffff:192.0.2.1': '192.0.2.1',
    '::FFFF:192.0.2.1': '192.0.2.1',
    '2001:db8:1:2::1': '2001:db8:1:2',
    '2001:DB8:0001:2:ffff:ffff:ffff:ffff': '2001:db8:1:2',
    '2001:db8::1': '2001:db8:0:0',
    'fe80::1%eth0': 'fe80:0:0:0',
    '::1': '0:0:0:0',
    '::': '0:0:0:0',
    '1::2:3:4:5:192.0.2.1': '1:0:2:3',
    '64:ff9b::192.0.2.1': '64:ff9b:0:0',
    '1:2:3:4:5:6:7::': '1:2:3:4',
    'no address': 'no address',
    ['x'.repeat(1000)]: 'x'.repeat(64),
  }
  for (const [address, network] of Object.entries(networks))
    test(`${network.slice(0, 20)} for ${address.slice(0, 40)}`, () =>
      assert.equal(toNetwork(address), network))
})

describe('guessing over HTTP', () => {
  test('is refused after twenty failures, by the token and by the key, at every path', async (t) => {
    const served = await serve(t)
    for (let failures = 0; failures < 20; failures += 1)
      assert.equal((await call(served, '/v1/notes', { token: `guess-${failures}` })).status, 401)
    for (const options of [{ token: 'guess' }, { token: null, headers: { 'x-api-key': 'guess' } }]) {
      const answer = await call(served, '/mcp', options)
      assert.equal(answer.status, 429)
      assert.equal(answer.json.code, 'rate_limited')
      assert.equal(answer.json.title, 'Rate limited')
      assert.match(String(answer.headers['retry-after']), /^(?:[1-9]|[1-5][0-9]|60)$/)
      assert.ok(String(answer.json.detail).includes(`${answer.headers['retry-after']} seconds`))
      assert.equal(answer.headers['www-authenticate'], undefined)
    }
  })

  test('locks nobody out who has a valid credential', async (t) => {
    const served = await serve(t)
    await guess(served)
    assert.equal((await call(served, '/v1/notes', { token: fullToken })).status, 200)
    const headers = { 'x-api-key': Buffer.from(apiKey).toString('latin1') }
    assert.equal((await call(served, '/v1/notes', { token: null, headers })).status, 200)
  })

  test('is not what a request without a credential, or with one of no use, does', async (t) => {
    const served = await serve(t)
    const headers = { authorization: 'Basic dXNlcjpwYXNz' }
    for (let requests = 0; requests < 25; requests += 1)
      assert.equal((await call(served, '/v1/notes', { token: null, headers })).status, 401)
    assert.equal((await call(served, '/v1/notes', { token: null })).status, 401)
    assert.equal((await call(served, '/v1/notes', { token: 'wrong' })).status, 401)
  })

  test("counts by the caller's own address behind a trusted proxy, and by the proxy's without trust", async (t) => {
    const from = (address: string) => ({ token: 'wrong', headers: { 'x-forwarded-for': address } })
    const trusting = await serve(t, { trustProxy: 'loopback' })
    await guess(trusting, from('192.0.2.1'))
    assert.equal((await call(trusting, '/v1/notes', from('192.0.2.1'))).status, 429)
    assert.equal((await call(trusting, '/v1/notes', from('192.0.2.2'))).status, 401)
    const plain = await serve(t)
    await guess(plain, from('192.0.2.1'))
    assert.equal((await call(plain, '/v1/notes', from('192.0.2.2'))).status, 429)
  })
})

async function guess(served: Parameters<typeof call>[0], options = { token: 'wrong' }): Promise<void> {
  for (let failures = 0; failures < 21; failures += 1) await call(served, '/v1/notes', options)
}
