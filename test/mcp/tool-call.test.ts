import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Problem } from '../../src/errors.ts'
import { callTool, problemMetaKey } from '../../src/mcp/tool-call.ts'
import { findTool } from '../../src/mcp/tools.ts'
import type { Principal } from '../../src/operations/operation.ts'
import { type Scope, scopes } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

describe('a tool with two operations', () => {
  test('answers the one that its arguments ask for, and says which', async (context) => {
    const { call } = await setUp(context)
    for (const [name, given, operation] of [
      ['list_clients', {}, 'list_clients'],
      ['list_clients', { client_id: 'cursor' }, 'list_profiles'],
      ['list_available_servers', { transport: 'stdio' }, 'list_available_servers'],
      ['list_available_servers', { server_id: 'memory' }, 'describe_server'],
      ['get_config', { stage: 'draft' }, 'view_draft_config'],
      ['remove_server_from_config', { all: true, expected_revision: 0 }, 'clear_draft_config'],
    ] as const) {
      assert.equal(answerOf(await call(name, given)).operation, operation, name)
    }
  })

  test('answers without a discriminator where there is nothing to tell apart', async (context) => {
    const { call } = await setUp(context)
    const answer = answerOf(await call('initialize_keys'))
    assert.equal(answer.status, 'initialized')
    assert.equal('operation' in answer, false)
  })

  for (const [title, name, given, pointers] of [
    [
      'a draft has no artifact',
      'get_config',
      { stage: 'draft', artifact_id: 'a'.repeat(64) },
      ['/artifact_id'],
    ],
    [
      'a draft has no history',
      'get_config',
      { stage: 'draft', sequence: 1, history: 3 },
      ['/sequence', '/history'],
    ],
    ['stage is draft or published', 'get_config', { stage: 'deployed' }, ['/stage']],
    ['all is true or false', 'remove_server_from_config', { all: 'true' }, ['/all']],
    [
      'all servers and one server',
      'remove_server_from_config',
      { all: true, server_name: 'memory', expected_revision: 1 },
      ['/server_name'],
    ],
    ['all servers of any revision', 'remove_server_from_config', { all: true }, ['/expected_revision']],
    ['paging the clients', 'list_clients', { limit: 5 }, ['/limit']],
    [
      'searching within one server',
      'list_available_servers',
      { server_id: 'memory', search: 'files', transport: 'stdio' },
      ['/search', '/transport'],
    ],
    [
      'a revision below zero',
      'remove_server_from_config',
      { server_name: 'a', expected_revision: -1 },
      ['/expected_revision'],
    ],
    [
      'a revision that is text',
      'remove_server_from_config',
      { server_name: 'a', expected_revision: '1' },
      ['/expected_revision'],
    ],
  ] as const) {
    test(`refuses arguments that contradict each other: ${title}`, async (context) => {
      const { call } = await setUp(context)
      const problem = problemOf(await call(name, given))
      assert.equal(problem.code, 'invalid_request')
      assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).toSorted(), pointers.toSorted())
    })
  }

  test('takes the value that asks for nothing special as if it were left out', async (context) => {
    const { call } = await setUp(context)
    await call('add_server_to_config', { server_id: 'memory' })
    const removed = await call('remove_server_from_config', { all: false, server_name: 'memory' })
    assert.equal(answerOf(removed).status, 'removed')
    assert.equal(problemOf(await call('get_config', { stage: 'published' })).code, 'nothing_published')
  })
})

describe('emptying a draft', () => {
  test('happens only to the revision that was looked at', async (context) => {
    const { call } = await setUp(context)
    const added = await call('add_server_to_config', { server_id: 'memory' })
    const revision = Number(answerOf(added).revision)
    const refused = await call('remove_server_from_config', { all: true, expected_revision: revision + 1 })
    assert.equal(problemOf(refused).code, 'precondition_failed')
    assert.equal(answerOf(await call('get_config', { stage: 'draft' })).server_count, 1)
    const cleared = await call('remove_server_from_config', { all: true, expected_revision: revision })
    assert.equal(answerOf(cleared).previous_count, 1)
  })

  test('of one server heeds the revision too', async (context) => {
    const { call } = await setUp(context)
    const added = await call('add_server_to_config', { server_id: 'memory' })
    const expected_revision = Number(answerOf(added).revision) - 1
    const refused = await call('remove_server_from_config', { server_name: 'memory', expected_revision })
    assert.equal(problemOf(refused).code, 'precondition_failed')
  })
})

describe('a draft that has changed since it was looked at', () => {
  test('gets nothing added and is not published', async (context) => {
    const { call, orchestrator } = await setUp(context)
    await call('initialize_keys')
    const seen = Number(answerOf(await call('add_server_to_config', { server_id: 'memory' })).revision)
    await call('add_server_to_config', { server_id: 'time', expected_revision: seen })
    for (const [name, given] of [
      ['add_server_to_config', { server_id: 'fetch' }],
      ['publish_config', {}],
    ] as const) {
      const refused = await call(name, { ...given, expected_revision: seen })
      assert.equal(problemOf(refused).code, 'precondition_failed', name)
    }
    assert.deepEqual(answerOf(await call('get_config', { stage: 'draft' })).servers, ['memory', 'time'])
    assert.deepEqual(await orchestrator.releases.names(null), [])
  })
})

