import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseQuery } from '../../src/http/routes/query.ts'
import { call, exchange, head, serve } from './fixture.ts'

interface Finding {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

describe('a query string', () => {
  test('is decoded by the schema', async (t) => {
    const served = await serve(t)
    const path = '/v1/notes/one?limit=10&ratio=-0.5&all=false&search=two+words%20%C3%A9%26%3D=x'
    assert.equal((await call(served, path)).status, 200)
    assert.deepEqual(served.inputs, [
      { note_id: 'one', limit: 10, ratio: -0.5, all: false, search: 'two words é&==x' },
    ])
  })

  test('that is empty or has empty parts gives no fields', () => {
    assert.deepEqual([...parseQuery('/a?')], [])
    assert.deepEqual([...parseQuery('/a')], [])
    assert.deepEqual(
      [...parseQuery('/a?&b=1&&c')],
      [
        ['b', '1'],
        ['c', ''],
      ],
    )
  })

  const refused: Readonly<Record<string, readonly string[]>> = {
    '?limit=ten': ['wrong_type /limit'],
    '?limit=': ['wrong_type /limit'],
    '?limit=1e2': ['wrong_type /limit'],
    '?limit=0x10': ['wrong_type /limit'],
    '?limit=+1': ['wrong_type /limit'],
    '?limit=99999999999999999999': ['wrong_type /limit'],
    '?limit=0': ['invalid_value /limit'],
    '?all=yes': ['wrong_type /all'],
    '?all=1': ['wrong_type /all'],
    '?unknown=1': ['unknown_field /unknown'],
    '?a~b/c=1': ['unknown_field /a~0b~1c'],
    '?__proto__=1': ['unknown_field /__proto__'],
    '?constructor=1': ['unknown_field /constructor'],
    '?note_id=two': ['unknown_field /note_id'],
    '?limit=1&limit=2': ['repeated /limit'],
    '?limit=1&%6Cimit=1': ['repeated /limit'],
  }
  for (const [query, findings] of Object.entries(refused))
    test(`${query} is refused as ${findings}`, async (t) => {
      const served = await serve(t)
      const answer = await call(served, `/v1/notes/one${query}`)
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.deepEqual(namesOf(answer.json.errors), findings)
      assert.deepEqual(served.inputs, [])
    })

  for (const query of ['?search=%zz', '?search=%ff', '?%c3=1', '?search=%'])
    test(`${query}, broken in its encoding, is refused`, async (t) => {
      const served = await serve(t)
      const answer = await exchange(served.port, head('GET', `/v1/notes${query}`))
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.deepEqual(served.inputs, [])
    })
})

describe('a body', () => {
  test('and the path make one input', async (t) => {
    const served = await serve(t)
    const body = { text: 'new', params: { deep: [1, null, { x: true }] } }
    assert.equal((await call(served, '/v1/notes/one/change', { body })).status, 200)
    assert.deepEqual(served.inputs, [{ note_id: 'one', ...body }])
  })

  const refused: readonly (readonly [body: string, finding: string])[] = [
    ['[]', 'wrong_type '],
    ['[{"text":"a"}]', 'wrong_type '],
    ['7', 'wrong_type '],
    ['"text"', 'wrong_type '],
    ['null', 'wrong_type '],
    ['true', 'wrong_type '],
    ['{"text":7}', 'wrong_type /text'],
    ['{"params":"x"}', 'wrong_type /params'],
    ['{"txt":"a"}', 'unknown_field /txt'],
    ['{"note_id":"two"}', 'unknown_field /note_id'],
    ['{"__proto__":{"text":"a"}}', 'unknown_field /__proto__'],
    ['{"constructor":{"prototype":{"x":1}}}', 'unknown_field /constructor'],
  ]
  for (const [body, finding] of refused)
    test(`${body} is refused as ${finding}`, async (t) => {
      const served = await serve(t)
      const answer = await call(served, '/v1/notes/one/change', { body })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.deepEqual(namesOf(answer.json.errors), [finding])
      assert.deepEqual(served.inputs, [])
    })

  test('is where a change has its fields, not the query', async (t) => {
    const served = await serve(t)
    const answer = await call(served, '/v1/notes/one/change?text=new', { body: {} })
    assert.equal(answer.status, 400)
    assert.deepEqual(namesOf(answer.json.errors), ['unknown_field /text'])
  })

  for (const method of ['GET', 'HEAD', 'DELETE'])
    test(`is refused with ${method}`, async (t) => {
      const served = await serve(t)
      const length = await exchange(
        served.port,
        head(method, '/v1/notes/one', { 'content-length': '2' }),
        '{}',
      )
      const chunks = await exchange(
        served.port,
        head(method, '/v1/notes/one', { 'transfer-encoding': 'chunked' }),
        '0\r\n\r\n',
      )
      assert.deepEqual([length.status, chunks.status], [400, 400])
      if (method !== 'HEAD') assert.deepEqual(namesOf(length.json.errors), ['unexpected_body '])
      assert.deepEqual(served.inputs, [])
    })

  test('of length 0 and a content type are fine with DELETE', async (t) => {
    const served = await serve(t)
    const headers = { 'content-length': '0', 'content-type': 'application/json' }
    const answer = await exchange(served.port, head('DELETE', '/v1/notes/one', headers))
    assert.equal(answer.status, 200)
    assert.deepEqual(served.inputs, [{ note_id: 'one' }])
  })
})

describe('an id in the path', () => {
  const encoded = [
    '',
    '..',
    '%2e%2e',
    '%2e%2e%2fetc',
    'a%2fb',
    'a%5cb',
    'a%00b',
    '%20',
    'ONE',
    '%E2%80%AEone',
    '__proto__',
    'constructor%0a',
    '%d0%be%d0%bd%d0%b5',
    'a'.repeat(65),
    'a'.repeat(10_000),
  ]
  for (const id of encoded)
    test(`${id.slice(0, 30)} (${id.length} characters) is refused as an id`, async (t) => {
      const served = await serve(t)
      const answer = await exchange(served.port, head('GET', `/v1/notes/${id}`))
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_request')
      assert.deepEqual(namesOf(answer.json.errors), ['invalid_value /note_id'])
      assert.deepEqual(served.inputs, [])
    })

  test('an id that is percent-encoded needlessly is the id', async (t) => {
    const served = await serve(t)
    assert.equal((await call(served, '/v1/notes/%6fne')).status, 200)
    assert.deepEqual(served.inputs, [{ note_id: 'one' }])
  })
})

function namesOf(errors: unknown): readonly string[] {
  return (errors as readonly Finding[]).map(({ code, pointer }) => `${code} ${pointer}`)
}
