import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type MCPClientConfig, MCPConfigRegistry } from '@gleanwork/mcp-config-schema'
import { type Client, getClient, type Platform, toClientEntry } from '../../src/clients/client.ts'
import { configPathPatterns } from '../../src/clients/config-path.ts'

/** Our table against the data that another project keeps. Where the two differ, the reason stands here. */

const others = new MCPConfigRegistry().getAllConfigs()

/** Theirs → ours, where the names differ. */
const renamed: Readonly<Record<string, string>> = { gemini: 'gemini-cli' }

const absent: Readonly<Record<string, string>> = {
  antigravity: 'its folder moved, and sources name different ones',
  'antigravity-cli': 'its folder moved, and sources name different ones',
  chatgpt: 'it has no config file',
  'claude-teams-enterprise': 'it has no config file',
  codex: 'its file is TOML, which comes later',
  'cursor-agent': 'it reads the file of cursor',
  goose: 'its file is YAML, which comes later',
  jetbrains: 'its servers are pasted into a dialog; no file is documented',
  linear: 'it has no config file',
}

/** Of a client's default path. */
const otherPaths: Readonly<Record<string, string>> = {
  opencode:
    'OpenCode itself makes opencode.jsonc, which overrides opencode.json; one of the two that exists wins',
}

/** Of a client's entries, by theirs. */
const otherShapes: Readonly<Record<string, string>> = {
  'claude-desktop: type of stdio': "the maker's examples have none, and its older versions know none",
  'junie: type of stdio': "the maker's examples have none",
  'cursor: type of http': "the maker's examples have none: Cursor finds the transport out by itself",
}

const environments = {
  darwin: { HOME: '/Users/priya' },
  linux: { HOME: '/home/priya' },
  win32: {
    USERPROFILE: 'C:\\Users\\priya',
    APPDATA: 'C:\\Users\\priya\\AppData\\Roaming',
    LOCALAPPDATA: 'C:\\Users\\priya\\AppData\\Local',
  },
} as const satisfies Record<Platform, object>

describe('Beside @gleanwork/mcp-config-schema', () => {
  test('each of its clients is ours, too, or is left out for a reason that still holds', () => {
    for (const other of others)
      assert.notEqual(absent[other.id] === undefined, clientOf(other) === undefined, other.id)
    const ids = new Set<string>(others.map(({ id }) => id))
    assert.deepEqual(
      Object.keys(absent).filter((id) => !ids.has(id)),
      [],
    )
  })

  const shared = others.flatMap((other) => {
    const client = clientOf(other)
    return client ? [{ other, client }] : []
  })

  for (const { other, client } of shared) {
    test(`${client.displayName} has the same root key`, () => {
      assert.equal(client.rootKey, other.configStructure.serversPropertyName)
    })

    test(`${client.displayName} speaks what is listed there`, () => {
      const listed = other.transports.map((each) => (each === 'http' ? 'streamable-http' : each))
      assert.deepEqual(
        listed.filter((each) => !client.transports.includes(each)),
        [],
      )
      assert.equal(client.transports.length > 1, other.transports.includes('http'))
    })

    test(`${client.displayName} has the same path on every platform, or for a reason not`, () => {
      for (const platform of ['darwin', 'linux', 'win32'] as const) {
        const env: Readonly<Record<string, string>> = environments[platform]
        const theirs = expand(other.configPath[platform] ?? '', env)
        const ours = configPathPatterns(client, platform, env)
        const isSame = theirs === ours.find((pattern) => !pattern.includes('*'))
        assert.equal(isSame, otherPaths[client.clientId] === undefined, `${platform}: ${theirs}`)
        assert.ok(ours.includes(theirs), `${platform}: ${theirs} is none of ours`)
      }
    })

    test(`${client.displayName} has the same entries, but for the differences listed`, () => {
      const differences = [...stdioDifferences(client, other), ...httpDifferences(client, other)]
      const known = Object.keys(otherShapes).filter((each) => each.startsWith(`${client.clientId}:`))
      assert.deepEqual(differences, known)
    })
  }
})

function clientOf({ id }: MCPClientConfig): Client | undefined {
  try {
    return getClient(renamed[id] ?? id)
  } catch {
    return undefined
  }
}

function expand(theirs: string, env: Readonly<Record<string, string>>): string {
  return theirs.replace(/\$([A-Z]+)|%([A-Z]+)%/g, (_, posix, windows) => env[posix ?? windows] ?? '')
}

function stdioDifferences(client: Client, other: MCPClientConfig): readonly string[] {
  const mapping = other.configStructure.stdioPropertyMapping
  const entry = toClientEntry(client, { type: 'stdio', command: 'c', args: ['a'], env: { E: 'v' } })
  const expected = new Map<string, unknown>([[mapping?.envProperty ?? '', { E: 'v' }]])
  const isJoined = mapping?.commandProperty === mapping?.argsProperty
  expected.set(mapping?.commandProperty ?? '', isJoined ? ['c', 'a'] : 'c')
  if (!isJoined) expected.set(mapping?.argsProperty ?? '', ['a'])
  const { type, ...rest } = entry
  assert.deepEqual(rest, Object.fromEntries(expected))
  return (type === undefined) === (mapping?.typeProperty === undefined)
    ? []
    : [`${client.clientId}: type of stdio`]
}

function httpDifferences(client: Client, other: MCPClientConfig): readonly string[] {
  const mapping = other.configStructure.httpPropertyMapping
  if (!mapping) return []
  const entry = toClientEntry(client, { type: 'streamable-http', url: 'https://x', headers: { H: 'v' } })
  const { type, ...rest } = entry
  assert.deepEqual(rest, { [mapping.urlProperty]: 'https://x', [mapping.headersProperty ?? '']: { H: 'v' } })
  return type === mapping.typeValue ? [] : [`${client.clientId}: type of http`]
}
