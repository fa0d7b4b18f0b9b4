import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSearch, toArgumentTexts, toSearchText } from '../../src/servers/catalogue-server.ts'
import type { Argument, ServerJson } from '../../src/servers/server-json.ts'
import { toCatalogueServer } from '../../src/servers/to-catalogue-server.ts'
import { localServer, npmPackage, remote, remoteServer, serverJson, toServer } from './server-json-of.ts'

function reasonFor(json: ServerJson): string {
  const converted = toCatalogueServer('weather', json)
  return converted.ok ? 'sound' : converted.reason
}

function textsOf({ args }: ReturnType<typeof toServer>): readonly string[] {
  return args.flatMap(toArgumentTexts)
}

describe('of several ways to reach a server', () => {
  test('the first package that can be run is taken', () => {
    const packages = [
      npmPackage({ registryType: 'mcpb', fileSha256: '0'.repeat(64) }),
      npmPackage({ registryType: 'pypi', identifier: 'weather' }),
      npmPackage(),
    ]
    const server = toServer(serverJson({ packages, remotes: [remote()] }))
    assert.deepEqual([server.transport, server.command, server.package], ['stdio', 'uvx', 'weather'])
  })

  const unrunnable: readonly (readonly [string, Parameters<typeof npmPackage>[0]])[] = [
    ['of another registry', { registryType: 'nuget' }],
    ['for another program', { runtimeHint: 'bunx' }],
    ['that listens instead of speaking stdio', { transport: { type: 'sse' } }],
    ['with a digest that nobody would check', { fileSha256: '0'.repeat(64) }],
    ['whose name is an option', { identifier: '--eval=1' }],
    ['whose version is an option', { version: ' --eval=1' }],
  ]
  for (const [title, fields] of unrunnable) {
    test(`a package ${title} is passed over for the remote`, () => {
      const server = toServer(
        serverJson({ packages: [npmPackage(fields)], remotes: [remote({ type: 'sse' })] }),
      )
      assert.deepEqual([server.transport, server.package, server.command], ['sse', null, null])
      assert.equal(server.url, 'https://weather.example.org/mcp')
    })
  }

  test('there must be one', () => {
    assert.match(reasonFor(serverJson({})), /neither a package .* nor a remote/)
  })
})

describe('the command line', () => {
  test('pins the version that the file gives', () => {
    assert.deepEqual(textsOf(localServer({ version: '1.2.3' })), ['-y', 'weather-mcp@1.2.3'])
  })

  test('asks the registry that the file gives', () => {
    const registryBaseUrl = 'https://packages.example.org'
    assert.deepEqual(textsOf(localServer({ registryBaseUrl })), [
      '-y',
      '--registry=https://packages.example.org',
      'weather-mcp',
    ])
    assert.deepEqual(textsOf(localServer({ registryType: 'pypi', registryBaseUrl })), [
      '--default-index=https://packages.example.org/simple',
      'weather-mcp',
    ])
    assert.deepEqual(
      textsOf(localServer({ registryType: 'pypi', registryBaseUrl: `${registryBaseUrl}/py` })),
      ['--default-index=https://packages.example.org/py', 'weather-mcp'],
    )
    assert.equal(
      textsOf(localServer({ registryType: 'oci', registryBaseUrl, version: '2' })).at(-1),
      'packages.example.org/weather-mcp:2',
    )
  })

  test('does not say twice what the package says', () => {
    const runtimeArguments: Argument[] = [{ type: 'named', name: '--yes' }]
    assert.deepEqual(textsOf(localServer({ runtimeArguments })), ['--yes', 'weather-mcp'])
  })

  test('of a container passes its environment on and keeps its input open', () => {
    const server = localServer({
      registryType: 'oci',
      identifier: 'ghcr.io/example/weather:2',
      runtimeArguments: [
        { type: 'positional', value: 'run' },
        { type: 'named', name: '-i', value: 'true', format: 'boolean' },
        { type: 'named', name: '--privileged', value: 'false', format: 'boolean' },
        { type: 'named', name: '-e', value: 'TOKEN={token}', variables: { token: { isSecret: true } } },
      ],
      packageArguments: [{ type: 'positional', value: 'serve' }],
    })
    const text = 'run --rm -i -e TOKEN={token} -e {NAME} ghcr.io/example/weather:2 serve'
    assert.deepEqual([server.command, ...textsOf(server)], ['docker', ...text.split(' ')])
  })

  test('has a bare flag where nothing is asked for', () => {
    const server = localServer({ packageArguments: [{ type: 'named', name: '--stdio' }] })
    assert.deepEqual(textsOf(server), ['-y', 'weather-mcp', '--stdio'])
    assert.deepEqual(server.parameters, [])
  })
})

