import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example.ts'

test('the Fastify host serves its own routes and, below the prefix, the operations', async (t) => {
  const { ask, running } = await startExample(t, 'fastify-host.ts')

  await t.test('the operations answer below the prefix, drafts too', async () => {
    assert.equal((await ask('/orchestration/v1/clients')).status, 200)
    const draft = '/orchestration/v1/config/cursor/default/draft'
    const added = await ask(`${draft}/add`, { body: { server_id: 'memory' } })
    assert.deepEqual([added.status, added.json.status], [200, 'added'])
    assert.deepEqual((await ask(draft)).json.servers, ['memory'])
  })

  await t.test(
    'what is unknown there, and what fails there, is a problem that names the whole path',
    async () => {
      const unknown = await ask('/orchestration/nothing')
      assert.deepEqual([unknown.status, unknown.json.code], [404, 'not_found'])
      assert.equal(unknown.json.detail, 'There is nothing at /orchestration/nothing.')
      const wrong = await ask('/orchestration/v1/clients', { method: 'PUT' })
      assert.deepEqual([wrong.status, wrong.headers.allow], [405, 'GET, HEAD'])
      const broken = await ask('/orchestration/v1/keys/initialize', { body: '{' })
      assert.deepEqual([broken.status, broken.json.code], [400, 'invalid_json'])
    },
  )

  await t.test('the routes, the error handler and the 404 of the host stay its own', async () => {
    assert.deepEqual((await ask('/')).json, { hello: 'from the app' })
    assert.deepEqual((await ask('/fails')).json, { message: 'The app failed.' })
    assert.deepEqual((await ask('/v1/clients')).json, { message: 'The app has nothing here.' })
  })

  await t.test('the hook of the host holds for both', async () => {
    assert.equal((await ask('/')).headers['x-served-by'], 'my-app')
    assert.equal((await ask('/orchestration/v1/clients')).headers['x-served-by'], 'my-app')
  })

  await t.test('both write into the log of the host', () => {
    const urls = logLines(running.stdout()).map(({ req }) => req?.url)
    assert.ok(urls.includes('/') && urls.includes('/orchestration/v1/clients'), running.stdout())
  })

  running.child.kill('SIGTERM')
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
})

interface LogLine {
  readonly req?: { readonly url: string }
}

function logLines(text: string): readonly LogLine[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}
