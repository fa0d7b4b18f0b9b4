import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { operations } from '../../src/operations/operations.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { apiKey, type Call, call, type Served, serve, writeToken } from './fixture.ts'

const ref = { clientId: 'cursor', profileId: 'work' }
const base = '/v1/config/cursor/work'

describe('a read of what one has already', () => {
  for (const method of ['GET', 'HEAD'])
    test(`by ${method} is 304 with the ETag, how it may be kept, and nothing else of it`, async (t) => {
      const { ask, orchestrator } = await setUp(t)
      await orchestrator.drafts.add(ref, { serverId: 'memory' })
      const { etag = '' } = (await ask('/draft')).headers
      for (const tags of [etag, '*', `W/${etag}`, `"other", ${etag}`]) {
        const { status, text, headers } = await ask('/draft', {
          method,
          headers: { 'if-none-match': `${tags}` },
        })
        assert.deepEqual({ status, text, etag: headers.etag }, { status: 304, text: '', etag })
        assert.equal(headers['cache-control'], 'private, no-cache')
        assert.equal(headers['content-type'], undefined)
        assert.equal(headers['content-length'], undefined)
        assert.ok(headers['x-request-id'])
      }
    })

  test('is answered in full when it has changed', async (t) => {
    const { ask, orchestrator } = await setUp(t)
    const before = String((await ask('/draft')).headers.etag)
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    const answer = await ask('/draft', { headers: { 'if-none-match': before } })
    assert.equal(answer.status, 200)
    assert.notEqual(answer.headers.etag, before)
    assert.equal(answer.json.server_count, 1)
  })

  test('of the schema and of the keys is 304, too', async (t) => {
    const { served } = await setUp(t)
    for (const path of ['/openapi.json', '/.well-known/jwks.json'])
      for (const method of ['GET', 'HEAD']) {
        const { etag } = (await call(served, path)).headers
        const again = await call(served, path, { method, headers: { 'if-none-match': String(etag) } })
        assert.deepEqual([again.status, again.text], [304, ''])
        assert.equal(again.headers['content-length'], undefined)
      }
  })

  test('that is refused is a problem and no 304', async (t) => {
    const { ask } = await setUp(t)
    const { status, json } = await ask('', { headers: { 'if-none-match': '*' } })
    assert.deepEqual([status, json.code], [404, 'profile_not_found'])
  })

  test('with a broken condition is refused', async (t) => {
    const { ask } = await setUp(t)
    for (const name of ['if-none-match', 'if-match']) {
      const { status, json, headers } = await ask('/draft', { headers: { [name]: 'unquoted' } })
      assert.deepEqual([status, json.code], [400, 'invalid_request'])
      assert.match(String(headers['content-type']), /^application\/problem\+json\b/)
      assert.equal(headers.etag, undefined)
      assert.equal(headers['cache-control'], 'no-store')
    }
  })

  test('only if it is what one saw is refused when it is not', async (t) => {
    const { ask } = await setUp(t)
    const { etag } = (await ask('/draft')).headers
    assert.equal((await ask('/draft', { headers: { 'if-match': String(etag) } })).status, 200)
    assert.equal((await ask('/draft', { headers: { 'if-match': '*' } })).status, 200)
    const refused = await ask('/draft', { headers: { 'if-match': '"other"' } })
    assert.deepEqual([refused.status, refused.json.code], [412, 'precondition_failed'])
    assert.equal(refused.headers.etag, etag)
  })
})

