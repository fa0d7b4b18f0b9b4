import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { callOperation, pathParameters } from '../../src/operations/operation.ts'
import { getOperation, operations } from '../../src/operations/operations.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const principal = { id: 'library', scopes: ['admin'] as const }
const cursor = { client_id: 'cursor', profile_id: 'default' }

function operation(id: string) {
  return getOperation(id) ?? assert.fail(`no operation ${id}`)
}

describe('the catalogue of operations', () => {
  test('has the 14, each with a method and path of its own', () => {
    assert.equal(operations.length, 14)
    assert.equal(new Set(operations.map(({ id }) => id)).size, 14)
    assert.equal(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, 14)
  })

  test('answers 10 tools', () => {
    assert.equal(new Set(operations.map(({ tool }) => tool)).size, 10)
  })

  test('takes each name in a path as a required input', () => {
    for (const each of operations) {
      for (const name of pathParameters(each)) {
        assert.ok((each.input as { required?: string[] }).required?.includes(name), `${each.id}: ${name}`)
      }
    }
  })

  test('refuses unknown fields everywhere', () => {
    for (const { id, input } of operations) {
      assert.equal((input as { additionalProperties?: unknown }).additionalProperties, false, id)
    }
  })

  test('has no operation of another id', () => {
    assert.equal(getOperation('constructor'), undefined)
  })
})

describe('a condition', () => {
  const write = { id: 'tok_0123456789abcdef', scopes: ['write', 'deploy'] as const }
  const conditions = [
    ['remove_server_from_config', { ...cursor, server_name: 'x' }, { expectedRevision: 0 }],
    ['deploy_config', cursor, { expectedSequence: 0 }],
  ] as const
  for (const [id, input, condition] of conditions)
    test(`of ${id} needs the scope read, since its refusal tells what there is`, async (context) => {
      const orchestrator = await createTestOrchestrator(context)
      const asked = { orchestrator, principal: write }
      const refusal = { code: 'insufficient_scope', requiredScope: 'read' }
      await assert.rejects(callOperation(operation(id), { ...asked, ...condition }, input), refusal)
      await assert.rejects(callOperation(operation(id), asked, input), ({ code }) => code !== refusal.code)
    })
})

describe('what is wrong with an input is said', () => {
  const cases: readonly [string, object, { code: string; pointer: string; message: RegExp }][] = [
    [
      'add_server_to_config',
      { client_id: 'cursor', profile_id: 'default' },
      { code: 'required', pointer: '/server_id', message: /"server_id" is missing/ },
    ],
    [
      'list_clients',
      { 'a/b~c': 1 },
      { code: 'unknown_field', pointer: '/a~1b~0c', message: /not a field here/ },
    ],
    [
      'list_profiles',
      { client_id: 7 },
      { code: 'wrong_type', pointer: '/client_id', message: /must be of type string, not 7/ },
    ],
    [
      'list_profiles',
      { client_id: '../etc' },
      { code: 'invalid_value', pointer: '/client_id', message: /not "\.\.\/etc"/ },
    ],
    [
      'list_profiles',
      { client_id: 'x'.repeat(10_000) },
      { code: 'invalid_value', pointer: '/client_id', message: /…"\.$/ },
    ],
    [
      'list_profiles',
      { client_id: 'a\ud800' },
      { code: 'invalid_value', pointer: '/client_id', message: /must match|surrogate/ },
    ],
    [
      'list_available_servers',
      { search: '\ud800' },
      { code: 'invalid_value', pointer: '/search', message: /surrogate/ },
    ],
    [
      'list_available_servers',
      { transport: 'pigeon' },
      {
        code: 'invalid_value',
        pointer: '/transport',
        message: /"stdio", "streamable-http", "sse", not "pigeon"/,
      },
    ],
    [
      'list_available_servers',
      { limit: 0 },
      { code: 'invalid_value', pointer: '/limit', message: />= 1, not 0/ },
    ],
    [
      'list_available_servers',
      { cursor: '%%%' },
      { code: 'invalid_value', pointer: '/cursor', message: /Start again without it/ },
    ],
    [
      'diff_config',
      {
        ...cursor,
        local_payload: { mcpServers: { a: { type: 'stdio', command: 'a', args: [], env: { A: 5 } } } },
      },
      { code: 'wrong_type', pointer: '/local_payload/mcpServers/a/env/A', message: /must be of type string/ },
    ],
    [
      'diff_config',
      {
        ...cursor,
        local_payload: { mcpServers: { a: { type: 'sse', url: 'https://a', headers: {}, command: 'a' } } },
      },
      { code: 'unknown_field', pointer: '/local_payload/mcpServers/a/command', message: /not a field here/ },
    ],
    [
      'diff_config',
      { ...cursor, local_payload: { mcpServers: { a: { type: 'pigeon' } } } },
      { code: 'invalid_value', pointer: '/local_payload/mcpServers/a', message: /must match a schema/ },
    ],
    [
      'diff_config',
      { client_id: 'cursor', profile_id: 'default' },
      { code: 'required', pointer: '/local_payload', message: /one of/ },
    ],
  ]
  for (const [id, input, expected] of cases) {
    test(`${id} with ${JSON.stringify(input).slice(0, 60)}`, async (context) => {
      const orchestrator = await createTestOrchestrator(context)
      const error = await callOperation(operation(id), { orchestrator, principal }, input).then(
        () => assert.fail('it should be refused'),
        (error) => error,
      )
      assert.equal(error.code, 'invalid_request')
      const found = error.errors.find(({ pointer }: { pointer: string }) => pointer === expected.pointer)
      assert.equal(found?.code, expected.code, JSON.stringify(error.errors))
      assert.match(found.message, expected.message)
    })
  }

  test('never with a value that may be a secret', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    const input = { client_id: 'cursor', profile_id: 'default', server_id: 'memory', env_vars: 'hunter2' }
    const calling = callOperation(operation('add_server_to_config'), { orchestrator, principal }, input)
    await assert.rejects(calling, (error: Error) => {
      assert.equal(JSON.stringify([error.message, error]).includes('hunter2'), false)
      return true
    })
  })
})

