import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { OrchestrationError } from '../../src/errors.ts'
import { createPlainAnswers } from '../../src/mcp/plain-answers.ts'
import type { Principal } from '../../src/operations/operation.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import { scopes } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'

const draft = { name: 'get_config', arguments: { client_id: 'cursor', stage: 'draft' } }
const add = { name: 'add_server_to_config', arguments: { client_id: 'cursor', server_id: 'memory' } }
const priya: Principal = { id: 'tok_priya', scopes }

describe('what is kept of plain answers', () => {
  test('is a read, for as long as the epoch lasts', async (t) => {
    const { ask, state } = await setUp(t)
    const first = await ask(draft)
    assert.deepEqual(await ask(draft, { id: 2 }), { ...first, id: 2 })
    assert.equal(state.views, 1)
    state.epoch += 1
    assert.deepEqual(await ask(draft), first)
    assert.equal(state.views, 2)
  })

  test('is kept for each principal by itself, also where the id is the same', async (t) => {
    const { ask, state } = await setUp(t)
    const limited: Principal = { ...priya, limits: { clients: ['vscode'], profiles: [] } }
    assert.equal(isError(await ask(draft)), false)
    assert.equal(isError(await ask(draft, { principal: limited })), true)
    assert.equal(isError(await ask(draft, { principal: { ...priya } })), false)
    assert.equal(state.views, 2)
  })

  test('is kept for each tool, each arguments and each era by itself', async (t) => {
    const { ask } = await setUp(t)
    const asked = [
      draft,
      { name: 'list_clients' },
      { name: 'list_available_servers', arguments: { limit: 1 } },
      { name: 'list_available_servers', arguments: { limit: 2 } },
    ]
    const askAll = async () => {
      const answers: string[] = []
      for (const params of asked)
        for (const era of ['modern', 'handshake'] as const)
          answers.push(JSON.stringify(await ask(params, { era })))
      return answers
    }
    const answers = await askAll()
    assert.equal(new Set(answers).size, 2 * asked.length)
    assert.deepEqual(await askAll(), answers)
  })

  test('is made once, however many ask for it at the same time', async (t) => {
    const { ask, state } = await setUp(t)
    const answers = await Promise.all([1, 2, 3].map((id) => ask(draft, { id })))
    assert.deepEqual(
      answers.map(({ id }) => id),
      [1, 2, 3],
    )
    assert.equal(state.views, 1)
  })

  test('is never a failure', async (t) => {
    const { ask, state } = await setUp(t)
    state.failing = true
    assert.equal(isError(await ask(draft)), true)
    state.failing = false
    assert.equal(isError(await ask(draft)), false)
  })

  test('is never a change: its tool does not even ask for the epoch', async (t) => {
    const { ask, state } = await setUp(t)
    assert.equal(isError(await ask(add)), false)
    assert.equal(isError(await ask(add)), true)
    assert.equal(state.looks, 0)
  })

  test('is never what an epoch does not cover, though the tool answers other questions, too', async (t) => {
    const { ask } = await setUp(t)
    const profiles = { name: 'list_clients', arguments: { client_id: 'cursor' } }
    const before = await ask(profiles)
    await ask(add)
    assert.notDeepEqual(await ask(profiles), before)
  })
})

test('who asks is to a tool what the SDK tells our servers of it', async (t) => {
  const { ask } = await setUp(t)
  const { result } = await ask(
    { name: 'initialize_keys' },
    { principal: { id: 'x', scopes: ['write', 'read'] } },
  )
  assert.match(JSON.stringify(result), /the credential has read, write\./)
})

test('plain requests are known as such however many clients with envelopes of their own there are', async (t) => {
  const { ask } = await setUp(t)
  for (let at = 0; at < 450; at += 1) {
    const client = { name: `client-${at}`, version: '1' }
    assert.equal(isError(await ask(draft, { client })), false)
  }
})

test('an envelope that is very long is left to the SDK', async (t) => {
  const { ask } = await setUp(t)
  await assert.rejects(ask(draft, { client: { name: 'x'.repeat(5_000), version: '1' } }), /not plain/)
})

interface Asking {
  readonly id?: number
  readonly principal?: Principal
  readonly era?: 'modern' | 'handshake'
  readonly client?: object
}

interface Answer {
  readonly id: number
  readonly result: { readonly isError?: boolean }
}

async function setUp(t: TestContext) {
  const orchestrator = await createTestOrchestrator(t)
  const state = { epoch: 1, views: 0, looks: 0, failing: false }
  const acted: Orchestrator = {
    ...orchestrator,
    async epoch() {
      state.looks += 1
      return state.epoch
    },
    drafts: {
      ...orchestrator.drafts,
      async view(ref) {
        state.views += 1
        if (state.failing) throw new OrchestrationError('store_unavailable', 'The store is away.')
        return orchestrator.drafts.view(ref)
      },
    },
  }
  const answer = createPlainAnswers({ orchestrator: acted, onFault: () => {} })
  const ask = async (params: object, asking: Asking = {}): Promise<Answer> => {
    const { id = 1, principal = priya, era = 'modern', client = { name: 'a-test', version: '1' } } = asking
    const sent = era === 'modern' ? toModern(params, client) : { headers: {}, params }
    const bytes = answer({
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...sent.headers,
      },
      message: { jsonrpc: '2.0', id, method: 'tools/call', params: sent.params },
      principal,
      requestId: 'a-request',
    })
    if (!bytes) throw new Error('It is not plain.')
    return JSON.parse(Buffer.from(await bytes).toString())
  }
  return { ask, state }
}

function toModern(params: object, client: object) {
  return {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': (params as { readonly name: string }).name,
    },
    params: {
      ...params,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': client,
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  }
}

function isError({ result }: Answer): boolean {
  return result.isError === true
}
