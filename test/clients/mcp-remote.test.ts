import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { getClient, toClientEntry } from '../../src/clients/client.ts'
import type { RemoteEntry } from '../../src/vocabulary.ts'

const desktop = getClient('claude-desktop')
const url = 'https://mcp.example/mcp'

describe('A remote server for Claude Desktop', () => {
  test('goes through mcp-remote', () => {
    assert.deepEqual(toClientEntry(desktop, remote({})), { command: 'npx', args: ['-y', 'mcp-remote', url] })
  })

  test('of the sse transport keeps mcp-remote to it', () => {
    assert.deepEqual(toClientEntry(desktop, { ...remote({}), type: 'sse' }).args, [
      '-y',
      'mcp-remote',
      url,
      '--transport',
      'sse-only',
    ])
  })

  test('gets its headers out of the environment, without a space in an argument', () => {
    assert.deepEqual(toClientEntry(desktop, remote({ 'X-Team': 'a b', Authorization: 'Bearer s3cret' })), {
      command: 'npx',
      args: [
        '-y',
        'mcp-remote',
        url,
        '--header',
        `Authorization:${reference('MCP_HEADER_AUTHORIZATION')}`,
        '--header',
        `X-Team:${reference('MCP_HEADER_X_TEAM')}`,
      ],
      env: { MCP_HEADER_AUTHORIZATION: 'Bearer s3cret', MCP_HEADER_X_TEAM: 'a b' },
    })
  })

  test('is the same entry in whatever order its headers stand', () => {
    const [one, other] = [remote({ A: '1', B: '2' }), remote({ B: '2', A: '1' })]
    assert.deepEqual(toClientEntry(desktop, one), toClientEntry(desktop, other))
  })

  test('over plain HTTP is allowed where mcp-remote would refuse', () => {
    const flagsFor = (address: string) =>
      (toClientEntry(desktop, { ...remote({}), url: address }).args as string[]).slice(3)
    assert.deepEqual(flagsFor('http://gateway.internal/mcp'), ['--allow-http'])
    for (const address of ['http://localhost:3000/mcp', 'http://127.0.0.1/mcp', url, 'not a url']) {
      assert.deepEqual(flagsFor(address), [])
    }
  })

  test('with a header that mcp-remote would drop is refused', () => {
    for (const name of ['X Key', 'X.Key', 'Ключ', '', 'a:b', 'X\n']) {
      const expected = { code: 'validation_failed', message: /mcp-remote, which can't send a header called/ }
      assert.throws(() => toClientEntry(desktop, remote({ [name]: 'x' })), expected)
    }
  })
})

describe('The variables of headers', () => {
  test('are told apart where their letters are the same', () => {
    const headers = { 'X-A': '1', X_A: '2', 'x-a': '3', 'X-A-2': '4' }
    const env = toClientEntry(desktop, remote(headers)).env as Readonly<Record<string, string>>
    assert.deepEqual(env, {
      MCP_HEADER_X_A: '1',
      MCP_HEADER_X_A_2: '4',
      MCP_HEADER_X_A_3: '2',
      MCP_HEADER_X_A_4: '3',
    })
  })

  test('are safe, unique on Windows, too, and carry each value to its header', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)
    const names = fc.oneof(
      name,
      fc.constantFrom('PATH', 'NODE_OPTIONS', '__proto__', 'x-a', 'X_A', 'X-A', 'X-A-2'),
    )
    fc.assert(
      fc.property(fc.dictionary(names, fc.string(), { noNullPrototype: true }), (headers) => {
        const { args, env = {} } = toClientEntry(desktop, remote(headers)) as {
          args: string[]
          env?: Record<string, string>
        }
        const variables = Object.keys(env)
        assert.ok(variables.every((variable) => /^MCP_HEADER_[A-Z0-9_]+$/.test(variable)))
        assert.equal(new Set(variables.map((variable) => variable.toUpperCase())).size, variables.length)
        const sent = args.flatMap((arg) => [...arg.matchAll(/^([A-Za-z0-9_-]+):\$\{([^}]+)\}$/g)])
        const carried = sent.map(([, header = '', variable = '']) => [header, env[variable]])
        assert.deepEqual(Object.fromEntries(carried), headers)
      }),
    )
  })
})

function remote(headers: Readonly<Record<string, string>>): RemoteEntry {
  return { type: 'streamable-http', url, headers }
}

function reference(variable: string): string {
  return `\${${variable}}`
}
