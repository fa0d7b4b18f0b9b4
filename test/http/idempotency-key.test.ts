import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { OrchestrationError } from '../../src/errors.ts'
import { operations } from '../../src/operations/operations.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { type Answer, type Call, call, fullToken, serve, writeToken } from './fixture.ts'

const ref = { clientId: 'cursor', profileId: 'work' }
const base = '/v1/config/cursor/work'
const addTime = { body: { server_id: 'time' } }

describe('a request with an Idempotency-Key', () => {
  for (const [path, body] of [
    ['/draft/add', { server_id: 'time' }],
    ['/publish', { changelog: 'First' }],
    ['/deploy', {}],
  ] as const)
    test(`to ${path} is done once and answered with the same bytes`, async (t) => {
      const { send, orchestrator } = await setUp(t)
      await publish(orchestrator)
      const first = await send(path, 'key', { body })
      assert.equal(first.status, 200, first.text)
      const { revision: before } = await orchestrator.drafts.view(ref)
      const again = await send(path, 'key', { body })
      assert.deepEqual([again.status, again.text], [200, first.text])
      for (const name of ['content-type', 'cache-control', 'content-length'])
        assert.equal(again.headers[name], first.headers[name], name)
      assert.equal(first.headers['idempotent-replayed'], undefined)
      assert.equal(again.headers['idempotent-replayed'], 'true')
      assert.notEqual(again.headers['x-request-id'], first.headers['x-request-id'])
      assert.equal((await orchestrator.drafts.view(ref)).revision, before)
    })

  test('is the same one with its members in another order', async (t) => {
    const { send } = await setUp(t)
    const first = await send('/draft/add', 'key', { body: { server_id: 'time', params: { a: 1, b: 2 } } })
    const again = await send('/draft/add', 'key', { body: { params: { b: 2, a: 1 }, server_id: 'time' } })
    assert.equal(again.text, first.text)
    assert.equal(again.headers['idempotent-replayed'], 'true')
  })

  test('is refused when its key came with another body, path or operation', async (t) => {
    const { send, orchestrator } = await setUp(t)
    await publish(orchestrator)
    await send('/publish', 'key', { body: {} })
    for (const [path, body] of [
      ['/publish', { changelog: 'Another' }],
      ['/deploy', {}],
      ['/../other/publish', {}],
    ] as const) {
      const refused = await send(path, 'key', { body })
      assert.deepEqual([refused.status, refused.json.code], [422, 'idempotency_key_reused'], path)
    }
    assert.equal((await orchestrator.releases.history(ref, { limit: 9 })).length, 1)
  })

  test('is refused while the first one runs, and told when to come again', async (t) => {
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { send } = await setUp(t, (real) => ({
      ...real,
      drafts: {
        ...real.drafts,
        async add(...args: Parameters<Orchestrator['drafts']['add']>) {
          begun.resolve()
          await held.promise
          return await real.drafts.add(...args)
        },
      },
    }))
    const first = send('/draft/add', 'key', addTime)
    await begun.promise
    const refused = await send('/draft/add', 'key', addTime)
    assert.deepEqual([refused.status, refused.json.code], [409, 'idempotency_in_progress'])
    assert.equal(refused.headers['retry-after'], '1')
    held.resolve()
    assert.equal((await first).status, 200)
    assert.equal((await send('/draft/add', 'key', addTime)).text, (await first).text)
  })

  test("of another credential is that one's own", async (t) => {
    const { send } = await setUp(t)
    await send('/draft/add', 'key', addTime)
    const other = await send('/draft/add', 'key', { ...addTime, token: writeToken })
    assert.deepEqual([other.status, other.json.code], [409, 'server_already_in_draft'])
  })

  test('that the operation refused is refused again as at first', async (t) => {
    const { send, orchestrator } = await setUp(t)
    await orchestrator.drafts.add(ref, { serverId: 'time' })
    const first = await send('/draft/add', 'key', addTime)
    assert.equal(first.status, 409)
    await orchestrator.drafts.clear(ref)
    const again = await send('/draft/add', 'key', addTime)
    assert.deepEqual([again.status, again.text], [409, first.text])
    assert.equal(again.headers['content-type'], first.headers['content-type'])
    assert.equal(again.headers['idempotent-replayed'], 'true')
    assert.equal((await send('/draft/add', 'new', addTime)).status, 200)
  })

  test('that was on a condition is answered as at first, though the condition no longer holds', async (t) => {
    const { send, etag } = await setUp(t)
    const options = { ...addTime, headers: { 'if-match': await etag() } }
    const first = await send('/draft/add', 'key', options)
    assert.equal(first.status, 200)
    assert.equal((await send('/draft/add', 'key', options)).text, first.text)
    assert.equal((await send('/draft/add', 'new', options)).status, 412)
  })
})

