import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { getClient } from '../../src/clients/client.ts'
import { type ValidationFinding, validatePayload } from '../../src/drafts/validation.ts'
import type { JsonValue } from '../../src/vocabulary.ts'

const cursor = getClient('cursor')
const zed = getClient('zed')
const claudeDesktop = getClient('claude-desktop')
const packages = new Set(['notes-mcp', 'mcp-server-time'])

const stdio = { type: 'stdio', command: 'npx', args: ['-y', 'notes-mcp'], env: {} }
const remote = { type: 'streamable-http', url: 'https://mcp.example.com/mcp', headers: {} }
const limited = { ...cursor, limits: { maxServers: 1, maxEnvVars: 1 } }
const token = `ghp_${'Aa1'.repeat(12)}`

interface Row {
  readonly what: string
  readonly client?: typeof cursor
  readonly servers: Readonly<Record<string, unknown>>
  /** `code pointer`, in order. */
  readonly findings: readonly string[]
}

const errors: readonly Row[] = [
  {
    what: 'a process without a command',
    servers: { notes: { type: 'stdio', args: [], env: {} } },
    findings: ['missing_command /mcpServers/notes/command'],
  },
  {
    what: 'a command that is no text',
    servers: { notes: { ...stdio, command: ['npx'] } },
    findings: ['missing_command /mcpServers/notes/command'],
  },
  {
    what: 'a command with a NUL in it',
    servers: { notes: { ...stdio, command: 'npx\0' } },
    findings: ['missing_command /mcpServers/notes/command'],
  },
  {
    what: 'an empty command',
    servers: { notes: { ...stdio, command: ' ' } },
    findings: ['empty_command /mcpServers/notes/command'],
  },
  {
    what: 'a remote server without a URL',
    servers: { docs: { type: 'sse', headers: {} } },
    findings: ['missing_url /mcpServers/docs/url'],
  },
  {
    what: 'an empty URL',
    servers: { docs: { ...remote, url: '' } },
    findings: ['missing_url /mcpServers/docs/url'],
  },
  {
    what: 'a URL of another scheme',
    servers: { docs: { ...remote, url: 'file:///etc/passwd' } },
    findings: ['missing_url /mcpServers/docs/url'],
  },
  {
    what: 'a URL that is none',
    servers: { docs: { ...remote, url: 'mcp.example.com' } },
    findings: ['missing_url /mcpServers/docs/url'],
  },
  {
    what: 'arguments in one text',
    servers: { notes: { ...stdio, args: '-y notes-mcp' } },
    findings: ['invalid_args /mcpServers/notes/args'],
  },
  {
    what: 'arguments left out',
    servers: { notes: { type: 'stdio', command: 'node', env: {} } },
    findings: ['invalid_args /mcpServers/notes/args'],
  },
  {
    what: 'arguments that are no texts, or none that a process can be given',
    servers: { notes: { ...stdio, command: 'node', args: ['ok', 8080, 'a\0b', '\ud800'] } },
    findings: [
      'invalid_args /mcpServers/notes/args/1',
      'invalid_args /mcpServers/notes/args/2',
      'invalid_args /mcpServers/notes/args/3',
    ],
  },
  {
    what: 'environment variables in a list',
    servers: { notes: { ...stdio, env: ['A=b'] } },
    findings: ['invalid_env /mcpServers/notes/env'],
  },
  {
    what: 'names that no variable can have',
    servers: {
      notes: { ...stdio, env: JSON.parse('{"A=B":"x","":"x","N\\u0000":"x","__proto__":"x","a/b~":"x"}') },
    },
    findings: [
      'invalid_env /mcpServers/notes/env/',
      'invalid_env /mcpServers/notes/env/A=B',
      'invalid_env /mcpServers/notes/env/N\0',
      'invalid_env /mcpServers/notes/env/__proto__',
    ],
  },
  {
    what: 'a value that is no text',
    servers: { notes: { ...stdio, env: { PORT: 8080 } } },
    findings: ['invalid_env /mcpServers/notes/env/PORT'],
  },
  {
    what: 'headers left out',
    servers: { docs: { type: 'sse', url: 'https://mcp.example.com/sse' } },
    findings: ['invalid_env /mcpServers/docs/headers'],
  },
  {
    what: 'a header that would smuggle in another',
    servers: { docs: { ...remote, headers: { 'X-Team': 'a\r\nX-Admin: 1', 'X Team': 'a' } } },
    findings: ['invalid_env /mcpServers/docs/headers/X Team', 'invalid_env /mcpServers/docs/headers/X-Team'],
  },
  {
    what: 'a placeholder left over in each text of a process',
    servers: {
      notes: { type: 'stdio', command: '{bin}', args: ['x', '--port={port}'], env: { DIR: '/{dir}' } },
    },
    findings: [
      'unresolved_placeholder /mcpServers/notes/command',
      'unresolved_placeholder /mcpServers/notes/args/1',
      'unresolved_placeholder /mcpServers/notes/env/DIR',
    ],
  },
  {
    what: 'a placeholder left over in each text of a remote server',
    servers: { docs: { ...remote, url: 'https://{host}:{port}/mcp', headers: { 'X-Team': '{team}' } } },
    findings: [
      'unresolved_placeholder /mcpServers/docs/url',
      'unresolved_placeholder /mcpServers/docs/headers/X-Team',
    ],
  },
  {
    what: 'a reference that nothing can resolve',
    servers: { notes: { ...stdio, env: { USER: '${env:TWO WORDS}' } } },
    findings: ['unresolved_placeholder /mcpServers/notes/env/USER'],
  },
  {
    what: 'a transport that the client does not speak though it speaks another remote one',
    client: zed,
    servers: { docs: { ...remote, type: 'sse' } },
    findings: ['unsupported_transport /mcpServers/docs/type'],
  },
  {
    what: 'a transport that there is none of',
    servers: { docs: { ...remote, type: 'websocket' } },
    findings: ['unsupported_transport /mcpServers/docs/type'],
  },
  {
    what: 'servers that are none',
    servers: { a: null, b: [stdio], c: 'npx', d: {} },
    findings: [
      'unsupported_transport /mcpServers/a',
      'unsupported_transport /mcpServers/b',
      'unsupported_transport /mcpServers/c',
      'unsupported_transport /mcpServers/d/type',
    ],
  },
  {
    what: 'members that the transport has no place for',
    servers: { docs: { ...remote, command: 'npx' }, notes: { ...stdio, cwd: '/', 'a/b~c': 1 } },
    findings: [
      'unsupported_transport /mcpServers/docs/command',
      'unsupported_transport /mcpServers/notes/a~1b~0c',
      'unsupported_transport /mcpServers/notes/cwd',
    ],
  },
  {
    what: 'a header that mcp-remote does not send',
    client: claudeDesktop,
    servers: { docs: { ...remote, headers: { 'X.Team': 'docs' } } },
    findings: ['unsupported_transport /mcpServers/docs'],
  },
  {
    what: 'more servers than the client takes',
    client: limited,
    servers: { docs: remote, notes: stdio },
    findings: ['too_many_servers /mcpServers'],
  },
  {
    what: 'more environment variables than the client takes',
    client: limited,
    servers: { notes: { ...stdio, env: { A: 'a', B: 'b' } } },
    findings: ['too_many_env_vars /mcpServers/notes/env'],
  },
  {
    what: 'names that no server can have',
    servers: JSON.parse(`{"__proto__":${JSON.stringify(stdio)},"a/b~c":${JSON.stringify(stdio)}}`),
    findings: ['invalid_server_name /mcpServers/__proto__', 'invalid_server_name /mcpServers/a~1b~0c'],
  },
]

