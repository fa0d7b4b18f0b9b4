import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CatalogueServer } from '../../src/servers/catalogue-server.ts'
import { type Given, instantiate } from '../../src/servers/instantiation.ts'
import type { Argument, KeyValueInput } from '../../src/servers/server-json.ts'
import type { ServerEntry } from '../../src/vocabulary.ts'
import { localServer, remoteServer } from './server-json-of.ts'

const toReference = (name: string) => `\${secret:cursor/default/weather/${name}}`
const tryWith = (server: CatalogueServer, given: Given) => instantiate(server, given, toReference)

function entryOf(server: CatalogueServer, given: Given = {}): ServerEntry {
  const made = tryWith(server, given)
  if (!made.ok) throw new Error(JSON.stringify(made.errors))
  return made.entry
}

/** The arguments behind the package's name. */
function argsOf(packageArguments: readonly Argument[], params: Given['params'] = {}): readonly string[] {
  const entry = entryOf(localServer({ packageArguments }), { params })
  return entry.type === 'stdio' ? entry.args.slice(2) : []
}

function envOf(environmentVariables: readonly KeyValueInput[], envVars: Given['envVars'] = {}) {
  const entry = entryOf(localServer({ environmentVariables }), { envVars })
  return entry.type === 'stdio' ? entry.env : {}
}

function errorsOf(server: CatalogueServer, given: Given): readonly string[] {
  const made = tryWith(server, given)
  return made.ok ? [] : made.errors.map(({ code, pointer }) => `${code} ${pointer}`)
}

function messagesOf(server: CatalogueServer, given: Given): string {
  const made = tryWith(server, given)
  return made.ok ? '' : made.errors.map(({ message }) => message).join('\n')
}

const city: Argument = { type: 'named', name: '--city' }
const asked = (fields: object): Argument => ({ ...city, description: 'Where', ...fields })

describe('an entry', () => {
  test('has all its fields, given or not', () => {
    assert.deepEqual(entryOf(localServer()), {
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'weather-mcp'],
      env: {},
    })
    const url = 'https://weather.example.org/mcp'
    assert.deepEqual(entryOf(remoteServer({ type: 'sse' })), { type: 'sse', url, headers: {} })
  })

  test('leaves out what nothing was given for', () => {
    assert.deepEqual(argsOf([asked({})]), [])
    const server = remoteServer({ headers: [{ name: 'X-Key' }, { name: 'X-Mode', value: 'ro' }] })
    assert.deepEqual(entryOf(server), {
      type: 'streamable-http',
      url: server.url,
      headers: { 'X-Mode': 'ro' },
    })
  })

  test('has defaults filled in, until something else is given', () => {
    assert.deepEqual(argsOf([asked({ default: 'Oslo' })]), ['--city', 'Oslo'])
    assert.deepEqual(argsOf([asked({ default: 'Oslo' })], { city: 'Rome' }), ['--city', 'Rome'])
    assert.deepEqual(envOf([{ name: 'PORT', default: '80' }]), { PORT: '80' })
    assert.deepEqual(envOf([{ name: 'PORT', default: '80' }], { PORT: '81' }), { PORT: '81' })
  })

  test('has a number in decimal digits', () => {
    assert.deepEqual(argsOf([asked({ format: 'number' })], { city: -1.5 }), ['--city', '-1.5'])
  })

  test('has a flag only while it is true', () => {
    const argument = asked({ format: 'boolean' })
    assert.deepEqual(argsOf([argument], { city: true }), ['--city'])
    assert.deepEqual(argsOf([argument], { city: false }), [])
    assert.deepEqual(argsOf([asked({ format: 'boolean', default: 'true' })]), ['--city'])
  })

  test('has a repeatable argument once for each value', () => {
    const positional: Argument = {
      type: 'positional',
      valueHint: 'path',
      format: 'filepath',
      isRepeated: true,
    }
    assert.deepEqual(argsOf([positional], { path: ['/a', '/b'] }), ['/a', '/b'])
    assert.deepEqual(argsOf([asked({ isRepeated: true })], { city: ['Oslo', 'Rome'] }), [
      '--city',
      'Oslo',
      '--city',
      'Rome',
    ])
    assert.deepEqual(argsOf([asked({ isRepeated: true })], { city: 'Oslo' }), ['--city', 'Oslo'])
    assert.deepEqual(argsOf([asked({ isRepeated: true })], { city: [] }), [])
    const composed = asked({ isRepeated: true, value: 'in={city}', variables: { city: {} } })
    assert.deepEqual(argsOf([composed], { city: ['a', 'b'] }), ['--city', 'in=a', '--city', 'in=b'])
  })

  test('has composed values filled in', () => {
    const server = remoteServer({
      url: 'https://{region}.example.org/mcp',
      variables: { region: { choices: ['eu', 'us'] } },
      headers: [{ name: 'Authorization', value: 'Bearer {token}', variables: { token: { isSecret: true } } }],
    })
    assert.deepEqual(entryOf(server, { params: { region: 'eu', token: 'abc' } }), {
      type: 'streamable-http',
      url: 'https://eu.example.org/mcp',
      headers: { Authorization: `Bearer ${toReference('token')}` },
    })
  })

  test('passes the names of its environment to a container, in a fixed order', () => {
    const server = localServer({
      registryType: 'oci',
      identifier: 'example/weather',
      environmentVariables: [
        { name: 'UNITS', default: 'metric' },
        { name: 'MODE', value: 'ro' },
        { name: 'UNUSED' },
      ],
    })
    const entry = entryOf(server, { envVars: { DEBUG: '1' } })
    assert.deepEqual(entry, {
      type: 'stdio',
      command: 'docker',
      args: ['run', '-i', '--rm', '-e', 'DEBUG', '-e', 'MODE', '-e', 'UNITS', 'example/weather'],
      env: { MODE: 'ro', UNITS: 'metric', DEBUG: '1' },
    })
  })
})

