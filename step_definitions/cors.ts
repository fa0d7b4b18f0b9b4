import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { request } from 'undici'
import { type Answer, resultOf } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import type { Person } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

const path = '/v1/config/cursor/work/draft/add'
const taken = [
  ...['Authorization', 'Content-Type', 'X-API-Key', 'If-Match', 'If-None-Match', 'Idempotency-Key'],
  ...['Last-Event-ID', 'Mcp-Session-Id', 'MCP-Protocol-Version', 'Mcp-Method', 'Mcp-Name'],
]
const seen = [
  'ETag',
  'X-Request-Id',
  'WWW-Authenticate',
  'Retry-After',
  'Idempotent-Replayed',
  'Mcp-Session-Id',
]
/** More than are let pass in a minute. */
const tooMany = 30

Given<World>(
  'Omar has started the server with the command for pages of {string} only',
  async function (origin: string) {
    const server = await startServer(this, ['--cors-origins', origin])
    this.servers.push(server)
    this.url = server.url
  },
)

Given<World>('{person} holds a token', async function (person: Person) {
  const { token } = await this.orchestrator.tokens.generate({ name: person })
  this.credentials.set(person, { authorization: `Bearer ${token}` })
})

When<World>(
  'a page of {string} asks whether it may send a POST with a token and JSON',
  async function (origin: string) {
    await this.attempt('answers', async () => [await askWhetherToPost(this.url, origin)])
  },
)

When<World>(
  'pages of {string} and {string} ask for and send the same POST with her token',
  async function (one: string, other: string) {
    const headers = this.credentials.get('Priya')
    const bodies = [
      { origin: one, body: { server_id: 'memory' } },
      { origin: other, body: { server_id: 'time' } },
    ]
    await this.attempt('answers', async () => {
      const answers: Answer[] = []
      for (const { origin, body } of bodies) {
        answers.push(await askWhetherToPost(this.url, origin))
        answers.push(
          await this.request('Mallory', path, { method: 'POST', headers: { ...headers, origin }, body }),
        )
      }
      return answers
    })
  },
)

When<World>(
  'a page of {string} gets a success, a wrong credential, an unknown path and too many attempts',
  async function (origin: string) {
    const wrong = { origin, authorization: `Bearer ${'A'.repeat(43)}` }
    const guess = () => this.request('Mallory', '/v1/clients', { headers: wrong })
    await this.attempt('answers', async () => {
      const success = await this.request('Priya', '/v1/clients', { headers: { origin } })
      const unauthorized = await guess()
      const unknown = await this.request('Priya', '/v1/nonesuch', { headers: { origin } })
      const guesses = await Promise.all(Array.from({ length: tooMany }, guess))
      const limited = guesses.find(({ status }) => status === 429) ?? unauthorized
      return [success, unauthorized, unknown, limited]
    })
  },
)

Then<World>('every origin may send GET, POST, DELETE and OPTIONS', function () {
  const { headers } = this.answer()
  assert.equal(headers['access-control-allow-origin'], '*')
  assert.deepEqual(namesIn(headers['access-control-allow-methods']), ['delete', 'get', 'options', 'post'])
})

Then<World>('each header that the API takes is allowed by its name', function () {
  const allowed = namesIn(this.answer().headers['access-control-allow-headers'])
  for (const name of taken) assert.ok(allowed.includes(name.toLowerCase()), name)
  assert.ok(!allowed.includes('*'))
})

Then<World>('no cookie may come along', function () {
  assert.equal(this.answer().headers['access-control-allow-credentials'], undefined)
})

Then<World>('the answers are 200, 401, 404 and 429, and every origin may read each', function () {
  const answers = this.outcome('answers')
  assert.deepEqual(
    answers.map(({ status, headers }) => [status, headers['access-control-allow-origin']]),
    [200, 401, 404, 429].map((status) => [status, '*']),
  )
})

Then<World>(
  'the page sees the tag, the request id, the challenge and the time to wait, each where it belongs',
  function () {
    const belongs = [['etag'], ['www-authenticate'], [], ['retry-after']]
    for (const [index, { headers }] of this.outcome('answers').entries()) {
      const exposed = namesIn(headers['access-control-expose-headers'])
      for (const name of seen) assert.ok(exposed.includes(name.toLowerCase()), name)
      const present = exposed.filter((name) => name in headers)
      assert.deepEqual(present, [...(belongs[index] ?? []), 'x-request-id'].toSorted())
    }
  },
)

Then<World>('the page of {string} may send it and read the answer', async function (origin: string) {
  const [preflight, post] = this.outcome('answers')
  assert.equal(preflight?.status, 204)
  assert.ok(post)
  assert.equal(resultOf<{ status: string }>(post).status, 'added')
  for (const answer of [preflight, post]) assert.equal(answer?.headers['access-control-allow-origin'], origin)
})

Then<World>('the page of {string} may do neither', function (origin: string) {
  const [, , ...others] = this.outcome('answers')
  assert.equal(others.length, 2)
  for (const { headers } of others) {
    const words = Object.keys(headers).filter((name) => name.startsWith('access-control-'))
    assert.deepEqual(words, [], `${origin} is told ${words}.`)
  }
})

Then<World>('no cache hands the answer for one origin to another', function () {
  for (const { headers } of this.outcome('answers')) assert.ok(namesIn(headers.vary).includes('origin'))
})

/** What a browser sends by itself before a page's POST. */
async function askWhetherToPost(url: string, origin: string): Promise<Answer> {
  const { statusCode, headers, body } = await request(url + path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  })
  return { status: statusCode, headers, text: await body.text() }
}

function namesIn(list: string | readonly string[] | undefined): readonly string[] {
  return [list ?? '']
    .flat()
    .flatMap((each) => each.split(','))
    .map((name) => name.trim().toLowerCase())
    .toSorted()
}
