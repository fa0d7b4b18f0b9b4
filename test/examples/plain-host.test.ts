import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startExample } from './example.ts'

test('the plain host serves its own paths and, below the prefix, the operations', async (t) => {
  const { ask, running } = await startExample(t, 'plain-host.ts')

  await t.test('the operations answer below the prefix, drafts too', async () => {
    assert.equal((await ask('/orchestration/v1/clients?x=1')).status, 400)
    assert.equal((await ask('/orchestration/v1/clients')).status, 200)
    const draft = '/orchestration/v1/config/cursor/default/draft'
    assert.equal((await ask(`${draft}/add`, { body: { server_id: 'memory' } })).status, 200)
    assert.deepEqual((await ask(draft)).json.servers, ['memory'])
  })

  await t.test('what is unknown there is a problem that names the whole path', async () => {
    const { status, json } = await ask('/orchestration/nothing')
    assert.deepEqual([status, json.detail], [404, 'There is nothing at /orchestration/nothing.'])
  })

  await t.test('the paths of the host stay its own', async () => {
    assert.equal((await ask('/')).text, 'Hello from the host\n')
    assert.deepEqual([(await ask('/v1/clients')).status, (await ask('/orchestrationist')).status], [404, 404])
    assert.equal((await ask('/v1/clients')).text, 'The host has nothing here\n')
  })

  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
})
