import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import Type from 'typebox'
import { OrchestrationError } from '../../src/errors.ts'
import { defineOperation, type OperationContext } from '../../src/operations/operation.ts'
import {
  type Answer,
  apiKey,
  type Call,
  call,
  exchange,
  head,
  readToken,
  serve,
  writeToken,
} from './fixture.ts'

const text = 'snow ☃, key 🔑, ü, NUL \0, "quotes" and \u2028'

describe('a read that is kept', () => {
  test('is made once in an epoch, and anew in the next', async (t) => {
    const kept = await setUp(t)
    const [first, second] = [await kept.ask(), await kept.ask()]
    assert.equal(kept.made(), 1)
    assert.equal(second.text, first.text)
    kept.endEpoch()
    const third = await kept.ask()
    assert.equal(kept.made(), 2)
    assert.notEqual(third.text, first.text)
    assert.notEqual(third.headers.etag, first.headers.etag)
  })

  test('is made once for a hundred that ask at once', async (t) => {
    const kept = await setUp(t)
    const hold = kept.hold()
    const asking = Array.from({ length: 100 }, () => kept.ask())
    await hold.until(100)
    hold.release()
    const answers = await Promise.all(asking)
    assert.equal(kept.made(), 1)
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal(new Set(answers.map((answer) => answer.text)).size, 1)
  })

  test('is the same as one made anew, in its head and in its bytes', async (t) => {
    const kept = await setUp(t)
    const [anew, again] = [await kept.ask(), await kept.ask()]
    assert.equal(kept.made(), 1)
    assert.deepEqual(withoutRequest(again), withoutRequest(anew))
    assert.equal(anew.text, JSON.stringify({ text, made: 1, for: 'tok_full' }))
    assert.equal(anew.headers['content-type'], 'application/json; charset=utf-8')
    assert.equal(anew.headers['cache-control'], 'private, no-cache')
  })

  test('has the length of its bytes, whatever they spell, and the ETag of them', async (t) => {
    const kept = await setUp(t)
    for (let times = 0; times < 2; times += 1) {
      const answer = await kept.ask()
      assert.equal(answer.headers['content-length'], String(Buffer.byteLength(answer.text)))
      assert.ok(Buffer.byteLength(answer.text) > answer.text.length)
      assert.equal(answer.headers.etag, `"${hash('sha256', answer.text, 'base64url')}"`)
      assert.equal(answer.json.text, text)
    }
  })

  test('has a request id of its own each time', async (t) => {
    const kept = await setUp(t)
    const ids = [await kept.ask(), await kept.ask()].map(({ headers }) => headers['x-request-id'])
    assert.equal(new Set(ids).size, 2)
  })

  test('is kept for each query by itself', async (t) => {
    const kept = await setUp(t)
    for (const query of ['', '?limit=1', '?limit=2', '?limit=1']) await kept.ask({ query })
    assert.equal(kept.made(), 3)
  })

  test('is kept for each principal by itself', async (t) => {
    const kept = await setUp(t)
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await kept.ask()).json.for, 'tok_full')
      assert.equal((await kept.ask({ token: readToken })).json.for, 'tok_read')
      const byKey = await kept.ask({ token: null, headers: { 'x-api-key': latin(apiKey) } })
      assert.equal(byKey.json.for, 'api_key')
    }
    assert.equal(kept.made(), 3)
  })
})

describe('what is kept for one lets nobody else in', () => {
  test('who lacks the scope', async (t) => {
    const kept = await setUp(t)
    await kept.ask()
    assert.equal((await kept.ask({ token: writeToken })).status, 403)
    assert.equal(kept.made(), 1)
  })

  test('who has no credential, or a wrong one', async (t) => {
    const kept = await setUp(t)
    await kept.ask()
    assert.equal((await kept.ask({ token: null })).status, 401)
    assert.equal((await kept.ask({ token: 'A'.repeat(43) })).status, 401)
    assert.equal(kept.made(), 1)
  })
})

