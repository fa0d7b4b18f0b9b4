import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { outputMatch, run, stop } from './support/commands.ts'
import { eventually } from './support/eventually.ts'
import { holdPost } from './support/held-request.ts'
import { type Answer, jsonOf, resultOf, send } from './support/http.ts'
import {
  host,
  type ServerProcess,
  serveHttp,
  startServer,
  startServerOnPort,
} from './support/http-command.ts'
import type { HeldRequest } from './support/held-request.ts'
import type { Person } from './support/parameter-types.ts'
import { knock, listeningSockets, otherAddresses } from './support/sockets.ts'
import type { Stop, World } from './support/world.ts'

/** Each with the profile that its request in flight changes. */
const endings = [
  { signal: 'SIGINT', profileId: 'interrupted' },
  { signal: 'SIGTERM', profileId: 'terminated' },
] as const
const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const credentials = {
  goodKey: 'a good key that must stay out of every log',
  wrongKey: 'a wrong key that must stay out of every log',
  wrongToken: 'B'.repeat(43),
}

Given<World>('the server is running', async function () {
  await this.serve()
})

Given<World>('Omar has started the server with the command', async function () {
  this.keep(await startServer(this.sandbox.env))
})

Given<World>('Omar has started two servers with the command', async function () {
  const servers = await Promise.all(endings.map(() => startServer(this.sandbox.env)))
  for (const server of servers) this.keep(server)
})

Given<World>('Omar has started a server for each log level', async function () {
  const env = { ...this.sandbox.env, MCP_ORCHESTRATION_API_KEY: credentials.goodKey }
  for (const level of logLevels) this.keep(await startServer(env, ['--log-level', level]))
})

Given<World>('{person} has a request in flight at each of them', async function (person: Person) {
  const { token } = await this.orchestrator.tokens.generate({ name: person })
  const headers = { authorization: `Bearer ${token}` }
  for (const [index, { profileId }] of endings.entries()) {
    const path = `/v1/config/cursor/${profileId}/draft/add`
    this.held.push(await holdPost(`${this.serverAt(index).url}${path}`, headers, { server_id: 'memory' }))
  }
})

When<World>('Omar starts another one on the same port', async function () {
  const args = ['--port', String(this.serverAt(0).port)]
  await this.attempt('exits', async () => [await run(serveHttp, args, this.sandbox.env)])
})

When<World>('Omar starts the server with the command on a port of 127.0.0.1', async function () {
  await this.attempt('start', async () => {
    const started = await startServerOnPort(this.sandbox.env)
    this.keep(started)
    return started
  })
})

When<World>('{person} asks for {string} without credentials', async function (person: Person, path: string) {
  assert.ok(!this.credentials.has(person))
  await this.ask(person, path)
})

When<World>(
  '{person} sends each server a good token, a good key, a wrong token and a wrong key',
  async function (person: Person) {
    const { token } = await this.orchestrator.tokens.generate({ name: person })
    this.tokens.push(token)
    const all = [
      { authorization: `Bearer ${token}` },
      { 'x-api-key': credentials.goodKey },
      { authorization: `Bearer ${credentials.wrongToken}` },
      { 'x-api-key': credentials.wrongKey },
    ]
    await this.attempt('answers', () =>
      Promise.all(
        this.servers.flatMap(({ url }) => all.map((headers) => send(`${url}/v1/clients`, { headers }))),
      ),
    )
  },
)

When<World>('Omar interrupts the first and terminates the second', async function () {
  await this.attempt('stops', () =>
    Promise.all(
      endings.map(({ signal }, index) => stopWhileBusy(this.serverAt(index), signal, this.held[index])),
    ),
  )
})

Then<World>('it exits with {int}', function (code: number) {
  assert.deepEqual(
    this.outcome('exits').map((exit) => exit.code),
    [code],
  )
})

