import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { createHttpTransport } from '../../src/index.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const schemas = {
  'what comes in': { querystring: { type: 'object', properties: { name: { type: 'string' } } } },
  'what goes out': { response: { 200: { type: 'object', properties: { name: { type: 'string' } } } } },
}

for (const [what, schema] of Object.entries(schemas)) {
  test(`a route that is added to the app with a schema of ${what} is refused, not left unchecked`, async (t) => {
    const app = await appOf(t)
    app.get('/own', { schema }, async () => ({ name: 'Priya', secret: 'x' }))
    await assert.rejects(async () => await app.ready(), { message: /This app compiles no schemas\./ })
  })
}

test('it is let in with compilers of its own', async (t) => {
  const app = await appOf(t)
  app.setValidatorCompiler(() => (value) => ({ value }))
  app.setSerializerCompiler(() => () => '"by its own"')
  for (const [at, schema] of Object.values(schemas).entries())
    app.get(`/own/${at}`, { schema }, async () => ({ name: 'Priya' }))
  assert.equal((await app.inject('/own/1')).body, '"by its own"')
  assert.equal((await app.inject('/health')).statusCode, 200)
})

async function appOf(t: TestContext) {
  const transport = createHttpTransport({ orchestrator: await createTestOrchestrator(t), logger: false })
  t.after(transport.close)
  return transport.app
}