describe('parameters and variables', () => {
  test('carry the type, default, choices and example of the file', () => {
    const { parameters } = localServer({
      packageArguments: [
        {
          type: 'named',
          name: '--db-path',
          format: 'filepath',
          isRequired: true,
          placeholder: '/data',
          description: 'A file',
        },
        { type: 'named', name: '--port', format: 'number', default: '80', placeholder: 'a number' },
        { type: 'named', name: '--quiet', format: 'boolean', default: 'true' },
        {
          type: 'positional',
          valueHint: 'city name',
          choices: ['Oslo', 'Rome'],
          default: '',
          isRepeated: true,
        },
      ],
    })
    const plain = { required: false, secret: false, repeatable: false }
    assert.deepEqual(parameters, [
      { ...plain, name: 'db_path', type: 'path', required: true, description: 'A file', example: '/data' },
      { ...plain, name: 'port', type: 'number', description: '', default: 80 },
      { ...plain, name: 'quiet', type: 'boolean', description: '', default: true },
      {
        ...plain,
        name: 'city_name',
        type: 'string',
        description: '',
        choices: ['Oslo', 'Rome'],
        repeatable: true,
      },
    ])
  })

  test('that fill something secret or required are so themselves', () => {
    const { parameters, env } = localServer({
      environmentVariables: [
        {
          name: 'URL',
          value: 'https://{user}@x',
          isSecret: true,
          isRequired: true,
          variables: { user: { description: 'Who' } },
        },
      ],
    })
    assert.deepEqual(env, [{ name: 'URL', value: 'https://{user}@x' }])
    assert.deepEqual(parameters, [
      { name: 'user', description: 'Who', type: 'string', required: true, secret: true, repeatable: false },
    ])
  })

  test('of a header without a value are named after it', () => {
    const { parameters, headers } = remoteServer({ headers: [{ name: 'X-API-Key', isSecret: true }] })
    assert.deepEqual(headers, [{ name: 'X-API-Key', value: '{x_api_key}' }])
    assert.deepEqual(
      parameters.map(({ name, secret }) => [name, secret]),
      [['x_api_key', true]],
    )
  })

  test('that a URL needs are required, unless they have a default', () => {
    const { parameters } = remoteServer({
      url: 'https://{region}.example.org/{team}',
      variables: { region: { default: 'eu' }, team: {}, unused: {} },
    })
    assert.deepEqual(
      parameters.map(({ name, required }) => [name, required]),
      [
        ['region', false],
        ['team', true],
        ['unused', false],
      ],
    )
  })

  test('declared twice alike are one', () => {
    const variables = { city: { description: 'Where' } }
    const { parameters } = localServer({
      packageArguments: [
        { type: 'named', name: '--a', value: '{city}', variables },
        { type: 'named', name: '--b', value: '{city}', variables },
      ],
    })
    assert.deepEqual(
      parameters.map(({ name }) => name),
      ['city'],
    )
  })

  test('with a fixed value can be nothing else', () => {
    const { parameters } = remoteServer({
      headers: [{ name: 'A', value: '{mode}', variables: { mode: { value: 'ro' } } }],
    })
    assert.deepEqual([parameters[0]?.default, parameters[0]?.choices], ['ro', ['ro']])
  })

  test('that are a number or a switch in the environment are text in the example', () => {
    const { usageExample } = localServer({
      environmentVariables: [
        { name: 'PORT', format: 'number', isRequired: true },
        { name: 'MODE', choices: ['a', 'b'], isRequired: true },
        { name: 'KEY', isSecret: true, isRequired: true },
      ],
    })
    assert.deepEqual(usageExample, {
      server_id: 'weather',
      env_vars: { PORT: '1', MODE: 'a', KEY: `\${env:KEY}` },
    })
  })
})