Then<World>('it says {string} and which, without a stack trace', function (message: string) {
  const [{ stderr } = { stderr: '' }] = this.outcome('exits')
  assert.ok(stderr.includes(`${message}: ${host}:${this.serverAt(0).port}`), stderr)
  assert.doesNotMatch(stderr, /^\s+at /m)
  assert.doesNotMatch(stderr, /EADDRINUSE/)
})

Then<World>('the first server still answers', async function () {
  assert.equal((await send(`${this.serverAt(0).url}/health`)).status, 200)
})

Then<World>('it listens on that port of 127.0.0.1 and on no other address', async function () {
  const { running, port } = this.outcome('start')
  assert.deepEqual(await listeningSockets(running.pid), [`${host}:${port}`])
})

Then<World>('no other interface of this machine accepts a connection to that port', async function () {
  const { port } = this.outcome('start')
  assert.equal(await knock(host, port), 'accepted')
  for (const address of otherAddresses(host)) assert.notEqual(await knock(address, port), 'accepted', address)
})

Then<World>('it answers a request within {int} seconds of its start', function (seconds: number) {
  const { answeredAfterMs } = this.outcome('start')
  assert.ok(answeredAfterMs < seconds * 1000, `It took ${answeredAfterMs} ms.`)
})

Then<World>('its log says where it is running and where its docs are', async function () {
  const { running, url } = this.outcome('start')
  await outputMatch(running, new RegExp(`Server running on ${url}\\b`))
  await outputMatch(running, new RegExp(`API docs: ${url}/docs\\b`))
})

Then<World>('the answer is the status {string} and not a word more', function (status: string) {
  const answer = this.answer()
  assert.deepEqual(jsonOf(answer), { status })
  assert.deepEqual([answer.headers.server, answer.headers['x-powered-by']], [undefined, undefined])
})

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
  for (const secret of [...this.tokens, ...Object.values(credentials)])
    for (const [index, log] of logs.entries()) assert.ok(!log.includes(secret), `${logLevels[index]}: ${log}`)
})

Then<World>("each takes no new connection while it finishes Priya's request", function () {
  assert.deepEqual(
    this.outcome('stops').map(({ newcomer }) => newcomer),
    ['ECONNREFUSED', 'ECONNREFUSED'],
  )
})

Then<World>("Priya's requests are answered in full", async function () {
  for (const { inFlight } of this.outcome('stops'))
    assert.equal(resultOf<{ status: string }>(inFlight).status, 'added')
  for (const { profileId } of endings) {
    const { payload } = await this.orchestrator.drafts.view({ clientId: 'cursor', profileId })
    assert.deepEqual(Object.keys(payload.mcpServers), ['memory'])
  }
})

Then<World>(
  'each exits with {int} within {int} seconds, its log telling the start and the end of the stop',
  function (code: number, seconds: number) {
    for (const { exit, stoppedAfterMs } of this.outcome('stops')) {
      assert.deepEqual([exit.code, exit.signal], [code, null], exit.stderr)
      assert.ok(stoppedAfterMs < seconds * 1000, `It took ${stoppedAfterMs} ms.`)
      assert.match(exit.stderr, /Shutting down gracefully\.\.\..*Server shut down gracefully/s)
    }
  },
)

/** Tells a server to stop, tries to get in while it must still finish the request that it has, then lets that one end. */
async function stopWhileBusy(
  { running, port }: ServerProcess,
  signal: NodeJS.Signals,
  held: HeldRequest | undefined,
): Promise<Stop> {
  assert.ok(held, 'No request is in flight.')
  const startedAt = performance.now()
  running.kill(signal)
  await outputMatch(running, /Shutting down gracefully\.\.\./)
  const newcomer = await eventually(async () => {
    const reception = await knock(host, port)
    assert.notEqual(reception, 'accepted')
    return reception
  })
  const inFlight = await held.finish()
  const exit = await running.exit
  return { exit, stoppedAfterMs: performance.now() - startedAt, newcomer, inFlight }
}

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