describe('an error', () => {
  test('is made anew each time, with the id of its own request', async (t) => {
    const kept = await setUp(t)
    kept.fail(new OrchestrationError('nothing_published', 'Nothing is published.'))
    const [first, second] = [await kept.ask(), await kept.ask()]
    assert.deepEqual([first.status, second.status], [404, 404])
    assert.notEqual(first.json.request_id, second.json.request_id)
    assert.equal(kept.made(), 2)
  })

  test('is not shown any more as soon as it is over, though the epoch lasts', async (t) => {
    const kept = await setUp(t)
    kept.fail(new OrchestrationError('store_unavailable', 'The disk is gone.'))
    assert.equal((await kept.ask()).status, 503)
    kept.fail(undefined)
    assert.equal((await kept.ask()).status, 200)
  })

  test('reaches all who asked at once, each under the id of its own request', async (t) => {
    const kept = await setUp(t)
    kept.fail(new OrchestrationError('store_unavailable', 'The disk is gone.'))
    const hold = kept.hold()
    const asking = Array.from({ length: 10 }, () => kept.ask())
    await hold.until(10)
    hold.release()
    const answers = await Promise.all(asking)
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([503]))
    assert.equal(new Set(answers.map(({ json }) => json.request_id)).size, 10)
    assert.equal(kept.made(), 1)
  })

  test('of the query is told before anything is made', async (t) => {
    const kept = await setUp(t)
    for (let times = 0; times < 2; times += 1)
      assert.equal((await kept.ask({ query: '?limit=none' })).status, 400)
    assert.equal(kept.made(), 0)
  })
})

describe('a condition is held against what is kept', () => {
  const none = '"another"'
  for (const [name, toValue, status] of [
    ['if-none-match', (tag: string) => tag, 304],
    ['if-none-match', (tag: string) => `W/${tag}`, 304],
    ['if-none-match', (tag: string) => `${none}, ${tag}`, 304],
    ['if-none-match', (tag: string) => `${none} ,, W/${tag} ,`, 304],
    ['if-none-match', () => '*', 304],
    ['if-none-match', () => none, 200],
    ['if-none-match', () => `${none}, W/${none}`, 200],
    ['if-none-match', (tag: string) => tag.replaceAll('"', ''), 400],
    ['if-match', (tag: string) => tag, 200],
    ['if-match', () => '*', 200],
    ['if-match', (tag: string) => `${none}, ${tag}`, 200],
    ['if-match', (tag: string) => `W/${tag}`, 412],
    ['if-match', () => none, 412],
    ['if-match', () => 'none', 400],
  ] as const)
    test(`${name}: ${toValue('"its own"')} (${status})`, async (t) => {
      const kept = await setUp(t)
      const { text: body, headers: known } = await kept.ask()
      const etag = String(known.etag)
      const answer = await kept.ask({ headers: { [name]: toValue(etag) } })
      assert.equal(kept.made(), 1)
      assert.equal(answer.status, status)
      assert.equal(answer.headers.etag, status === 400 ? undefined : etag)
      if (status === 200) assert.equal(answer.text, body)
      if (status === 304) assert.equal(answer.text, '')
    })

  test('a 304 says of the answer what the 200 said, and nothing of a body', async (t) => {
    const kept = await setUp(t)
    const { headers } = await kept.ask()
    const known = await kept.ask({ headers: { 'if-none-match': String(headers.etag) } })
    for (const name of ['etag', 'cache-control', 'vary']) assert.equal(known.headers[name], headers[name])
    assert.equal(known.headers['content-type'], undefined)
    assert.equal(known.headers['content-length'], undefined)
  })

  test('what the caller has is sent anew when it has changed', async (t) => {
    const kept = await setUp(t)
    const { headers } = await kept.ask()
    const condition = { headers: { 'if-none-match': String(headers.etag) } }
    assert.equal((await kept.ask(condition)).status, 304)
    kept.endEpoch()
    const changed = await kept.ask(condition)
    assert.equal(changed.status, 200)
    assert.notEqual(changed.headers.etag, headers.etag)
  })
})

