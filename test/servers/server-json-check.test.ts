import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileServerJsonCheck } from '../../src/servers/server-json-check.ts'
import { npmPackage, remote, serverJson } from './server-json-of.ts'

const check = compileServerJsonCheck()

function reasonFor(value: unknown): string {
  const checked = check(value)
  return checked.ok ? 'sound' : checked.reason
}

const withPackage = (fields: object) => serverJson({ packages: [{ ...npmPackage(), ...fields }] })
const withHeader = (header: object) =>
  serverJson({ remotes: [remote({ headers: [{ name: 'X-Key', ...header }] })] })
const withVariable = (fields: object) => withPackage({ environmentVariables: [{ name: 'KEY', ...fields }] })

describe('a server.json', () => {
  test('with every field that the registry knows is sound', () => {
    const full = serverJson({
      title: 'Weather',
      websiteUrl: 'https://example.org',
      repository: { url: 'https://example.org/weather' },
      packages: [npmPackage({ version: '1.0.0', runtimeHint: 'npx', environmentVariables: [] })],
      remotes: [remote({ variables: { city: { format: 'string', placeholder: 'Oslo' } } })],
    })
    const known = {
      ...full,
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      repository: { url: 'https://example.org/weather', source: 'gitlab', subfolder: 'mcp', id: '1' },
      icons: [{ src: 'https://example.org/i.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' }],
      _meta: { 'io.modelcontextprotocol.registry/publisher-provided': { anything: [1] } },
    }
    assert.equal(reasonFor(known), 'sound')
  })

  const refused: readonly (readonly [title: string, value: unknown, reason: RegExp])[] = [
    ['that is no object', [], /^the top level must be object$/],
    ['without a name', { description: 'x', version: '1' }, /must have required property 'name'/],
    [
      'with an unknown field',
      { ...serverJson({}), license: 'MIT' },
      /^the top level has the unknown field "license"$/,
    ],
    ['with a __proto__', JSON.parse('{"__proto__":{}}'), /^the top level/],
    [
      'with a description of 101 characters',
      serverJson({ description: 'x'.repeat(101) }),
      /^\/description must NOT have more than 100/,
    ],
    ['whose name has no slash', serverJson({ name: 'weather' }), /^\/name must match pattern/],
    ['whose version is a moving one', serverJson({ version: 'latest' }), /^\/version must NOT be valid/],
    [
      'with a script for a website',
      serverJson({ websiteUrl: 'javascript:alert(1)' }),
      /^\/websiteUrl must match format "web-url"$/,
    ],
    [
      'with a misspelt isSecret',
      withVariable({ is_secret: true }),
      /^\/packages\/0\/environmentVariables\/0 has the unknown field "is_secret"$/,
    ],
    [
      'with a variable that no shell could set',
      withVariable({ name: 'A=B' }),
      /environmentVariables\/0\/name must match pattern/,
    ],
    [
      'with a variable called __proto__',
      withVariable({ name: '__proto__' }),
      /environmentVariables\/0\/name must match pattern/,
    ],
    [
      'with an unknown format',
      withVariable({ format: 'date' }),
      /format must be equal to one of the allowed values: string, number/,
    ],
    ['with NUL in a value', withVariable({ value: 'a\0b' }), /value must match format "entry-text"$/],
    [
      'with half a character in a default',
      withVariable({ default: '\ud800' }),
      /default must match format "entry-text"$/,
    ],
    [
      'with an argument of no type',
      withPackage({ packageArguments: [{ name: '--x' }] }),
      /^\/packages\/0\/packageArguments\/0 must have a type that may stand there$/,
    ],
    [
      'with a positional argument of nothing',
      withPackage({ packageArguments: [{ type: 'positional' }] }),
      /must have required property 'valueHint'/,
    ],
    [
      'with a flag that has no dash',
      withPackage({ packageArguments: [{ type: 'named', name: 'x' }] }),
      /name must match pattern/,
    ],
    [
      'with a remote that is none',
      { ...serverJson({}), remotes: [{ type: 'stdio' }] },
      /^\/remotes\/0 must have a type/,
    ],
    [
      'with a header that ends early',
      withHeader({ value: 'a\r\nX-Admin: 1' }),
      /headers\/0\/value must match pattern/,
    ],
    ['with a header of two words', withHeader({ name: 'X Key' }), /headers\/0\/name must match pattern/],
    [
      'with an unknown field of ours',
      { ...serverJson({}), _meta: { 'io.github.mcp-orchestration/catalogue': { tag: 'x' } } },
      /has the unknown field "tag"$/,
    ],
  ]
  for (const [title, value, reason] of refused) {
    test(`${title} is refused`, () => assert.match(reasonFor(value), reason))
  }
})