describe('a condition', () => {
  test('needs the scope read beside that of the change: its refusal tells what there is', async (context) => {
    const { call, orchestrator } = await setUp(context, ['write', 'publish'])
    await orchestrator.keys.initialize()
    await call('add_server_to_config', { server_id: 'memory' })
    for (const [name, given] of [
      ['add_server_to_config', { server_id: 'time' }],
      ['remove_server_from_config', { server_name: 'memory' }],
      ['publish_config', {}],
    ] as const) {
      const problem = problemOf(await call(name, { ...given, expected_revision: 0 }))
      assert.deepEqual([problem.code, problem.detail.includes('"read"')], ['insufficient_scope', true], name)
    }
    answerOf(await call('publish_config'))
  })
})

describe("a tool's arguments", () => {
  test('mean claude-desktop and default when neither client nor profile is named', async (context) => {
    const { call, orchestrator } = await setUp(context)
    await call('add_server_to_config', { server_id: 'memory' })
    const draft = await orchestrator.drafts.find({ clientId: 'claude-desktop', profileId: 'default' })
    assert.deepEqual(Object.keys(draft?.payload.mcpServers ?? {}), ['memory'])
  })

  test('give the same as an object and as JSON text', async (context) => {
    const { call } = await setUp(context)
    const object = { env_vars: { MEMORY_FILE_PATH: '/tmp/a.json' }, server_id: 'memory' }
    const asObject = await call('add_server_to_config', { ...object, profile_id: 'one' })
    const asText = await call('add_server_to_config', {
      ...object,
      profile_id: 'two',
      params: '{}',
      env_vars: JSON.stringify(object.env_vars),
    })
    assert.deepEqual(answerOf(asText).draft, answerOf(asObject).draft)
  })

  test('that are text but not JSON are refused, by name and without the text', async (context) => {
    const { call } = await setUp(context)
    const problem = problemOf(
      await call('add_server_to_config', { server_id: 'memory', env_vars: 'TOKEN=hunter2' }),
    )
    assert.deepEqual(
      problem.errors?.map(({ code, pointer }) => [code, pointer]),
      [['invalid_json', '/env_vars']],
    )
    assert.equal(JSON.stringify(problem).includes('hunter2'), false)
  })

  test('that are JSON text of something else are refused by the schema', async (context) => {
    const { call } = await setUp(context)
    const problem = problemOf(await call('add_server_to_config', { server_id: 'memory', params: '[1]' }))
    assert.deepEqual(
      problem.errors?.map(({ pointer }) => pointer),
      ['/params'],
    )
  })

  test('that no operation of the tool knows are refused, __proto__ among them', async (context) => {
    const { call } = await setUp(context)
    const given = JSON.parse('{"server_id": "memory", "__proto__": {"polluted": true}, "colour": "red"}')
    const problem = problemOf(await call('add_server_to_config', given))
    assert.deepEqual(problem.errors?.map(({ pointer }) => pointer).toSorted(), ['/__proto__', '/colour'])
    assert.equal('polluted' in {}, false)
  })
})

describe('a failed tool call', () => {
  test('is an error result with its problem as text and in _meta, without structured content', async (context) => {
    const { call } = await setUp(context)
    const result = await call('list_clients', { client_id: 'emacs' })
    assert.equal(result.isError, true)
    assert.equal('structuredContent' in result, false)
    assert.equal(problemOf(result).code, 'client_not_found')
    assert.deepEqual(JSON.parse(textOf(result)), problemOf(result))
  })

  test('names tools, not operations, in what it says', async (context) => {
    const { call } = await setUp(context)
    const problem = problemOf(await call('list_available_servers', { server_id: 'no-such-server' }))
    assert.equal(problem.code, 'server_not_found')
    assert.doesNotMatch(
      JSON.stringify(problem),
      /describe_server|view_draft_config|list_profiles|clear_draft_config/,
    )
  })

  test('for want of a scope says which', async (context) => {
    const { call } = await setUp(context, ['read'])
    const problem = problemOf(await call('publish_config'))
    assert.equal(problem.code, 'insufficient_scope')
    assert.match(problem.detail, /publish/)
  })

  test('tells the log of a fault of ours, and the caller nothing of its reason', async (context) => {
    const { call, orchestrator, faults } = await setUp(context)
    const reason = new TypeError('/home/priya/secret-place is not a function')
    const broken = { ...orchestrator, drafts: { ...orchestrator.drafts, view: () => Promise.reject(reason) } }
    const result = await call('get_config', { stage: 'draft' }, broken)
    assert.equal(problemOf(result).code, 'internal_error')
    assert.equal(JSON.stringify(result).includes('secret-place'), false)
    assert.deepEqual(faults, [[reason, 'get_config']])
  })

  test('that is no fault of ours is nothing for the log', async (context) => {
    const { call, faults } = await setUp(context)
    await call('list_clients', { client_id: 'emacs' })
    assert.deepEqual(faults, [])
  })
})

async function setUp(context: TestContext, allowed: readonly Scope[] = scopes) {
  const orchestrator = await createTestOrchestrator(context)
  const principal: Principal = { id: 'stdio', scopes: allowed }
  const faults: [unknown, string][] = []
  const call = (name: string, given: Record<string, unknown> = {}, acted = orchestrator) => {
    const tool = findTool(name)
    assert.ok(tool)
    return callTool(tool, { orchestrator: acted, principal }, given, (error, what) =>
      faults.push([error, what]),
    )
  }
  return { call, orchestrator, faults }
}

function answerOf({ isError, structuredContent, content }: CallToolResult): Record<string, unknown> {
  assert.equal(isError, undefined, JSON.stringify(content))
  return structuredContent as Record<string, unknown>
}

function problemOf(result: CallToolResult): Problem {
  assert.equal(result.isError, true, textOf(result))
  return result._meta?.[problemMetaKey] as Problem
}

function textOf({ content }: CallToolResult): string {
  const [first] = content
  return first?.type === 'text' ? first.text : ''
}
