import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { type Answer, call, exchange } from './fixture.ts'
import {
  answerOf,
  type Credential,
  credential,
  initialize,
  listOf,
  message,
  modern,
  post,
  postModern,
  type ServedMcp,
  serveMcp,
  textOf,
} from './mcp-client.ts'

const readTools = ['list_clients', 'list_available_servers', 'get_config', 'validate_config', 'diff_config']

/** Each asks in the words of its era. */
const eras = {
  '2025, without a session': (served: ServedMcp, method: string, params: object, token: string) =>
    post(served, message(method, { ...params }), {
      token,
      headers: { 'mcp-protocol-version': '2025-11-25' },
    }),
  '2026-07-28': (served: ServedMcp, method: string, params: object, token: string) =>
    postModern(served, method, { ...params }, { token }),
}

for (const [era, ask] of Object.entries(eras))
  describe(`our own tools in the era of ${era}`, () => {
    const start = async (t: TestContext) => {
      const served = await serveMcp(t)
      return {
        served,
        reader: await credential(served, 'read'),
        priya: await credential(served),
        publisher: await credential(served, 'publish'),
        use: (method: string, params: object, { token }: Credential) => ask(served, method, params, token),
      }
    }

    test('are ten, and one is called as over REST', async (t) => {
      const { served, priya, use } = await start(t)
      const listed = listOf(await use('tools/list', {}, priya), 'tools')
      assert.equal(listed.length, 10)
      const called = await use('tools/call', { name: 'list_clients', arguments: {} }, priya)
      const rest = await call(served, '/v1/clients', { token: priya.token })
      assert.deepEqual(answerOf(called).result?.structuredContent, {
        operation: 'list_clients',
        ...rest.json,
      })
      assert.equal(called.headers['content-type'], 'application/json')
    })

    test('are those only that the token has a scope for', async (t) => {
      const { reader, use } = await start(t)
      const tools = listOf(await use('tools/list', {}, reader), 'tools')
      assert.deepEqual(tools.map(({ name }) => name).sort(), [...readTools].sort())
    })

    test('are refused when the token has no scope for them, as over REST, and nothing happens', async (t) => {
      const { served, reader, priya, use } = await start(t)
      const given = { name: 'add_server_to_config', arguments: { server_id: 'memory' } }
      const { result } = answerOf(await use('tools/call', given, reader))
      assert.equal(result?.isError, true)
      const problem = JSON.parse((result.content as readonly { text: string }[])[0]?.text ?? '')
      assert.equal(problem.code, 'insufficient_scope')
      const { json } = await call(served, '/v1/config/claude-desktop/default/draft', { token: priya.token })
      assert.deepEqual(json.servers, [])
    })

    test('come with resources, which only a reader sees', async (t) => {
      const { reader, priya, publisher, use } = await start(t)
      const listed = async (who: Credential) =>
        listOf(await use('resources/list', {}, who), 'resources').map(({ uri }) => uri)
      const [uri] = await listed(priya)
      assert.ok(uri)
      assert.deepEqual(await listed(publisher), [])
      const read = answerOf(await use('resources/read', { uri }, reader))
      assert.ok(read.result?.contents)
      const refused = answerOf(await use('resources/read', { uri }, publisher))
      assert.match(JSON.stringify(refused.error), /insufficient_scope/)
    })

    test('answer what is unknown with the code of JSON-RPC', async (t) => {
      const { priya, use } = await start(t)
      const tool = answerOf(await use('tools/call', { name: 'no_such_tool', arguments: {} }, priya))
      assert.deepEqual([tool.id, tool.error?.code], [1, -32_602])
      const method = answerOf(await use('no/such/method', {}, priya))
      assert.deepEqual([method.id, method.error?.code], [1, -32_601])
    })
  })