describe('a list is answered in pages', () => {
  test('that together are the whole, in order, each server once', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const input = { limit: 7, ...(cursor === undefined ? {} : { cursor }) }
      const page = await callOperation(
        operation('list_available_servers'),
        { orchestrator, principal },
        input,
      )
      const servers = page.servers as readonly { server_id: string }[]
      assert.equal(page.count, servers.length)
      ids.push(...servers.map(({ server_id }) => server_id))
      cursor = page.next_cursor as string | undefined
    } while (cursor !== undefined)
    assert.deepEqual(
      ids,
      (await orchestrator.catalogue.list()).map(({ serverId }) => serverId),
    )
  })

  test('of profiles, by id, with drafts and releases together', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    await orchestrator.keys.initialize()
    for (const profileId of ['c', 'a', 'b']) {
      await orchestrator.drafts.add({ clientId: 'cursor', profileId }, { serverId: 'memory' })
    }
    await orchestrator.releases.publish({ clientId: 'cursor', profileId: 'b' })
    const list = (input: object) =>
      callOperation(
        operation('list_profiles'),
        { orchestrator, principal },
        { client_id: 'cursor', ...input },
      )
    const first = await list({ limit: 2 })
    const rest = await list({ limit: 2, cursor: first.next_cursor })
    const summary = (page: typeof first) =>
      (page.profiles as readonly { profile_id: string; sequence: number | null }[]).map((each) => [
        each.profile_id,
        each.sequence,
      ])
    assert.deepEqual(
      [summary(first), summary(rest)],
      [
        [
          ['a', null],
          ['b', 1],
        ],
        [['c', null]],
      ],
    )
    assert.equal(rest.next_cursor, undefined)
  })
})

describe('the history of a profile', () => {
  test('is paged by sequence, newest first', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    await orchestrator.keys.initialize()
    const ref = { clientId: 'cursor', profileId: 'default' }
    await orchestrator.drafts.add(ref, { serverId: 'memory' })
    for (const changelog of ['one', 'two', 'three', 'four'])
      await orchestrator.releases.publish(ref, { changelog })
    const get = async (input: object) => {
      const wire = { client_id: 'cursor', profile_id: 'default', ...input }
      const answer = await callOperation(operation('get_config'), { orchestrator, principal }, wire)
      return (answer.history as readonly { changelog: string }[] | undefined)?.map(
        ({ changelog }) => changelog,
      )
    }
    assert.deepEqual(await get({ history: 2 }), ['three', 'two'])
    assert.deepEqual(await get({ history: 2, before: 2 }), ['one'])
    assert.equal(await get({}), undefined)
  })
})