describe('a change of a draft', () => {
  const changes: Readonly<Record<string, [path: string, options: Call]>> = {
    add: ['/draft/add', { body: { server_id: 'fetch' } }],
    remove: ['/draft/remove', { body: { server_name: 'memory' } }],
    clear: ['/draft', { method: 'DELETE' }],
    publish: ['/publish', { body: {} }],
  }

  for (const [name, [path, options]] of Object.entries(changes)) {
    test(`(${name}) is made to what one saw, and not again`, async (t) => {
      const { ask, change, orchestrator } = await setUp(t)
      await orchestrator.keys.initialize()
      await orchestrator.drafts.add(ref, { serverId: 'memory' })
      const { etag } = (await ask('/draft')).headers
      const made = await change(path, options, { 'if-match': `"other", ${etag}` })
      assert.equal(made.status, 200, made.text)
      await orchestrator.drafts.add(ref, { serverId: 'time' })
      const before = await orchestrator.drafts.view(ref)
      const refused = await change(path, options, { 'if-match': String(etag) })
      assert.deepEqual([refused.status, refused.json.code], [412, 'precondition_failed'])
      assert.equal(refused.headers.etag, (await ask('/draft')).headers.etag)
      assert.match(String(refused.json.detail), /: \/v1\/config\/cursor\/work\/draft is not what If-Match/)
      assert.deepEqual(await orchestrator.drafts.view(ref), before)
    })

    test(`(${name}) is not made for a weak tag`, async (t) => {
      const { ask, change, orchestrator } = await setUp(t)
      await orchestrator.drafts.add(ref, { serverId: 'memory' })
      const { etag } = (await ask('/draft')).headers
      assert.equal((await change(path, options, { 'if-match': `W/${etag}` })).status, 412)
    })

    test(`(${name}) on the condition that there is a draft is refused when there is none`, async (t) => {
      const { ask, change } = await setUp(t)
      const refused = await change(path, options, { 'if-match': '*' })
      assert.equal(refused.status, 412)
      assert.equal(refused.headers.etag, (await ask('/draft')).headers.etag)
    })
  }

  test('that nobody has begun is made to the empty one that one saw', async (t) => {
    const { ask, change } = await setUp(t)
    const { etag } = (await ask('/draft')).headers
    const first = await change('/draft/add', { body: { server_id: 'fetch' } }, { 'if-match': String(etag) })
    assert.equal(first.status, 200)
    const second = await change('/draft/add', { body: { server_id: 'time' } }, { 'if-match': '*' })
    assert.equal(second.status, 200)
  })

  const raced = (real: Orchestrator): Orchestrator => ({
    ...real,
    drafts: {
      ...real.drafts,
      async add(...args: Parameters<Orchestrator['drafts']['add']>) {
        await real.drafts.add(ref, { serverId: 'time' })
        return await real.drafts.add(...args)
      },
    },
  })

  test('between the look and the commit is met, and the ETag told is the latest', async (t) => {
    const { ask, change, orchestrator } = await setUp(t, raced)
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    const { etag } = (await ask('/draft')).headers
    const refused = await change('/draft/add', { body: { server_id: 'fetch' } }, { 'if-match': String(etag) })
    assert.equal(refused.status, 412)
    assert.notEqual(refused.headers.etag, etag)
    assert.equal(refused.headers.etag, (await ask('/draft')).headers.etag)
    const { payload } = await orchestrator.drafts.view(ref)
    assert.deepEqual(Object.keys(payload.mcpServers), ['memory', 'time'])
  })

  test('in between is no matter to whoever only wants a draft to be there', async (t) => {
    const { change, orchestrator } = await setUp(t, raced)
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    const made = await change('/draft/add', { body: { server_id: 'fetch' } }, { 'if-match': '*' })
    assert.equal(made.status, 200, made.text)
  })

  test('with an input that is refused says so, whatever the condition', async (t) => {
    const { change } = await setUp(t)
    const { status, json } = await change('/draft/add', { body: {} }, { 'if-match': '"other"' })
    assert.deepEqual([status, json.code], [400, 'invalid_request'])
  })

  test('of an unknown client is not found, whatever the condition', async (t) => {
    const { served } = await setUp(t)
    const options = { body: { server_id: 'time' }, headers: { 'if-match': '"other"' } }
    const { status, json } = await call(served, '/v1/config/nonesuch/work/draft/add', {
      ...options,
      token: null,
      headers: { ...options.headers, 'x-api-key': apiKeyBytes },
    })
    assert.deepEqual([status, json.code], [404, 'client_not_found'])
  })

  test('on a condition needs the scope to read, which the challenge names', async (t) => {
    const { served } = await setUp(t)
    const options = { body: { server_id: 'time' }, token: writeToken }
    const conditional = { ...options, headers: { 'if-match': '*' } }
    const refused = await call(served, `${base}/draft/add`, conditional)
    assert.deepEqual([refused.status, refused.json.code], [403, 'insufficient_scope'])
    assert.match(String(refused.headers['www-authenticate']), /scope="read"/)
    assert.equal((await call(served, `${base}/draft/add`, options)).status, 200)
  })
})

