import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createServerFactory, toAuthInfo } from '../../src/mcp/server-factory.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

test('a credential whose limits got lost on the way reaches nothing, rather than everything', async (t) => {
  const factory = createServerFactory(await createTestOrchestrator(t), () => assert.fail())
  const authInfo = toAuthInfo({
    id: 'tok_x',
    scopes: ['read'],
    limits: { clients: ['cursor'], profiles: [] },
  })
  assert.ok(factory({ era: 'modern', authInfo }))
  const { extra: _lost, ...rest } = authInfo
  assert.throws(() => factory({ era: 'modern', authInfo: rest }), /without limits/)
  assert.throws(() => factory({ era: 'modern' }), /by nobody/)
})

test('a server hears who asks and what that may do, and never the credential', () => {
  const limits = { clients: [], profiles: ['cursor/work'] }
  assert.deepEqual(toAuthInfo({ id: 'tok_x', scopes: ['read'], limits }), {
    ...{ token: '', clientId: 'tok_x', scopes: ['read'] },
    extra: { limits },
  })
  assert.deepEqual(toAuthInfo({ id: 'stdio', scopes: [] }).extra, { limits: null })
})
