import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serveMcp } from './served-mcp.ts'

/** Where clients look for an authorization server when they are refused (RFC 8414, RFC 9728, RFC 7591, OpenID Connect Discovery). */
const places = [
  'GET /.well-known/oauth-protected-resource',
  'GET /.well-known/oauth-protected-resource/mcp',
  'GET /.well-known/oauth-authorization-server',
  'GET /.well-known/oauth-authorization-server/mcp',
  'GET /.well-known/openid-configuration',
  'GET /.well-known/openid-configuration/mcp',
  'GET /authorize',
  'POST /token',
  'POST /register',
] as const

test('A client that looks for an authorization server finds plain 404s, with and without a token', async (context) => {
  const { origin, createToken } = await serveMcp(context)
  const authorization = `Bearer ${await createToken()}`
  for (const place of places)
    for (const headers of [{}, { authorization }]) {
      const [method = '', target = ''] = place.split(' ')
      const answer = await fetch(origin + target, {
        method,
        headers,
        ...(method === 'POST' && { body: '{}' }),
      })
      assert.equal(answer.status, 404, place)
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
      assert.equal(answer.headers.get('www-authenticate'), null)
      assert.equal(((await answer.json()) as { code?: string }).code, 'not_found')
    }
})

test('The challenge of /mcp names no metadata, for there is none', async (context) => {
  const { url } = await serveMcp(context)
  const answer = await fetch(url, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  })
  assert.equal(answer.status, 401)
  assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="mcp-orchestration"')
})
