import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { stop } from './support/commands.ts'
import { eventually } from './support/eventually.ts'
import { type Answer, send } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import type { Person } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

const secrets = {
  goodKey: 'a good key that must stay out of every log',
  wrongKey: 'a wrong key that must stay out of every log',
  wrongToken: 'B'.repeat(43),
}

Given<World>('Omar has started a server for each log level', async function () {
  const env = { ...this.sandbox.env, MCP_ORCHESTRATION_API_KEY: secrets.goodKey }
  for (const level of logLevels) this.servers.push(await startServer(this, ['--log-level', level], env))
})

When<World>(
  '{person} sends each server a good token, a good key, a wrong token and a wrong key',
  async function (person: Person) {
    const { token } = await this.orchestrator.tokens.generate({ name: person })
    this.tokens.push(token)
    const all = [
      { authorization: `Bearer ${token}` },
      { 'x-api-key': secrets.goodKey },
      { authorization: `Bearer ${secrets.wrongToken}` },
      { 'x-api-key': secrets.wrongKey },
    ]
    await this.attempt('answers', () =>
      Promise.all(
        this.servers.flatMap(({ url }) => all.map((headers) => send(`${url}/v1/clients`, { headers }))),
      ),
    )
  },
)

Then<World>(
  'the log at {string} shows the method, path, status and id of each request',
  async function (level: string) {
    const { running } = this.serverAt(logLevels.indexOf(level))
    const answers = answersAt(this, level)
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 401, 401],
    )
    for (const { status, headers } of answers) {
      const expected = { method: 'GET', path: '/v1/clients', status, request_id: headers['x-request-id'] }
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
  assert.equal(answersAt(this, level).length, 4)
  const { running } = this.serverAt(logLevels.indexOf(level))
  assert.ok(!running.output().includes('/v1/clients'), running.output())
})

Then<World>('no log shows a token or a key', async function () {
  const exits = await Promise.all(this.servers.map(({ running }) => stop(running)))
  const logs = exits.map(({ stdout, stderr }) => stdout + stderr)
  assert.ok(logs.some((log) => log.includes('/v1/clients')))
  for (const secret of [...this.tokens, ...Object.values(secrets)])
    for (const [index, log] of logs.entries()) assert.ok(!log.includes(secret), `${logLevels[index]}: ${log}`)
})

/** The four answers of the server at that level. */
function answersAt(world: World, level: string): readonly Answer[] {
  const index = logLevels.indexOf(level)
  return world.outcome('answers').slice(index * 4, index * 4 + 4)
}

function logLines(output: string): readonly Record<string, unknown>[] {
  return output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []))
}

function matches(line: Record<string, unknown>, expected: Record<string, unknown>): boolean {
  return Object.entries(expected).every(([name, value]) => line[name] === value)
}