describe('how an answer is asked for', () => {
  for (const [accept, status] of [
    ['application/json', 200],
    ['application/problem+json', 200],
    ['*/*', 200],
    ['text/html', 406],
    ['application/json;q=0', 406],
  ] as const)
    test(`makes a difference to what is kept: Accept: ${accept} (${status})`, async (t) => {
      const kept = await setUp(t)
      await kept.ask()
      assert.equal((await kept.ask({ headers: { accept } })).status, status)
      assert.equal(kept.made(), 1)
    })

  test('HEAD has the head of the GET and no body', async (t) => {
    const kept = await setUp(t)
    const got = await kept.ask()
    const asked = await kept.raw('HEAD')
    assert.equal(kept.made(), 1)
    assert.equal(asked.status, 200)
    assert.equal(asked.text, '')
    for (const name of ['etag', 'content-type', 'content-length', 'cache-control'])
      assert.equal(asked.headers[name], got.headers[name], name)
  })

  test('GET gets what a HEAD has made', async (t) => {
    const kept = await setUp(t)
    const asked = await kept.raw('HEAD')
    const got = await kept.ask()
    assert.equal(kept.made(), 1)
    assert.equal(got.headers.etag, asked.headers.etag)
    assert.equal(Buffer.byteLength(got.text), Number(asked.headers['content-length']))
  })

  test('HEAD says with 304 that one has it', async (t) => {
    const kept = await setUp(t)
    const { headers } = await kept.ask()
    const asked = await kept.raw('HEAD', { 'if-none-match': String(headers.etag) })
    assert.deepEqual([asked.status, asked.text], [304, ''])
    assert.equal(asked.headers.etag, headers.etag)
  })
})

interface Asking extends Call {
  readonly query?: string
}

/** One read, whose answer says how often one was made and for whom. */
async function setUp(t: TestContext) {
  let made = 0
  let epoch = 1
  let failure: Error | undefined
  let mayEnd: Promise<void> = Promise.resolve()
  const read = defineOperation({
    id: 'read',
    method: 'GET',
    path: '/v1/kept',
    tool: null,
    scope: 'read',
    keepable: true,
    summary: 'For tests',
    description: 'For tests.',
    errors: [],
    input: Type.Object({ limit: Type.Optional(Type.Integer()) }, { additionalProperties: false }),
    output: Type.Object({ text: Type.String(), made: Type.Integer(), for: Type.String() }),
    async handler({ principal }: OperationContext) {
      made += 1
      const answer = { text, made, for: principal.id }
      await mayEnd
      if (failure) throw failure
      return answer
    },
  })
  const served = await serve(t, { operations: () => [read] })
  let asked = 0
  t.mock.method(served.orchestrator, 'epoch', async () => {
    asked += 1
    return epoch
  })
  return {
    made: () => made,
    ask: ({ query = '', ...options }: Asking = {}) => call(served, `/v1/kept${query}`, options),
    raw: (method: string, headers: Readonly<Record<string, string>> = {}) =>
      exchange(served.port, head(method, '/v1/kept', headers)),
    endEpoch() {
      epoch += 1
    },
    fail(error: Error | undefined) {
      failure = error
    },
    /** Lets no making end until it is told to. */
    hold() {
      const held = Promise.withResolvers<void>()
      mayEnd = held.promise
      return { release: held.resolve, until: (count: number) => untilAsked(count) }
    },
  }

  /** Whoever was let in has asked by the turn after. */
  async function untilAsked(count: number): Promise<void> {
    while (asked < count) await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function withoutRequest({ status, headers, text: body }: Answer) {
  const { 'x-request-id': _, date: __, ...rest } = headers
  return { status, headers: rest, body }
}

/** As Node sends a header: a byte for each character. */
function latin(key: string): string {
  return Buffer.from(key).toString('latin1')
}