describe('a placeholder', () => {
  test('is filled in one pass: values come out verbatim, whatever they look like', () => {
    const text = fc.array(
      fc.constantFrom('{a}', '{b}', '{', '}', '$', '$&', `\${a}`, "$'", '\\', 'x', ' ', 'é', '%7B'),
      { minLength: 1 },
    )
    const packageArguments: Argument[] = [
      { type: 'positional', value: 'url={a}/{b}?{a}', variables: { a: {}, b: {} } },
      { type: 'named', name: '--a', value: '{a}', variables: { a: {} } },
    ]
    fc.assert(
      fc.property(text, text, (partsOfA, partsOfB) => {
        const [a, b] = [partsOfA.join(''), partsOfB.join('')]
        assert.deepEqual(argsOf(packageArguments, { a, b }), [`url=${a}/${b}?${a}`, '--a', a])
      }),
    )
  })

  test('is filled in an environment in one pass, too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const keeps = value.includes('\0') ? { A: 'x' } : { A: value }
        assert.deepEqual(envOf([{ name: 'A' }], keeps), keeps)
      }),
    )
  })

  test('that is left over is refused, and the message says where to give it', () => {
    const server = localServer({
      packageArguments: [{ type: 'positional', value: '{user}:{word}', variables: { user: {}, word: {} } }],
    })
    assert.deepEqual(errorsOf(server, { params: { user: 'ada' } }), ['unresolved_placeholder /params/word'])
    assert.match(messagesOf(server, { params: { user: 'ada' } }), /Give params\.word/)
    assert.deepEqual(errorsOf(server, {}), [])
  })

  test('that nothing declares is refused, and the file is blamed', () => {
    const server = localServer({ environmentVariables: [{ name: 'A', value: '{b}' }] })
    assert.deepEqual(errorsOf(server, {}), ['unresolved_placeholder /params/b'])
    assert.match(messagesOf(server, {}), /server\.json of weather, which declares no such input/)
    assert.deepEqual(errorsOf(remoteServer({ url: 'https://{x}.example' }), {}), [
      'unresolved_placeholder /params/x',
    ])
  })

  test('has no dollar in front: that is the own business of a client or a shell', () => {
    assert.deepEqual(argsOf([{ type: 'positional', value: `\${workspaceFolder}/{"a":1}` }]), [
      `\${workspaceFolder}/{"a":1}`,
    ])
  })
})

