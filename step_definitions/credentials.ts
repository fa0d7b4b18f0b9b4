import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { Given, Then, When } from '@cucumber/cucumber'
import { operations, type ProfileRef } from '../src/index.ts'
import { toPath } from './support/endpoints.ts'
import { type Answer, jsonOf } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import type { Person } from './support/parameter-types.ts'
import type { Problem } from './support/problem.ts'
import { configPath, type World } from './support/world.ts'

const apiKey = 'correct horse battery staple'

Given<World>('the server runs with an API key in its environment', async function () {
  process.env.MCP_ORCHESTRATION_API_KEY = apiKey
  this.stops.push(() => delete process.env.MCP_ORCHESTRATION_API_KEY)
  await this.serve()
})

Given<World>(
  '{person} holds the API key of the server that Omar has started with the command',
  async function (person: Person) {
    this.credentials.set(person, { 'x-api-key': apiKey })
    const server = await startServer(this, [], { ...this.sandbox.env, MCP_ORCHESTRATION_API_KEY: apiKey })
    this.servers.push(server)
    this.url = server.url
  },
)

When<World>('{person} lists the clients with that API key', async function (person: Person) {
  await this.ask(person, '/v1/clients', { headers: { 'x-api-key': apiKey } })
})

When<World>(
  '{person} calls every endpoint, an unknown one and {string} without credentials',
  async function (person: Person, mcp: string) {
    const endpoints = operations.map(({ method, path }) => ({ method, path: toPath(path, examplePath) }))
    assert.equal(endpoints.length, 14)
    const others = [
      { method: 'GET', path: '/v1/nonesuch' },
      { method: 'POST', path: mcp },
    ] as const
    await this.attempt('answers', () =>
      Promise.all(
        [...endpoints, ...others].map(({ method, path }) => this.request(person, path, { method })),
      ),
    )
  },
)

When<World>(
  '{person} clears the draft of {profile} with a token she made up',
  async function (person: Person, ref: ProfileRef) {
    const headers = { authorization: `Bearer ${'A'.repeat(43)}` }
    await this.ask(person, `${configPath(ref)}/draft`, { method: 'DELETE', headers })
  },
)

When<World>(
  '{person} tries keys that are short, long, nearly right and not even text',
  async function (_person: Person) {
    const nearly = [`${apiKey}x`, apiKey.slice(0, -1), `${apiKey.slice(0, -1)}x`, apiKey.toUpperCase()]
    const binary = Buffer.from([0x80, 0xff, 0xc0, 0xaf, 0xfe])
    const keys = ['x', 'x'.repeat(4000), ...nearly, binary]
    await this.attempt('answers', () =>
      Promise.all(keys.map((key) => listClientsWithKey(this.url, Buffer.from(key)))),
    )
  },
)

Then<World>('each asks for a bearer token without calling one invalid', function () {
  for (const answer of this.outcome('answers')) {
    const challenge = String(answer.headers['www-authenticate'])
    assert.match(challenge, /^Bearer realm="[^"]+"/)
    assert.doesNotMatch(challenge, /error/)
    assert.ok(jsonOf<Problem>(answer).detail.includes('Authorization: Bearer <token>'))
  }
})

Then<World>('it is told apart from a missing one by the error {string}', function (error: string) {
  const challenge = String(this.answer().headers['www-authenticate'])
  assert.match(challenge, /^Bearer realm="[^"]+"/)
  assert.ok(challenge.includes(`error="${error}"`), challenge)
})

Then<World>("the refusals don't tell one wrong key from another", function () {
  const [first, ...rest] = this.outcome('answers').map(withoutRequestId)
  for (const refusal of rest) assert.deepEqual(refusal, first)
})

const examplePath = { client_id: 'cursor', profile_id: 'work', server_id: 'memory' }

/** Written by hand: HTTP allows bytes in a header's value (RFC 9110, section 5.5) that client libraries refuse to send. */
async function listClientsWithKey(url: string, key: Buffer): Promise<Answer> {
  const { hostname, port, host } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write(`GET /v1/clients HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\nX-API-Key: `)
  socket.write(Buffer.concat([key, Buffer.from('\r\n\r\n')]))
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = lines
    .map((line) => line.split(/: (.*)/s))
    .map(([name = '', value = '']) => [name.toLowerCase(), value])
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers), text: body }
}

function withoutRequestId(answer: Answer) {
  const { request_id, ...problem } = jsonOf<Problem>(answer)
  return { status: answer.status, challenge: answer.headers['www-authenticate'], problem }
}
