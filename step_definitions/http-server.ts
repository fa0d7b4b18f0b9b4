import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { eventually } from '../test/support/eventually.ts'
import { outputMatch } from './support/commands.ts'
import { type HeldRequest, holdPost } from './support/held-request.ts'
import { jsonOf, resultOf } from './support/http.ts'
import {
  host,
  type ServerProcess,
  serveHttp,
  startServer,
  startServerOnPort,
} from './support/http-command.ts'
import type { Person } from './support/parameter-types.ts'
import { knock, listeningSocketIds, listeningSockets, otherAddresses } from './support/sockets.ts'
import type { Stop, World } from './support/world.ts'

/** Each with the profile that its request in flight changes. */
const endings = [
  { signal: 'SIGINT', profileId: 'interrupted' },
  { signal: 'SIGTERM', profileId: 'terminated' },
] as const

Given<World>('the server is running', async function () {
  await this.serve()
})

Given<World>(
  '{person} holds a token for the server that Omar has started with the command',
  async function (person: Person) {
    const { token, record } = await this.orchestrator.tokens.generate({ name: person })
    this.credentials.set(person, { authorization: `Bearer ${token}` })
    this.tokenId = record.id
    const server = await startServer(this)
    this.servers.push(server)
    this.url = server.url
    this.socketIds = await listeningSocketIds(server.running.pid)
  },
)

Given<World>('Omar has started two servers with the command', async function () {
  this.servers.push(...(await Promise.all(endings.map(() => startServer(this)))))
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
  const { port } = this.serverAt(0)
  await this.attempt('exits', async () => [await this.run(serveHttp, '--port', String(port))])
})

When<World>('Omar starts the server with the command on a port of 127.0.0.1', async function () {
  await this.attempt('start', () => startServerOnPort(this))
})

When<World>('{person} asks for {string} without credentials', async function (person: Person, path: string) {
  assert.ok(!this.credentials.has(person))
  await this.ask(person, path)
})

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

Then<World>(
  'the first server is the same process on the same socket and answers {person}',
  async function (person: Person) {
    const { running } = this.serverAt(0)
    assert.equal(this.socketIds.length, 1)
    assert.deepEqual(await listeningSocketIds(running.pid), this.socketIds)
    assert.equal(await Promise.race([running.exit, 'running']), 'running')
    resultOf(await this.request(person, '/v1/clients'))
  },
)

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
