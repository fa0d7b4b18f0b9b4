import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accepted, toMcpRequest } from '../../step_definitions/support/mcp.ts'
import { startExample } from './example.ts'

test('the MCP host serves its own tool to whoever is let in, and nothing else', async (t) => {
  const { ask, running } = await startExample(t, 'mcp-host.ts')

  await t.test('in the new era', async () => {
    const { headers = {}, body } = toMcpRequest('2026-07-28', 'tools/call', { name: 'whoami', arguments: {} })
    const answer = await ask('/mcp', { headers, body })
    assert.equal(answer.status, 200)
    const { content } = answer.json.result as { content: unknown }
    assert.deepEqual(content, [{ type: 'text', text: 'api_key' }])
  })

  await t.test('in a session of the old one', async () => {
    const params = {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    }
    const { body } = toMcpRequest('2025-11-25', 'initialize', params)
    const answer = await ask('/mcp', { headers: accepted, body })
    assert.equal(answer.status, 200)
    assert.match(String(answer.headers['mcp-session-id']), /^[0-9a-f-]{36}$/)
  })

  await t.test('and nothing else', async () => {
    const { status, json } = await ask('/v1/clients')
    assert.deepEqual([status, json.code], [404, 'not_found'])
  })

  await t.test('a signal stops it', async () => {
    running.child.kill('SIGTERM')
    assert.equal((await running.ended).code, 0)
  })
})