describe('a reference', () => {
  const variables = { a: {}, b: {} }
  const composed = (value: string, isRepeated = false) =>
    localServer({ packageArguments: [{ type: 'positional', value, variables, isRepeated }] })
  const seams: readonly (readonly [string, CatalogueServer, Given['params']])[] = [
    ['two values', composed('{a}/{b}'), { a: `\${secret:zed`, b: 'default/github/TOKEN}' }],
    ['a dollar and what follows it', composed('{a}{b}'), { a: '$', b: '{env:HOME}' }],
    ["a value and the template's own text", composed(`\${secret:{a}}`), { a: 'zed/x/y/Z' }],
    ['the ends of two whole ones', composed('{a}{b}'), { a: `\${env:A}\${env:`, b: `B}\${env:C}` }],
    ['one of several values', composed(`\${env:{a}}`, true), { a: ['{', 'HOME'] }],
    [
      'what stands in a header',
      remoteServer({ headers: [{ name: 'X-Key', value: `Key \${secret:{a}}`, variables }] }),
      { a: 'zed/x/y/Z' },
    ],
    [
      'what stands in a URL',
      remoteServer({ url: 'https://example.org/{a}{b}', variables }),
      { a: `\${env`, b: ':HOME}' },
    ],
    [
      'what stands in an environment variable',
      localServer({ environmentVariables: [{ name: 'DSN', value: '{a}{b}', variables }] }),
      { a: `\${secret:`, b: 'zed/x/y/Z}' },
    ],
  ]
  for (const [title, server, params] of seams) {
    test(`is not made up of ${title}`, () => {
      assert.deepEqual(errorsOf(server, params ? { params } : {}), ['split_reference /params/a'])
    })
  }

  test('that is not made up is refused by the names of what was given, without its values', () => {
    assert.equal(
      messagesOf(composed('{a}/{b}'), { params: { a: `\${secret:zed`, b: 'x/y/Z}' } }),
      'a, b would make up a reference with what is around it. Give a whole reference as one value, or none.',
    )
  })

  test('that was given whole stays, beside others and whatever else', () => {
    const argument: Argument = { type: 'positional', value: `\${env:HOME}/{a}-{b}`, variables }
    const params = { a: `\${env:A}\${secret:x}`, b: `\${secret:y}\${env:` }
    assert.deepEqual(argsOf([argument], params), [`\${env:HOME}/\${env:A}\${secret:x}-\${secret:y}\${env:`])
  })
})

