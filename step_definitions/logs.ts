import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { eventually } from '../test/support/eventually.ts'
import { stop } from './support/commands.ts'
import { type Answer, type Request, send } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import type { Person } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

const secrets = {
  goodKey: 'a good key that must stay out of every log',
  wrongKey: 'a wrong key that must stay out of every log',
  wrongToken: 'B'.repeat(43),
  variable: 'a secret of a server that must stay out of every log',
}

interface LoggedRequest extends Request {
  readonly path: string
  readonly query?: string
  /** With which it is answered. */
  readonly status: number
}

/** The good ones and the wrong ones, then those that somebody sends in the wrong place: a slip must not cost the secret. */
function requestsAt(level: string, token: string): readonly LoggedRequest[] {
  const path = '/v1/clients'
  const authorization = `Bearer ${token}`
  const add = { method: 'POST', path: `/v1/config/cursor/${level}/draft/add` } as const
  const body = { server_id: 'stripe', env_vars: { STRIPE_SECRET_KEY: secrets.variable } }
  return [
    { path, status: 200, headers: { authorization } },
    { path, status: 200, headers: { 'x-api-key': secrets.goodKey } },
    { path, status: 401, headers: { authorization: `Bearer ${secrets.wrongToken}` } },
    { path, status: 401, headers: { 'x-api-key': secrets.wrongKey } },
    { path, status: 401, headers: { authorisation: authorization } },
    { path, status: 401, headers: { 'x-token': token, cookie: `token=${token}`, referer: `/?${token}` } },
    { path, status: 401, headers: { authorization: token } },
    { path, status: 401, query: `?access_token=${token}` },
    { path, status: 400, query: `?${token}=${token}`, headers: { authorization } },
    { ...add, status: 200, headers: { authorization }, body },
    { ...add, status: 401, body: { ...body, token } },
    { ...add, status: 400, headers: { authorization }, body: { ...body, [token]: secrets.variable } },
    { ...add, status: 400, headers: { authorization }, body: JSON.stringify(body).slice(0, -1) },
  ]
}

Given<World>('Omar has started a server for each log level', async function () {
  const env = { ...this.sandbox.env, MCP_ORCHESTRATION_API_KEY: secrets.goodKey }
  for (const level of logLevels) this.servers.push(await startServer(this, ['--log-level', level], env))
})

When<World>(
  "{person} sends each server good and wrong credentials, where they belong and where they don't",
  async function (person: Person) {
    const { token } = await this.orchestrator.tokens.generate({ name: person })
    this.tokens.push(token)
    await this.attempt('answers', async () => {
      const answers: Answer[] = []
      for (const [index, level] of logLevels.entries())
        for (const { path, query = '', ...request } of requestsAt(level, token))
          answers.push(await send(`${this.serverAt(index).url}${path}${query}`, request))
      return answers
    })
  },
)

Then<World>(
  'the log at {string} shows the method, path, status and id of each request',
  async function (level: string) {
    const { running } = this.serverAt(logLevels.indexOf(level))
    for (const [{ method = 'GET', path, status }, answer] of exchangesAt(this, level)) {
      assert.equal(answer.status, status, answer.text)
      const expected = { method, path, status, request_id: answer.headers['x-request-id'] }
      await eventually(() =>
        assert.ok(
          logLines(running.output()).some((line) => matches(line, expected)),
          running.output(),
        ),
      )
    }
  },
)

Then<World>('the log at {string} shows no request', function (level: string) {
  assert.ok(exchangesAt(this, level).every(([{ status }, answer]) => answer.status === status))
  const { running } = this.serverAt(logLevels.indexOf(level))
  assert.ok(!running.output().includes('/v1/'), running.output())
})

Then<World>('no log shows a token, a key or the secret of a body', async function () {
  const exits = await Promise.all(this.servers.map(({ running }) => stop(running)))
  const logs = exits.map(({ stdout, stderr }) => stdout + stderr)
  assert.ok(logs.some((log) => log.includes('/v1/clients')))
  for (const secret of [...this.tokens, ...Object.values(secrets)])
    for (const [index, log] of logs.entries()) assert.ok(!log.includes(secret), `${logLevels[index]}: ${log}`)
})

/** What was sent to the server at that level, each with its answer. */
function exchangesAt(world: World, level: string): readonly (readonly [LoggedRequest, Answer])[] {
  const [token = ''] = world.tokens
  const requests = requestsAt(level, token)
  const first = logLevels.indexOf(level) * requests.length
  const answers = world.outcome('answers').slice(first, first + requests.length)
  assert.equal(answers.length, requests.length)
  return requests.flatMap((request, index) =>
    answers.slice(index, index + 1).map((each) => [request, each] as const),
  )
}

function logLines(output: string): readonly Record<string, unknown>[] {
  return output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
}

function matches(line: Record<string, unknown>, expected: Record<string, unknown>): boolean {
  return Object.entries(expected).every(([name, value]) => line[name] === value)
}