describe('a deploy', () => {
  test('is made of the configuration that one saw, and not when there is a newer one', async (t) => {
    const { ask, change, orchestrator } = await setUp(t)
    await publish(orchestrator, 'memory')
    const { etag } = (await ask('')).headers
    const first = await change('/deploy', { body: {} }, { 'if-match': String(etag) })
    assert.equal(first.status, 200, first.text)
    await publish(orchestrator, 'time')
    for (const body of [{}, { sequence: 1 }, { dry_run: true }]) {
      const refused = await change('/deploy', { body }, { 'if-match': String(etag) })
      assert.equal(refused.status, 412)
      assert.equal(refused.headers.etag, (await ask('')).headers.etag)
    }
    assert.equal((await orchestrator.deployments.current('cursor'))?.sequence, 1)
  })

  test('is made on the condition that there is a configuration, of whichever there is', async (t) => {
    const { change, orchestrator } = await setUp(t)
    await publish(orchestrator, 'memory')
    assert.equal((await change('/deploy', { body: {} }, { 'if-match': '*' })).status, 200)
  })

  test('is not made of a newer one that comes between the look and the deploy', async (t) => {
    const { ask, change, orchestrator } = await setUp(t, (real) => ({
      ...real,
      deployments: {
        ...real.deployments,
        async deploy(...args: Parameters<Orchestrator['deployments']['deploy']>) {
          await publish(real, 'time')
          return await real.deployments.deploy(...args)
        },
      },
    }))
    await publish(orchestrator, 'memory')
    const { etag } = (await ask('')).headers
    const refused = await change('/deploy', { body: {} }, { 'if-match': String(etag) })
    assert.equal(refused.status, 412)
    assert.equal(refused.headers.etag, (await ask('')).headers.etag)
    assert.equal(await orchestrator.deployments.current('cursor'), null)
  })

  test('on a condition is refused when nothing is published, and there is no ETag to tell', async (t) => {
    const { change, orchestrator } = await setUp(t)
    for (const begin of [async () => {}, () => orchestrator.drafts.add(ref, { serverId: 'memory' })]) {
      await begin()
      const refused = await change('/deploy', { body: {} }, { 'if-match': '*' })
      assert.deepEqual([refused.status, refused.json.code], [412, 'precondition_failed'])
      assert.equal(refused.headers.etag, undefined)
    }
  })
})

describe('a condition where it has no meaning is refused', () => {
  for (const [path, header] of [
    ['/draft/add', 'if-none-match'],
    ['/validate', 'if-match'],
  ] as const)
    test(`${header} at ${path}`, async (t) => {
      const { change } = await setUp(t)
      const { status, json } = await change(path, { body: {} }, { [header]: '*' })
      assert.deepEqual([status, json.code], [400, 'invalid_request'])
    })

  test('and what is no ETag before the body is read', async (t) => {
    const { change } = await setUp(t)
    const { status, json } = await change('/draft/add', { body: '{' }, { 'if-match': 'unquoted' })
    assert.deepEqual([status, json.code], [400, 'invalid_request'])
  })
})

const apiKeyBytes = Buffer.from(apiKey).toString('latin1')

/** The real catalogue on a real socket; the credential may do everything. */
async function setUp(t: TestContext, alter: (real: Orchestrator) => Orchestrator = (real) => real) {
  const orchestrator = await createTestOrchestrator(t)
  const served: Served = await serve(t, {
    orchestrator: alter(orchestrator),
    operations: () => operations,
  })
  const withKey = { token: null, headers: { 'x-api-key': apiKeyBytes } }
  const send = (path: string, options: Call, headers: Call['headers']) =>
    call(served, `${base}${path}`, { ...options, ...withKey, headers: { ...withKey.headers, ...headers } })
  return {
    served,
    orchestrator,
    ask: (path: string, { headers, ...options }: Call = {}) => send(path, options, headers),
    change: send,
  }
}

async function publish({ keys, drafts, releases }: Orchestrator, serverId: string): Promise<void> {
  await keys.initialize()
  await drafts.add(ref, { serverId })
  await releases.publish(ref)
}