describe('a parameter', () => {
  const refused: readonly (readonly [string, object, unknown, RegExp])[] = [
    ['of the wrong type', {}, 5, /must be a string, not a number/],
    ['that is null', {}, null, /must be a string, not null/],
    ['that is an array and not repeatable', {}, ['a'], /must be a string, not an array/],
    ['that is an object', {}, {}, /must be a string, not an object/],
    ['that is empty', {}, '', /is empty/],
    ['with NUL', {}, 'a\0b', /line break or NUL/],
    ['with a line break', { format: 'filepath' }, 'a\nb', /line break or NUL/],
    ['with half a character', {}, '\ud800', /well-formed Unicode/],
    ['that would be an option', {}, '--privileged', /would be read as an option/],
    ['that is none of its choices', { choices: ['Oslo', 'Rome'] }, 'Bonn', /must be one of Oslo, Rome/],
    ['that should be a number', { format: 'number' }, '5', /must be a number, not a string/],
    ['that is a number without an end', { format: 'number' }, 1e300, /decimal digits/],
    ['that should be true or false', { format: 'boolean' }, 'true', /must be true or false, not a string/],
    ['with one bad value among good ones', { isRepeated: true }, ['a', ''], /is empty/],
  ]
  for (const [title, fields, value, message] of refused) {
    test(`${title} is refused`, () => {
      const server = localServer({ packageArguments: [asked(fields)] })
      const given = JSON.parse(JSON.stringify({ params: { city: value } }))
      assert.deepEqual(errorsOf(server, given), ['invalid_parameter /params/city'])
      assert.match(messagesOf(server, given), message)
    })
  }

  test('that is needed and missing is named, with what it is for', () => {
    const server = localServer({ packageArguments: [asked({ isRequired: true, isRepeated: true })] })
    assert.deepEqual(errorsOf(server, {}), ['missing_parameter /params/city'])
    assert.deepEqual(errorsOf(server, { params: { city: [] } }), ['missing_parameter /params/city'])
    assert.equal(messagesOf(server, {}), 'city is needed (Where). Give params.city.')
  })

  test('that nobody knows is refused, with those that are known', () => {
    const server = localServer({ packageArguments: [asked({})] })
    assert.deepEqual(errorsOf(server, { params: { 'a/b~c': 1 } }), ['unknown_parameter /params/a~1b~0c'])
    assert.match(
      messagesOf(server, { params: { town: 'Oslo' } }),
      /weather has no parameter "town"\. Its parameters: city\./,
    )
    assert.match(messagesOf(localServer(), { params: { town: 'Oslo' } }), /Its parameters: none\./)
    assert.ok(messagesOf(server, { params: { ['x'.repeat(9999)]: 1 } }).length < 200)
  })

  test('called like a part of every object is only what was really given', () => {
    const server = localServer({ packageArguments: [{ type: 'positional', valueHint: 'constructor' }] })
    assert.deepEqual(errorsOf(server, {}), [])
    const params = JSON.parse('{"__proto__": {"constructor": "x"}}')
    assert.deepEqual(errorsOf(server, { params }), ['unknown_parameter /params/__proto__'])
    assert.equal(Object.hasOwn(Object.prototype, 'x'), false)
  })

  test('that spoils a URL or a header is refused', () => {
    const server = remoteServer({
      url: 'https://{host}/mcp',
      variables: { host: {} },
      headers: [{ name: 'X-City', value: '{city}', variables: { city: {} } }],
    })
    assert.deepEqual(errorsOf(server, { params: { host: 'a b' } }), ['invalid_parameter /params/host'])
    assert.deepEqual(errorsOf(server, { params: { host: 'a', city: '東京' } }), [
      'invalid_parameter /params/city',
    ])
    assert.deepEqual(errorsOf(server, { params: { host: `\${env:HOST}`, city: 'Zürich' } }), [])
  })

  test('all mistakes are told at once', () => {
    const server = localServer({ packageArguments: [asked({ isRequired: true })] })
    assert.deepEqual(errorsOf(server, { params: { town: 'x' }, envVars: { 'A-B': 'x' } }), [
      'unknown_parameter /params/town',
      'missing_parameter /params/city',
      'invalid_env /env_vars/A-B',
    ])
  })
})

describe('an environment variable', () => {
  const refused: readonly (readonly [string, object, unknown, RegExp])[] = [
    ['that is no text', {}, 3306, /"PORT" must be a string, not a number/],
    ['with NUL', {}, '\0', /must not contain NUL/],
    ['that is no number', { format: 'number' }, 'many', /must be a number, written as a string/],
    ['that is neither true nor false', { format: 'boolean' }, '1', /must be "true" or "false"/],
    ['that is none of its choices', { choices: ['80'] }, '81', /must be one of 80/],
    ['that is fixed by the catalogue', { value: '80' }, '81', /is set by the catalogue/],
  ]
  for (const [title, fields, value, message] of refused) {
    test(`${title} is refused`, () => {
      const server = localServer({ environmentVariables: [{ name: 'PORT', ...fields }] })
      const given = JSON.parse(JSON.stringify({ envVars: { PORT: value } }))
      assert.deepEqual(errorsOf(server, given), ['invalid_env /env_vars/PORT'])
      assert.match(messagesOf(server, given), message)
    })
  }

  test('may hold several lines, as a private key does', () => {
    assert.deepEqual(envOf([{ name: 'KEY' }], { KEY: 'a\nb\n' }), { KEY: 'a\nb\n' })
  })

  test('that is a number or a switch is written as text', () => {
    const variables: KeyValueInput[] = [
      { name: 'PORT', format: 'number' },
      { name: 'ON', format: 'boolean' },
    ]
    assert.deepEqual(envOf(variables, { PORT: '80', ON: 'true' }), { PORT: '80', ON: 'true' })
  })

  test('that is needed is missing when it is absent or empty', () => {
    const server = localServer({ environmentVariables: [{ name: 'KEY', isRequired: true }] })
    assert.deepEqual(errorsOf(server, {}), ['missing_env_var /env_vars/KEY'])
    assert.deepEqual(errorsOf(server, { envVars: { KEY: '' } }), ['missing_env_var /env_vars/KEY'])
    assert.equal(messagesOf(server, {}), 'KEY is needed. Give env_vars.KEY.')
  })

  test('that is not needed may be empty', () => {
    assert.deepEqual(envOf([{ name: 'KEY', isSecret: true }], { KEY: '' }), { KEY: '' })
  })

  test('beyond the catalogue is taken by a server that runs here', () => {
    assert.deepEqual(envOf([], { _HTTPS_PROXY1: 'x' }), { _HTTPS_PROXY1: 'x' })
    for (const name of ['__proto__', '1A', 'A-B', 'A=B', '', 'Ä']) {
      const envVars = JSON.parse(`{${JSON.stringify(name)}: "x"}`)
      assert.deepEqual(errorsOf(localServer(), { envVars }), [`invalid_env /env_vars/${name}`])
    }
  })

  test('has no use for a server that is reached by URL', () => {
    const server = remoteServer({ headers: [{ name: 'X-Key' }] })
    assert.deepEqual(errorsOf(server, { envVars: { KEY: 'x' } }), ['invalid_env /env_vars/KEY'])
    assert.match(messagesOf(server, { envVars: { KEY: 'x' } }), /goes into params: x_key/)
  })
})

