import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Call, call, exchange, fullToken, head, open, serve } from './fixture.ts'

const path = '/v1/notes/one/change'

describe('a body is taken', () => {
  const taken: Readonly<Record<string, Call>> = {
    'as application/json': { body: '{"text":"é"}' },
    'with a charset of UTF-8': {
      body: '{}',
      headers: { 'content-type': 'application/json; charset="UTF-8"' },
    },
    'of a type built on JSON': { body: '{}', headers: { 'content-type': 'Application/vnd.notes+JSON;v=1' } },
    'with a byte order mark': { body: '\ufeff{"text":"a"}' },
    'with an identity coding': { body: '{}', headers: { 'content-encoding': 'identity' } },
    'empty, with a content type': { body: '' },
    'empty, of another type': { body: '', headers: { 'content-type': 'text/plain' } },
    'not sent at all': { method: 'POST' },
  }
  for (const [name, request] of Object.entries(taken))
    test(name, async (t) => {
      const served = await serve(t)
      const answer = await call(served, path, request)
      assert.equal(answer.status, 200, answer.text)
      assert.equal(served.inputs.length, 1)
    })

  test('in chunks, empty and without a content type', async (t) => {
    const served = await serve(t)
    const answer = await exchange(
      served.port,
      head('POST', path, { 'transfer-encoding': 'chunked' }),
      '0\r\n\r\n',
    )
    assert.equal(answer.status, 200)
    assert.deepEqual(served.inputs, [{ note_id: 'one' }])
  })

  test('with keys that belong to objects, as data', async (t) => {
    const served = await serve(t)
    await call(served, path, { body: '{"params":{"__proto__":{"polluted":true},"constructor":1}}' })
    const [input] = served.inputs as readonly { readonly params: object }[]
    assert.deepEqual(Object.keys(input?.params ?? {}), ['__proto__', 'constructor'])
    assert.equal(({} as { polluted?: boolean }).polluted, undefined)
  })
})

describe('a body is invalid_json', () => {
  const broken: Readonly<Record<string, string | Uint8Array>> = {
    'cut off': '{"text":',
    'with a comma too many': '{"text":"a",}',
    'with a key twice': '{"text":"a","text":"b"}',
    'with a key twice, once escaped': '{"params":{"a":1,"\\u0061":2}}',
    'nested a hundred thousand deep': '{"params":'.repeat(5_000),
    'in broken UTF-8': Buffer.from('{"text":"\xff"}', 'latin1'),
    'in an overlong encoding': Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    'with half of a surrogate pair': '{"text":"\\ud83d"}',
    'in UTF-16': Buffer.from('{"text":"a"}', 'utf16le'),
    'with a number beyond any double': '{"params":{"n":1e400}}',
    'of white space only': '  \n',
    'with a comment': '{/* no */}',
  }
  for (const [name, body] of Object.entries(broken))
    test(name, async (t) => {
      const served = await serve(t)
      const answer = await call(served, path, { body })
      assert.equal(answer.status, 400)
      assert.equal(answer.json.code, 'invalid_json')
      assert.equal(answer.json.title, 'Invalid JSON')
      assert.deepEqual(served.inputs, [])
    })

  test('and the detail says where', async (t) => {
    const answer = await call(await serve(t), path, { body: '{\n  "text": "a",\n  "text": "b"\n}' })
    assert.match(
      String(answer.json.detail),
      /line 3, column 3 \(position 19\), the key "text" is there twice/,
    )
  })
})

describe('a body is refused by its type', () => {
  const types: Readonly<Record<string, Record<string, string>>> = {
    'text/plain': { 'content-type': 'text/plain' },
    'a form': { 'content-type': 'application/x-www-form-urlencoded' },
    'JSON in its name only': { 'content-type': 'application/jsonp' },
    'no media type at all': { 'content-type': 'json' },
    'another charset': { 'content-type': 'application/json; charset=iso-8859-1' },
    'a compressed one': { 'content-type': 'application/json', 'content-encoding': 'gzip' },
  }
  for (const [name, headers] of Object.entries(types))
    test(name, async (t) => {
      const served = await serve(t)
      const answer = await call(served, path, { body: '{}', headers })
      assert.equal(answer.status, 415)
      assert.equal(answer.json.code, 'unsupported_media_type')
      assert.match(String(answer.json.detail), /application\/json/)
      assert.deepEqual(served.inputs, [])
    })

  test('none said', async (t) => {
    const served = await serve(t)
    const answer = await exchange(served.port, head('POST', path, { 'content-length': '2' }), '{}')
    assert.equal(answer.status, 415)
    assert.deepEqual(served.inputs, [])
  })
})

describe('a body that is too large', () => {
  const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`

  test('is refused by its announced length, 50 MB or one byte over', async (t) => {
    const served = await serve(t)
    for (const length of [50_000_000, 64 * 1024 + 1]) {
      const answer = await call(served, path, { body: Buffer.alloc(length, ' ') })
      assert.equal(answer.status, 413)
      assert.equal(answer.json.code, 'body_too_large')
      assert.match(String(answer.json.detail), /65536 bytes/)
    }
    assert.deepEqual(served.inputs, [])
  })

  test('is refused as soon as its chunks are too many, and the rest thrown away', async (t) => {
    const served = await serve(t)
    const headers = { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }
    const answer = await exchange(served.port, head('POST', path, headers), chunk, chunk, chunk, '0\r\n\r\n')
    assert.equal(answer.status, 413)
  })

  test('leaves the connection usable', async (t) => {
    const served = await serve(t)
    const body = ' '.repeat(100_000)
    const first = head('POST', path, { 'content-length': String(body.length), connection: 'keep-alive' })
    const raw = await exchange(served.port, first, body, head('GET', '/health'))
    assert.equal(raw.status, 413)
    assert.match(raw.text, /body_too_large.*HTTP\/1\.1 200 OK.*healthy/s)
  })

  test('is not asked for when the caller waits to be told', async (t) => {
    const served = await serve(t)
    const headers = {
      expect: '100-continue',
      'content-length': '50000000',
      'content-type': 'application/json',
    }
    assert.equal((await exchange(served.port, head('POST', path, headers))).status, 413)
    assert.equal(
      (await exchange(served.port, head('POST', path, { ...headers, authorization: '' }))).status,
      401,
    )
  })

  test('of the limit exactly is read', async (t) => {
    const body = `{}${' '.repeat(64 * 1024 - 2)}`
    assert.equal((await call(await serve(t), path, { body })).status, 200)
  })
})

describe('a caller that expects', () => {
  test('to be told to go on is told, once, and answered', async (t) => {
    const served = await serve(t)
    const headers = { expect: '100-continue', 'content-length': '2', 'content-type': 'application/json' }
    const answer = await exchange(served.port, head('POST', path, headers), '{}')
    assert.equal(answer.status, 100)
    assert.match(answer.text, /^HTTP\/1\.1 200 OK/)
  })

  test('something unknown is answered all the same', async (t) => {
    const served = await serve(t)
    assert.equal(
      (await exchange(served.port, head('GET', '/v1/notes', { expect: 'the-unexpected' }))).status,
      200,
    )
  })
})

test('a body shorter than announced leaves no trace', async (t) => {
  const served = await serve(t)
  const socket = await open(served.port)
  socket.write(head('POST', path, { 'content-length': '20', 'content-type': 'application/json' }))
  socket.end('{"text":')
  await new Promise((resolve) => socket.once('close', resolve).resume())
  assert.equal((await call(served, '/v1/notes', { token: fullToken })).status, 200)
  assert.deepEqual(served.inputs, [{}])
})