describe('a key is free again after', () => {
  test('an input that is refused', async (t) => {
    const { send } = await setUp(t)
    assert.equal((await send('/draft/add', 'key', { body: {} })).status, 400)
    assert.equal((await send('/draft/add', 'key', addTime)).status, 200)
  })

  test('a credential that is refused', async (t) => {
    const { send } = await setUp(t)
    assert.equal((await send('/draft/add', 'key', { ...addTime, token: 'wrong' })).status, 401)
    assert.equal((await send('/publish', 'key', { body: {}, token: writeToken })).status, 403)
    assert.equal((await send('/draft/add', 'key', { ...addTime, token: writeToken })).status, 200)
  })

  test('a condition that did not hold', async (t) => {
    const { send, etag } = await setUp(t)
    const stale = { ...addTime, headers: { 'if-match': '"stale"' } }
    assert.equal((await send('/draft/add', 'key', stale)).status, 412)
    const fresh = { ...addTime, headers: { 'if-match': await etag() } }
    assert.equal((await send('/draft/add', 'key', fresh)).status, 200)
  })

  test('a failure inside', async (t) => {
    let failures = 1
    const { send } = await setUp(t, (real) => ({
      ...real,
      drafts: {
        ...real.drafts,
        async add(...args: Parameters<Orchestrator['drafts']['add']>) {
          if (failures-- > 0) throw new OrchestrationError('write_failed', 'The disk is full.')
          return await real.drafts.add(...args)
        },
      },
    }))
    assert.equal((await send('/draft/add', 'key', addTime)).status, 500)
    assert.equal((await send('/draft/add', 'key', addTime)).status, 200)
  })
})

test('what was done is answered, even if that can not be written down', async (t) => {
  const { send, log } = await setUp(t, (real) => ({
    ...real,
    idempotency: {
      begin: async () => ({
        status: 'new',
        finish: () => Promise.reject(new Error('The disk is full.')),
        abandon: () => Promise.reject(new Error('The disk is full.')),
      }),
    },
  }))
  assert.equal((await send('/draft/add', 'key', addTime)).status, 200)
  assert.equal(
    (await send('/draft/add', 'key', { ...addTime, headers: { 'if-match': '"old"' } })).status,
    412,
  )
  assert.equal(log().match(/was not kept/g)?.length, 2)
})

describe('the header', () => {
  for (const [header, same] of [
    ['"8e03978e-40d5"', '8e03978e-40d5'],
    ['"a b, c; d"', undefined],
    [String.raw`"a\\c"`, String.raw`a\c`],
    [String.raw`"a\"b"`, undefined],
    ['!#$%&()*+-./:<=>?@[\\]^_`{|}~', undefined],
    [`"${'x'.repeat(255)}"`, 'x'.repeat(255)],
  ] as const)
    test(`may be ${header.slice(0, 40)}`, async (t) => {
      const { raw } = await setUp(t)
      const first = await raw('/draft/add', header, addTime)
      assert.equal(first.status, 200, first.text)
      const again = await raw('/draft/add', same ?? header, addTime)
      assert.equal(again.headers['idempotent-replayed'], 'true')
    })

  for (const header of [
    '',
    '""',
    '"',
    'a b',
    'a,b',
    'a;b',
    '"a',
    'a"',
    '"a"b"',
    '"a";p=1',
    '"a", "b"',
    '"a\tb"',
    String.raw`"a\b"`,
    'é',
    'x'.repeat(256),
    `"${'x'.repeat(256)}"`,
  ])
    test(`may not be ${JSON.stringify(header.slice(0, 40))}`, async (t) => {
      const { raw, orchestrator } = await setUp(t)
      const { status, json } = await raw('/draft/add', header, addTime)
      assert.deepEqual([status, json.code], [400, 'invalid_request'])
      assert.deepEqual(await orchestrator.store.list('idempotency/'), [])
    })

  test('is refused by a change that would be done again in spite of it', async (t) => {
    const { send } = await setUp(t)
    const refused = await send('/draft/remove', 'key', { body: { server_name: 'time' } })
    assert.deepEqual([refused.status, refused.json.code], [400, 'invalid_request'])
    assert.match(String(refused.json.detail), /^Idempotency-Key is not taken by remove_server_from_config/)
  })

  test('means nothing to a read', async (t) => {
    const { send } = await setUp(t)
    assert.equal((await send('/draft', '', {})).status, 200)
    assert.equal((await send('/validate', 'key', { body: {} })).json.code, 'profile_not_found')
  })
})

async function setUp(t: TestContext, alter: (real: Orchestrator) => Orchestrator = (real) => real) {
  const orchestrator = await createTestOrchestrator(t)
  const { url, log } = await serve(t, {
    orchestrator: alter(orchestrator),
    operations: () => operations,
    level: 'warn',
  })
  const raw = (path: string, key: string, { headers, ...options }: Call): Promise<Answer> =>
    call({ url }, new URL(base + path, url).pathname, {
      token: fullToken,
      ...options,
      headers: { ...headers, 'idempotency-key': key },
    })
  return {
    orchestrator,
    log,
    raw,
    send: (path: string, key: string, options: Call) => raw(path, `"${key}"`, options),
    etag: async () => String((await call({ url }, `${base}/draft`)).headers.etag),
  }
}

async function publish({ keys, drafts, releases }: Orchestrator): Promise<void> {
  await keys.initialize()
  await drafts.add(ref, { serverId: 'memory' })
  await releases.publish(ref)
  await drafts.add({ ...ref, profileId: 'other' }, { serverId: 'memory' })
}
