import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { startExample } from './example.ts'

test('the Express host serves its own routes and, below the prefix, the operations', async (t) => {
  const { ask, running } = await startExample(t, 'express-host.ts')
  const draft = '/orchestration/v1/config/cursor/default/draft'

  await t.test('a body that express.json() has parsed is honoured', async () => {
    const added = await ask(`${draft}/add`, { body: { server_id: 'memory' } })
    assert.deepEqual([added.status, added.json.status], [200, 'added'])
    assert.deepEqual((await ask(draft)).json.servers, ['memory'])
  })

  await t.test('one that express.json() has inflated, too', async () => {
    const body = gzipSync(JSON.stringify({ server_name: 'memory' }))
    const removed = await ask(`${draft}/remove`, { body, headers: { 'content-encoding': 'gzip' } })
    assert.deepEqual([removed.status, removed.json.status], [200, 'removed'])
  })

  await t.test('the schema holds for it', async () => {
    const { status, json } = await ask(`${draft}/add`, { body: { server_id: 1, nothing: true } })
    assert.deepEqual([status, json.code], [400, 'invalid_request'])
    assert.deepEqual(pointers(json.errors), ['/nothing', '/server_id'])
    const array = await ask(`${draft}/add`, { body: [] })
    assert.deepEqual([array.status, pointers(array.json.errors)], [400, ['']])
  })

  await t.test('a body that express.json() leaves alone is read here', async () => {
    const text = await ask(`${draft}/add`, { body: 'as it is', headers: { 'content-type': 'text/plain' } })
    assert.deepEqual([text.status, text.json.code], [415, 'unsupported_media_type'])
    const none = await ask('/orchestration/v1/config/cursor/default/validate', { method: 'POST' })
    assert.deepEqual([none.status, none.json.valid], [200, true])
  })

  await t.test(
    'what is unknown there is a problem that names the whole path, and Allow is right',
    async () => {
      const unknown = await ask('/orchestration/nothing', { body: { a: 1 } })
      assert.deepEqual([unknown.status, unknown.json.code], [404, 'not_found'])
      assert.equal(unknown.json.detail, 'There is nothing at /orchestration/nothing.')
      const wrong = await ask('/orchestration/v1/clients', { method: 'PUT', body: {} })
      assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'GET, HEAD'])
      assert.match(String(wrong.json.detail), /^\/orchestration\/v1\/clients answers GET, HEAD, not PUT\.$/)
      const top = await ask('/orchestration')
      assert.deepEqual([top.status, top.json.code], [404, 'not_found'])
    },
  )

  await t.test('the links of the docs page lead below the prefix', async () => {
    const page = await ask('/orchestration/docs')
    const links = [...page.text.matchAll(/(?:href|src)="([^":]+)"/g)].map(([, link]) => link ?? '')
    assert.ok(links.includes('openapi.json'), page.text)
    for (const link of links) assert.equal((await ask(`/orchestration/${link}`)).status, 200, link)
  })

  await t.test('the routes, the parser, the error handler and the 404 of the host stay its own', async () => {
    assert.deepEqual((await ask('/')).json, { hello: 'from the app' })
    assert.deepEqual((await ask('/echo', { body: '{"a":1,"a":2}' })).json, { a: 2 })
    assert.deepEqual((await ask('/echo', { body: '{' })).json, { message: 'The app could not read that.' })
    assert.deepEqual((await ask('/v1/clients')).json, { message: 'The app has nothing here.' })
  })

  running.child.kill('SIGTERM')
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
})

function pointers(errors: unknown): readonly string[] {
  return (errors as readonly { readonly pointer: string }[]).map(({ pointer }) => pointer).sort()
}