describe('/mcp', () => {
  const start = async (t: TestContext) => {
    const served = await serveMcp(t, { apiKey: 'a-key' })
    return { served, priya: await credential(served) }
  }
  const ping = message('ping')

  test('says who it is to a client of either era', async (t) => {
    const { served, priya } = await start(t)
    const { token } = priya
    const shaken = answerOf(await post(served, initialize('2025-06-18'), { token })).result
    assert.equal(shaken?.protocolVersion, '2025-06-18')
    const found = await postModern(served, 'server/discover', {}, { token })
    assert.ok(JSON.stringify(answerOf(found).result).includes('2026-07-28'))
  })

  test('takes the API key as well', async (t) => {
    const { served } = await start(t)
    const { status, json } = await post(served, ping, { headers: { 'x-api-key': 'a-key' } })
    assert.deepEqual([status, json], [200, { jsonrpc: '2.0', id: 1, result: {} }])
  })

  test('refuses a stranger with a problem and a challenge, before anything else is looked at', async (t) => {
    const { served } = await start(t)
    const strangers: readonly (readonly [Answer, string, string])[] = [
      [await post(served, ping), 'authentication_required', 'Bearer realm="mcp-orchestration"'],
      [
        await post(served, ping, { token: 'x'.repeat(43) }),
        'invalid_credentials',
        'Bearer realm="mcp-orchestration", error="invalid_token"',
      ],
      [
        await call(served, '/mcp', { token: null, method: 'PUT', body: '{"' }),
        'authentication_required',
        'Bearer realm="mcp-orchestration"',
      ],
    ]
    for (const [{ status, headers, json }, code, challenge] of strangers)
      assert.deepEqual(
        [status, json.code, headers['www-authenticate'], headers['content-type']],
        [401, code, challenge, 'application/problem+json; charset=utf-8'],
      )
  })

  test('refuses two credentials', async (t) => {
    const { served, priya } = await start(t)
    const { status, json } = await post(served, ping, { ...priya, headers: { 'x-api-key': 'a-key' } })
    assert.deepEqual([status, json.code], [400, 'invalid_request'])
  })

  test('answers POST only, where there are no sessions', async (t) => {
    const { served, priya } = await start(t)
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD', 'OPTIONS']) {
      const { status, headers, json } = await call(served, '/mcp', { method, ...priya })
      assert.deepEqual([method, status, headers.allow], [method, 405, 'POST'])
      if (method !== 'HEAD')
        assert.deepEqual(json.error, {
          code: -32_000,
          message: `/mcp answers POST, not ${method}.`,
          data: dataOf(json),
        })
    }
    const beyond = await call(served, '/mcp/more', priya)
    assert.deepEqual([beyond.status, dataOf(beyond.json).code], [404, 'not_found'])
  })

  test('has the problem as the data of an error that HTTP made', async (t) => {
    const { served, priya } = await start(t)
    const { status, headers, json } = await post(served, '{"jsonrpc": "2.0", "id": 1, "id": 2}', priya)
    assert.equal(status, 400)
    assert.equal(headers['content-type'], 'application/json; charset=utf-8')
    const { jsonrpc, id, error } = json as { jsonrpc: string; id: unknown; error: Record<string, unknown> }
    assert.deepEqual([jsonrpc, id, error.code], ['2.0', null, -32_700])
    const problem = dataOf(json)
    assert.deepEqual(
      [problem.type, problem.status, problem.code, problem.request_id, problem.detail],
      [
        'urn:mcp-orchestration:problem:invalid_json',
        400,
        'invalid_json',
        headers['x-request-id'],
        error.message,
      ],
    )
  })

  test('refuses a body that it could not read, as JSON-RPC has it', async (t) => {
    const { served, priya } = await start(t)
    const cases: readonly (readonly [
      string,
      Parameters<typeof post>[1],
      Record<string, string>,
      number,
      number,
    ])[] = [
      ['a 5 MB body', `"${'x'.repeat(5_000_000)}"`, {}, 413, -32_000],
      ['another media type', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }, 415, -32_000],
      [
        'a media type that is almost right',
        JSON.stringify(ping),
        { 'content-type': 'application/ping+json' },
        415,
        -32_000,
      ],
      ['a compressed body', JSON.stringify(ping), { 'content-encoding': 'gzip' }, 415, -32_000],
      ['broken JSON', '{', {}, 400, -32_700],
      ['bytes that are no UTF-8', Buffer.from('"\xff"', 'latin1'), {}, 400, -32_700],
      ['no body', '', {}, 400, -32_600],
    ]
    for (const [name, body, headers, status, code] of cases) {
      const answer = await post(served, body, { ...priya, headers })
      assert.deepEqual([name, answer.status, answerOf(answer).error?.code], [name, status, code])
    }
  })

  test('refuses what accepts none of its answers', async (t) => {
    const { served, priya } = await start(t)
    const answer = await post(served, ping, { ...priya, headers: { accept: 'text/html' } })
    assert.deepEqual([answer.status, answerOf(answer).error?.code], [406, -32_000])
  })

  test('refuses a message that is none', async (t) => {
    const { served, priya } = await start(t)
    const bodies = ['null', '1', '"ping"', '[]', '[1]', '{}', '{"jsonrpc":"1.0","id":null,"method":"ping"}']
    for (const body of bodies) {
      const { status, json } = await post(served, body, priya)
      assert.deepEqual([body, status, json.id, codeOf(json)], [body, 400, null, -32_600])
    }
  })

  test('refuses a header that disagrees with the body, and a version that it does not speak', async (t) => {
    const { served, priya } = await start(t)
    const { body, headers } = modern('tools/list')
    const differing: readonly Record<string, string>[] = [
      { 'mcp-method': 'resources/list' },
      { 'mcp-protocol-version': '2025-11-25' },
    ]
    for (const header of differing) {
      const { status, json } = await post(served, body, { ...priya, headers: { ...headers, ...header } })
      assert.deepEqual([header, status, json.id, codeOf(json)], [header, 400, 1, -32_020])
    }
    const named = await postModern(
      served,
      'tools/call',
      { name: 'list_clients', arguments: {} },
      { ...priya, headers: { 'mcp-name': 'deploy_config' } },
    )
    assert.deepEqual([named.status, codeOf(named.json)], [400, -32_020])
    const future = await post(served, ping, { ...priya, headers: { 'mcp-protocol-version': '2099-01-01' } })
    assert.equal(future.status, 400)
    assert.deepEqual(future.json.id, 1)
    const past = await post(served, ping, { ...priya, headers: { 'mcp-protocol-version': '2020-01-01' } })
    assert.equal(past.status, 400)
    assert.match(past.text, /2025-11-25/)
  })

  test('answers a batch of 2025-03-26, each of its requests once, even one that it cancels itself', async (t) => {
    const { served, priya } = await start(t)
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } }
    const batch = [ping, message('tools/list', {}, 'two'), cancelled]
    const headers = { 'mcp-protocol-version': '2025-03-26' }
    for (const options of [{ ...priya, headers }, priya]) {
      const { status, text } = await post(served, batch, options)
      assert.equal(status, 200)
      const ids = (JSON.parse(text) as readonly { id: unknown }[]).map(({ id }) => id)
      assert.deepEqual(ids, [1, 'two'])
    }
    const alone = await post(served, [cancelled], { ...priya, headers })
    assert.deepEqual([alone.status, alone.text], [202, ''])
  })

  test('refuses a batch in every other revision', async (t) => {
    const { served, priya } = await start(t)
    for (const revision of ['2025-06-18', '2025-11-25', '2024-11-05']) {
      const { status, json } = await post(served, [ping], {
        ...priya,
        headers: { 'mcp-protocol-version': revision },
      })
      assert.deepEqual([revision, status, codeOf(json)], [revision, 400, -32_600])
      assert.match(JSON.stringify(json), new RegExp(revision))
    }
    const inModern = await post(served, [modern('tools/list').body], {
      ...priya,
      headers: modern('tools/list').headers,
    })
    assert.deepEqual([inModern.status, codeOf(inModern.json)], [400, -32_600])
  })

  test('knows no session', async (t) => {
    const { served, priya } = await start(t)
    const answer = await post(served, ping, { ...priya, headers: { 'mcp-session-id': 'one' } })
    assert.deepEqual([answer.status, codeOf(answer.json)], [404, -32_001])
  })

  test('takes a notification or a response without an answer', async (t) => {
    const { served, priya } = await start(t)
    for (const body of [
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      { jsonrpc: '2.0', id: 1, result: {} },
    ]) {
      const { status, text } = await post(served, body, priya)
      assert.deepEqual([status, text], [202, ''])
    }
  })

  test('is the same with a slash at its end or a query, and takes the whole address for the path', async (t) => {
    const { served, priya } = await start(t)
    for (const path of ['/mcp/', '/mcp?x=%zz'])
      assert.equal((await post(served, ping, { ...priya, path })).status, 200)
    const body = JSON.stringify(ping)
    const lines = [
      `POST ${served.url}/mcp HTTP/1.1`,
      `host: 127.0.0.1`,
      `authorization: Bearer ${priya.token}`,
      'accept: application/json, text/event-stream',
      'content-type: application/json',
      'connection: close',
      `content-length: ${body.length}`,
    ]
    const whole = await exchange(Number(new URL(served.url).port), `${lines.join('\r\n')}\r\n\r\n${body}`)
    assert.equal(whole.status, 200)
  })

  test('keeps answers of others out of caches, and names each request', async (t) => {
    const { served, priya } = await start(t)
    const { headers } = await post(served, ping, { ...priya, headers: { 'x-request-id': 'from-the-caller' } })
    assert.equal(headers['x-request-id'], 'from-the-caller')
    assert.equal(headers['cache-control'], 'no-store')
    assert.equal(headers.vary, 'Origin')
  })

  test('has a fault in its log, under the id that the caller was told, and tells the caller no more', async (t) => {
    const { served, priya } = await start(t)
    await served.orchestrator.store.close()
    const answer = await post(served, ping, priya)
    assert.deepEqual([answer.status, answer.json.code], [503, 'store_unavailable'])
    const [line] = served.log()
    assert.deepEqual([line?.msg, line?.request_id], ['request failed', answer.headers['x-request-id']])
  })
})

test('a fault within a tool is logged under the id of its request', async (t) => {
  const served = await serveMcp(t)
  const { token } = await credential(served)
  t.mock.method(served.orchestrator.releases, 'get', async () => {
    throw new TypeError('the inmost reason')
  })
  for (const ask of Object.values(eras)) {
    const before = served.log().length
    const answer = await ask(served, 'tools/call', { name: 'get_config', arguments: {} }, token)
    assert.equal(JSON.parse(textOf(answer)).code, 'internal_error')
    assert.ok(!answer.text.includes('inmost'))
    const [line, ...others] = served.log().slice(before)
    assert.deepEqual(
      [line?.msg, line?.request_id, line?.what, others],
      ['MCP failed inside', answer.headers['x-request-id'], 'get_config', []],
    )
  }
})

function dataOf(json: Answer['json']): Record<string, unknown> {
  return (json.error as { data: Record<string, unknown> }).data
}

function codeOf(json: Answer['json']): unknown {
  return (json.error as { code?: number } | undefined)?.code
}