const warnings: readonly Row[] = [
  { what: 'a configuration without servers', servers: {}, findings: ['empty_config /mcpServers'] },
  {
    what: 'a variable that decides what is run',
    servers: { notes: { ...stdio, env: { NODE_OPTIONS: '--require ./other.js', NODE_OPTION: '1' } } },
    findings: ['unknown_package /mcpServers/notes/env/NODE_OPTIONS'],
  },
  {
    what: 'an empty environment variable',
    servers: { notes: { ...stdio, env: { NOTES_DIR: '' } } },
    findings: ['empty_env_var /mcpServers/notes/env/NOTES_DIR'],
  },
  {
    what: 'a secret in each place where one can stand',
    servers: {
      docs: { ...remote, url: `https://mcp.example.com/?key=${token}`, headers: { 'X-Key': token } },
      notes: { type: 'stdio', command: `/opt/${token}`, args: ['--key', token], env: { KEY: token } },
    },
    findings: [
      'plaintext_secret /mcpServers/docs/url',
      'plaintext_secret /mcpServers/docs/headers/X-Key',
      'plaintext_secret /mcpServers/notes/command',
      'plaintext_secret /mcpServers/notes/args/1',
      'plaintext_secret /mcpServers/notes/env/KEY',
    ],
  },
  {
    what: 'a secret only by the flag before it, or by the name of its variable or header',
    servers: {
      docs: { ...remote, headers: { Authorization: 'Bearer hunter2' } },
      notes: {
        type: 'stdio',
        command: 'node',
        args: ['--password', 'hunter2'],
        env: { NOTES_TOKEN: 'hunter2' },
      },
    },
    findings: [
      'plaintext_secret /mcpServers/docs/headers/Authorization',
      'plaintext_secret /mcpServers/notes/args/1',
      'plaintext_secret /mcpServers/notes/env/NOTES_TOKEN',
    ],
  },
  {
    what: 'a package that is not in the catalogue',
    servers: { notes: { ...stdio, args: ['-y', 'notes-mpc'] } },
    findings: ['unknown_package /mcpServers/notes/args/1'],
  },
  {
    what: 'a runner of packages without a package',
    servers: { notes: { ...stdio, args: ['-y'] } },
    findings: ['unknown_package /mcpServers/notes/args'],
  },
]

