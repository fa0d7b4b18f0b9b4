import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, test } from 'node:test'
import { builtinFolder, readBuiltinServers } from '../../src/servers/builtin-servers.ts'
import { transportCounts } from '../../src/servers/catalogue-server.ts'
import { instantiate } from '../../src/servers/instantiation.ts'
import type { ServerJson } from '../../src/servers/server-json.ts'
import { compileServerJsonCheck } from '../../src/servers/server-json-check.ts'
import { type JsonObject, transports } from '../../src/vocabulary.ts'
import { verifiedPackages } from './verified-packages.ts'

const files = await readdir(builtinFolder)
const jsons: readonly ServerJson[] = await Promise.all(
  files.map(async (file) => JSON.parse(await readFile(new URL(file, builtinFolder), 'utf8'))),
)
const servers = [...(await readBuiltinServers(builtinFolder)).values()]

describe('the built-in servers', () => {
  const check = compileServerJsonCheck()
  for (const [index, file] of files.entries()) {
    test(`${file} is a sound server.json`, () => {
      assert.deepEqual(check(jsons[index]), { ok: true, json: jsons[index] })
    })
  }

  test('are 30 or more, and each file is one', () => {
    assert.ok(servers.length >= 30, `${servers.length} servers`)
    assert.deepEqual(
      servers.map(({ serverId }) => `${serverId}.json`),
      [...files].sort(),
    )
  })

  test('each have a name and a display name of their own', () => {
    assert.equal(new Set(jsons.map(({ name }) => name)).size, jsons.length)
    assert.equal(new Set(servers.map(({ displayName }) => displayName)).size, servers.length)
  })

  test('are reached by each of the three transports', () => {
    const counts = transportCounts(servers)
    for (const transport of transports) assert.ok(counts[transport] > 0, transport)
  })

  test('run packages whose names were verified', () => {
    const packages = jsons.flatMap((json) => json.packages ?? [])
    for (const { registryType, identifier } of packages) {
      assert.ok(verifiedPackages[registryType]?.includes(identifier), `${registryType} ${identifier}`)
    }
  })

  test('say which of them are archived', () => {
    const archived = servers.filter(({ tags }) => tags.includes('archived')).map(({ serverId }) => serverId)
    assert.deepEqual(archived, ['google-maps', 'postgres', 'sqlite'])
  })

  test('each have documentation and tags', () => {
    for (const { serverId, documentationUrl, tags } of servers) {
      assert.match(documentationUrl ?? '', /^https:\/\//, serverId)
      assert.ok(tags.length > 0, serverId)
    }
  })

  test('treat whatever is called a key, token, secret or password as secret', () => {
    for (const { serverId, variables, parameters } of servers) {
      for (const { name, secret } of [...variables, ...parameters]) {
        if (/(?:KEY|TOKEN|SECRET|PASS|DSN|CONNECTION_STRING)$/i.test(name))
          assert.ok(secret, `${serverId} ${name}`)
      }
    }
  })

  test('read the tokens that their packages read', () => {
    const required = (serverId: string) =>
      servers
        .find((server) => server.serverId === serverId)
        ?.variables.filter((variable) => variable.required)
    assert.deepEqual(
      required('github')?.map(({ name }) => name),
      ['GITHUB_PERSONAL_ACCESS_TOKEN'],
    )
    assert.deepEqual(
      required('notion')?.map(({ name }) => name),
      ['NOTION_TOKEN'],
    )
    assert.deepEqual(
      required('datadog')?.map(({ name }) => name),
      ['DATADOG_API_KEY', 'DATADOG_APP_KEY'],
    )
  })

  for (const server of servers) {
    test(`${server.serverId} can be added by its usage example`, () => {
      const { server_id, params = {}, env_vars = {}, ...rest } = server.usageExample
      const made = instantiate(
        server,
        { params: params as JsonObject, envVars: env_vars as JsonObject },
        (name) => `\${secret:${name}}`,
      )
      assert.deepEqual(rest, {})
      assert.equal(server_id, server.serverId)
      assert.ok(made.ok, JSON.stringify(made))
      assert.equal(made.entry.type, server.transport)
      assert.doesNotMatch(JSON.stringify(made.entry), /(?<!\$)\{[a-z_]+\}/i)
      assert.deepEqual([...made.secrets], [])
    })
  }
})