describe('a server.json of the right shape is still unsound', () => {
  const refused: readonly (readonly [string, RegExp, Parameters<typeof npmPackage>[0]])[] = [
    [
      'if two inputs share a name and differ',
      /the parameter "a" is declared twice, and not alike/,
      {
        packageArguments: [
          { type: 'positional', valueHint: 'a' },
          { type: 'named', name: '--a', description: 'b' },
        ],
      },
    ],
    [
      'if an environment variable is declared twice',
      /the environment variable "A" is declared twice/,
      { environmentVariables: [{ name: 'A' }, { name: 'A', value: 'x' }] },
    ],
    [
      'if a parameter and a variable would share a place in the vault',
      /the secret "KEY" is declared twice/,
      {
        packageArguments: [{ type: 'positional', valueHint: 'KEY', isSecret: true }],
        environmentVariables: [{ name: 'KEY', isSecret: true }],
      },
    ],
    [
      'if a secret is repeated',
      /the parameter "a" is secret and repeated/,
      { packageArguments: [{ type: 'positional', valueHint: 'a', isSecret: true, isRepeated: true }] },
    ],
    [
      'if a default has the wrong type',
      /the default of the parameter "a" must be a number/,
      { packageArguments: [{ type: 'positional', valueHint: 'a', format: 'number', default: 'many' }] },
    ],
    [
      'if a default is no true or false',
      /the default of the parameter "a" must be true or false/,
      { packageArguments: [{ type: 'named', name: '--a', format: 'boolean', default: 'yes' }] },
    ],
    [
      "if a variable's default is none of its choices",
      /the default of the environment variable A must be one of x, y/,
      { environmentVariables: [{ name: 'A', choices: ['x', 'y'], default: 'z' }] },
    ],
    [
      'if an input has the name of a prototype',
      /the parameter "__proto__" has a name that can't be used/,
      { packageArguments: [{ type: 'positional', valueHint: '__proto__' }] },
    ],
  ]
  for (const [title, reason, fields] of refused) {
    test(title, () => assert.match(reasonFor(serverJson({ packages: [npmPackage(fields)] })), reason))
  }

  test('if a header is declared twice', () => {
    const headers = [
      { name: 'X-Key', value: 'a' },
      { name: 'x-key', value: 'b' },
    ]
    assert.match(
      reasonFor(serverJson({ remotes: [remote({ headers })] })),
      /the header "x-key" is declared twice/,
    )
  })
})

describe('what a person reads', () => {
  test('is the title, or the last part of the name', () => {
    assert.equal(toServer(serverJson({ title: 'Weather!', remotes: [remote()] })).displayName, 'Weather!')
    assert.equal(remoteServer().displayName, 'weather')
  })

  test('names the documentation, else the website, else the repository, else nothing', () => {
    const fields = {
      remotes: [remote()],
      repository: { url: 'https://r.example' },
      websiteUrl: 'https://w.example',
    }
    const extended = {
      ...fields,
      _meta: {
        'io.github.mcp-orchestration/catalogue': { documentationUrl: 'https://d.example', tags: ['sky'] },
      },
    }
    const { websiteUrl: _, ...unsited } = fields
    const urls = [extended, fields, unsited, { remotes: [remote()] }].map(
      (json) => toServer(serverJson(json)).documentationUrl,
    )
    assert.deepEqual(urls, ['https://d.example', 'https://w.example', 'https://r.example', null])
    assert.deepEqual(toServer(serverJson(extended)).tags, ['sky'])
  })

  test('is found by words in any case and order, all of which must be there', () => {
    const server = toServer(serverJson({ title: 'Weather of Oslo', packages: [npmPackage()] }))
    const isFound = (search: string) => createSearch(search)(toSearchText(server))
    assert.ok(isFound('OSLO  weather-mcp tells'))
    assert.ok(isFound(' '))
    assert.equal(isFound('oslo rome'), false)
  })
})