describe('validatePayload', () => {
  for (const severity of ['error', 'warning'] as const) {
    for (const row of severity === 'error' ? errors : warnings) {
      test(`${row.what}: ${severity} ${row.findings[0]?.split(' ')[0]}`, () => {
        const findings = validate(row)

        assert.deepEqual(
          findings.map(({ code, pointer }) => `${code} ${pointer}`),
          row.findings,
        )
        assert.deepEqual([...new Set(findings.map((finding) => finding.severity))], [severity])
      })
    }
  }

  test('every code of operations.md has a row', () => {
    const codes = [...errors, ...warnings].map(({ findings }) => findings[0]?.split(' ')[0])

    assert.deepEqual(
      [...new Set(codes)].sort(),
      (
        'empty_command empty_config empty_env_var invalid_args invalid_env invalid_server_name missing_command missing_url ' +
        'plaintext_secret too_many_env_vars too_many_servers unknown_package unresolved_placeholder unsupported_transport'
      ).split(' '),
    )
  })

  const sound: Readonly<Record<string, Omit<Row, 'findings' | 'what'>>> = {
    'a process with references and variables of the client': {
      servers: {
        notes: {
          ...stdio,
          command: 'node',
          args: ['${HOME}/notes', '--who=${input:who}', '{"json": true}', '{{.Id}}'],
          env: { NOTES_TOKEN: '${secret:cursor/default/notes/NOTES_TOKEN}' },
        },
      },
    },
    'a URL that is a reference as a whole': { servers: { docs: { ...remote, url: '${env:DOCS_URL}' } } },
    'a URL that begins with a reference': { servers: { docs: { ...remote, url: '${env:BASE}/mcp' } } },
    'a URL with references and variables of the client in it': {
      servers: { docs: { ...remote, url: 'http://${input:host}:${env:PORT}/mcp' } },
    },
    'an authorization by reference': {
      servers: { docs: { ...remote, headers: { Authorization: 'Bearer ${env:DOCS_TOKEN}' } } },
    },
    'a remote server for a client that speaks no remote transport': {
      client: claudeDesktop,
      servers: { docs: { ...remote, headers: { 'X-Team': 'docs' } } },
    },
    'as many servers and variables as the client takes': {
      client: limited,
      servers: { notes: { ...stdio, env: { A: 'a' } } },
    },
  }
  for (const [what, row] of Object.entries(sound)) {
    test(`${what} is sound`, () => assert.deepEqual(validate(row), []))
  }

  test('a finding names its server, but for those about the configuration as a whole', () => {
    const [all, one] = validate({ client: limited, servers: { a: { ...stdio, command: '' }, b: stdio } })

    assert.equal(all?.code, 'too_many_servers')
    assert.ok(all && !('serverName' in all))
    assert.equal(one?.serverName, 'a')
  })

  test('the order of members makes no difference', () => {
    const env = { B_TOKEN: 'hunter2', A: '' }
    const servers = { b: { ...stdio, env }, a: { env: {}, args: 1, command: '', type: 'stdio' } }
    const turned = {
      a: { type: 'stdio', command: '', args: 1, env: {} },
      b: { env: { A: '', B_TOKEN: 'hunter2' }, args: stdio.args, command: 'npx', type: 'stdio' },
    }

    const findings = validate({ servers })

    assert.equal(findings.length, 4)
    assert.deepEqual(findings, validate({ servers: turned }))
  })

  test('no message repeats a value', () => {
    const value = `s3cr3t-${token}`
    const spec = `git+https://user:${value}@example.com/x`
    const findings = validate({
      servers: {
        a: {
          type: 'stdio',
          command: value,
          args: [`--token=${value}`, `\0${value}`],
          env: { A: `${value}\0`, TOKEN: value },
        },
        b: {
          type: 'streamable-http',
          url: `ftp://${value}`,
          headers: { H: `${value}\n`, Authorization: value },
        },
        c: { ...stdio, args: [spec] },
        d: { type: value },
      },
    })

    assert.deepEqual([...new Set(findings.map(({ code }) => code))].sort(), [
      'invalid_args',
      'invalid_env',
      'missing_url',
      'plaintext_secret',
      'unknown_package',
      'unsupported_transport',
    ])
    for (const { message } of findings) assert.doesNotMatch(message, /s3cr3t|ghp_/)
  })

  test('whatever stands in a store is answered, and only a payload has no error', () => {
    const near = fc.record(
      {
        type: fc.oneof(fc.constantFrom('stdio', 'sse', 'streamable-http', 'x'), fc.jsonValue()),
        command: fc.oneof(fc.constantFrom('npx', 'uvx', ''), fc.jsonValue()),
        args: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
        env: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        url: fc.oneof(fc.webUrl(), fc.jsonValue()),
        headers: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const servers = fc.dictionary(fc.string(), fc.oneof(near, fc.jsonValue()))

    fc.assert(
      fc.property(servers, fc.constantFrom(cursor, zed, claudeDesktop), (mcpServers, client) => {
        const findings = validatePayload(client, { mcpServers }, packages)
        const isSound = findings.every(({ severity }) => severity === 'warning')
        assert.ok(!isSound || Object.values(mcpServers).every((entry) => isEntry(entry as JsonValue)))
      }),
      { numRuns: 2000 },
    )
  })

  test('a text of a mebibyte is answered in seconds of the processor', () => {
    const texts = ['a', '${', '{a', 'a://', 'eyJ', 'a=', '-', 'a ', '@', 'sha256:'].map((piece) =>
      piece.repeat(1_048_576 / piece.length),
    )
    const start = process.cpuUsage()

    validate({
      servers: { notes: { ...stdio, args: texts }, docs: { ...remote, url: `https://${texts[0]}` } },
    })

    assert.ok(process.cpuUsage(start).user < 5_000_000)
  })
})

function validate({
  client = cursor,
  servers,
}: Pick<Row, 'client' | 'servers'>): readonly ValidationFinding[] {
  return validatePayload(client, { mcpServers: servers }, packages)
}

/** Told apart from a `ServerEntry` by other means than the code under test. */
function isEntry(entry: JsonValue): boolean {
  const text = (value: unknown) => typeof value === 'string'
  const isStdio = has(entry, {
    type: (type) => type === 'stdio',
    command: text,
    args: (args) => Array.isArray(args) && each(args, text),
    env: (env) => each(env, text),
  })
  return (
    isStdio ||
    has(entry, {
      type: (type) => type === 'sse' || type === 'streamable-http',
      url: text,
      headers: (headers) => each(headers, text),
    })
  )
}

function has(entry: JsonValue, members: Readonly<Record<string, (value: unknown) => boolean>>): boolean {
  const values = Object.entries(entry ?? {})
  return (
    values.length === Object.keys(members).length &&
    values.every(([name, value]) => members[name]?.(value) ?? false)
  )
}

function each(values: unknown, test: (value: unknown) => boolean): boolean {
  return typeof values === 'object' && values !== null && Object.values(values).every(test)
}
