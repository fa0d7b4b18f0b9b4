import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv, type AnySchema } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { operationsOf, tools } from '../../src/mcp/tools.ts'
import { operations } from '../../src/operations/operations.ts'

const byName = new Map(tools.map((tool) => [tool.name, tool]))

describe('the ten tools', () => {
  test('answer each of the 14 operations, once', () => {
    assert.equal(tools.length, 10)
    const answered = tools.flatMap((tool) => operationsOf(tool).map(({ id }) => id))
    assert.deepEqual(answered.toSorted(), operations.map(({ id }) => id).toSorted())
    assert.equal(new Set(answered).size, 14)
  })

  test('are read-only exactly where their operations need no more than the scope read', () => {
    for (const tool of tools) {
      const onlyReads = operationsOf(tool).every(({ scope }) => scope === 'read')
      assert.equal(tool.listed.annotations?.readOnlyHint, onlyReads, tool.name)
    }
  })

  test('are called destructive where they take something away', () => {
    const destructive = tools
      .filter((tool) => tool.listed.annotations?.destructiveHint)
      .map(({ name }) => name)
    assert.deepEqual(destructive, ['remove_server_from_config', 'deploy_config', 'initialize_keys'])
  })

  test('have an object at the root of both schemas, and no choice at the root of the input', () => {
    for (const { name, listed } of tools) {
      assert.equal(listed.inputSchema.type, 'object', name)
      assert.equal(listed.inputSchema.additionalProperties, false, name)
      assert.equal('anyOf' in listed.inputSchema, false, name)
      assert.equal(listed.outputSchema?.type, 'object', name)
    }
  })

  test('have schemas that compile under JSON Schema 2020-12 and under draft-07, which v1 clients use', () => {
    for (const ajv of [new Ajv2020({ strict: true }), new Ajv({ strict: true })]) {
      for (const { name, listed } of tools) {
        assert.doesNotThrow(() => ajv.compile(listed.inputSchema as AnySchema), name)
        assert.doesNotThrow(() => ajv.compile(listed.outputSchema as AnySchema), name)
      }
    }
  })

  test('describe every argument', () => {
    for (const { name, listed } of tools) {
      for (const [argument, schema] of Object.entries(listed.inputSchema.properties ?? {})) {
        assert.equal(
          typeof (schema as { description?: unknown }).description,
          'string',
          `${name}.${argument}`,
        )
      }
    }
  })

  test('speak of tools in every description, never of an operation that an agent could not call', () => {
    const hidden = operations.filter(({ id }) => !byName.has(id)).map(({ id }) => id)
    const texts = descriptionsOf(tools.map(({ listed }) => listed))
    assert.ok(texts.length > 50)
    for (const id of hidden)
      assert.deepEqual(
        texts.filter((text) => text.includes(id)),
        [],
        id,
      )
    assert.ok(texts.some((text) => text.includes('list_available_servers with server_id')))
  })
})

describe("a tool's input", () => {
  test('defaults client and profile where it is about one profile', () => {
    assert.deepEqual(defaultsOf('publish_config'), { client_id: 'claude-desktop', profile_id: 'default' })
    assert.deepEqual(defaultsOf('diff_config'), { client_id: 'claude-desktop', profile_id: 'default' })
    assert.equal(byName.get('publish_config')?.listed.inputSchema.required, undefined)
  })

  test('leaves list_clients without a default, or it could never list the clients', () => {
    assert.deepEqual(defaultsOf('list_clients'), {})
  })

  test('requires what every operation of the tool requires', () => {
    assert.deepEqual(byName.get('add_server_to_config')?.listed.inputSchema.required, ['server_id'])
    assert.equal(byName.get('remove_server_from_config')?.listed.inputSchema.required, undefined)
  })

  test('says which arguments go with which operation', () => {
    assert.match(describedAs('list_clients', 'limit'), /Only with client_id\.$/)
    assert.match(describedAs('list_available_servers', 'search'), /Not with server_id\.$/)
    assert.match(describedAs('get_config', 'artifact_id'), /Not with stage: "draft"\.$/)
    assert.match(describedAs('remove_server_from_config', 'server_name'), /Not with all: true\.$/)
    assert.doesNotMatch(describedAs('get_config', 'client_id'), /with/)
  })

  test('takes params and env_vars as an object or as JSON text', () => {
    const compiled = new Ajv2020({ strict: false }).compile(
      byName.get('add_server_to_config')?.listed.inputSchema as AnySchema,
    )
    assert.equal(compiled({ server_id: 'memory', params: { a: 1 }, env_vars: '{"A":"1"}' }), true)
    assert.equal(compiled({ server_id: 'memory', params: 5 }), false)
    assert.equal(compiled({ server_id: 'memory', parameters: {} }), false)
  })

  test('offers expected_revision to all that a draft decides', () => {
    const offering = tools.filter(
      ({ listed }) => 'expected_revision' in (listed.inputSchema.properties ?? {}),
    )
    assert.deepEqual(
      offering.map(({ name }) => name),
      ['add_server_to_config', 'remove_server_from_config', 'publish_config'],
    )
  })
})

function defaultsOf(name: string): Record<string, unknown> {
  const properties = Object.entries(byName.get(name)?.listed.inputSchema.properties ?? {})
  return Object.fromEntries(
    properties.flatMap(([key, schema]) => {
      const value = (schema as { default?: unknown }).default
      return value === undefined ? [] : [[key, value]]
    }),
  )
}

function describedAs(name: string, argument: string): string {
  const schema = byName.get(name)?.listed.inputSchema.properties?.[argument] as { description?: string }
  return schema.description ?? ''
}

function descriptionsOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'description' && typeof inner === 'string' ? [inner] : descriptionsOf(inner),
  )
}