describe('a secret', () => {
  const server = localServer({
    packageArguments: [{ type: 'named', name: '--dsn', isSecret: true }],
    environmentVariables: [
      { name: 'KEY', isSecret: true },
      { name: 'PLAIN' },
      { name: 'URL', value: 'https://me:{word}@x', variables: { word: { isSecret: true } } },
    ],
  })

  test('goes to the vault, and the entry refers to it', () => {
    const made = tryWith(server, {
      params: { dsn: 'db://u:p', word: 'pw' },
      envVars: { KEY: 'k', PLAIN: 'open' },
    })
    assert.ok(made.ok)
    assert.deepEqual(
      [...made.secrets],
      [
        ['dsn', 'db://u:p'],
        ['word', 'pw'],
        ['KEY', 'k'],
      ],
    )
    assert.deepEqual(made.entry, {
      type: 'stdio',
      command: 'npx',
      args: ['-y', 'weather-mcp', '--dsn', toReference('dsn')],
      env: { URL: `https://me:${toReference('word')}@x`, KEY: toReference('KEY'), PLAIN: 'open' },
    })
  })

  test('that is given as a reference is kept as it is', () => {
    const given = { params: { dsn: `\${env:DSN}` }, envVars: { KEY: `\${secret:team/key}` } }
    const made = tryWith(server, given)
    assert.ok(made.ok && made.entry.type === 'stdio')
    assert.deepEqual([...made.secrets], [])
    assert.deepEqual(
      [made.entry.args.at(-1), made.entry.env],
      [`\${env:DSN}`, { KEY: `\${secret:team/key}` }],
    )
  })

  test('that is mixed with a reference is refused, unseen', () => {
    const given = { params: { dsn: `db://hunter2:\${env:PW}` }, envVars: { KEY: `hunter2\${env:A}` } }
    assert.deepEqual(errorsOf(server, given), ['invalid_parameter /params/dsn', 'invalid_env /env_vars/KEY'])
    assert.doesNotMatch(messagesOf(server, given), /hunter2/)
  })

  test('that would be an option is refused, unseen', () => {
    const given = { params: { dsn: '-hunter2' } }
    assert.deepEqual(errorsOf(server, given), ['invalid_parameter /params/dsn'])
    assert.doesNotMatch(messagesOf(server, given), /hunter2/)
  })

  test("that is the catalogue's own default is none", () => {
    const made = tryWith(
      localServer({ packageArguments: [asked({ isSecret: true, default: 'db://local' })] }),
      {},
    )
    assert.ok(made.ok && made.entry.type === 'stdio')
    assert.deepEqual([made.entry.args.at(-1), made.secrets.size], ['db://local', 0])
  })
})

test('a reference stands for a number, a path or a choice, too', () => {
  const reference = `\${env:CITY}`
  for (const fields of [{ format: 'number' }, { format: 'filepath' }, { choices: ['Oslo'] }]) {
    assert.deepEqual(argsOf([asked(fields)], { city: reference }), ['--city', reference])
  }
  assert.deepEqual(envOf([{ name: 'PORT', format: 'number' }], { PORT: reference }), { PORT: reference })
})
