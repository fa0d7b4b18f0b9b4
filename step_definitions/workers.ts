import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { Given, Then, When } from '@cucumber/cucumber'
import { type ProfileRef, scopes } from '../src/index.ts'
import { outputMatch } from './support/commands.ts'
import { holdPost } from './support/held-request.ts'
import { type Answer, resultOf } from './support/http.ts'
import { serveHttp, startServer } from './support/http-command.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import { configPath, type World } from './support/world.ts'

Given<World>(
  'Priya has been answered by each of the {int} workers that Omar has started',
  async function (count: number) {
    for (const person of ['Priya', 'Omar'] as const) {
      const { token, record } = await this.orchestrator.tokens.generate({ name: person, scopes })
      // A connection for each request, which goes to the worker whose turn it is.
      this.credentials.set(person, { authorization: `Bearer ${token}`, connection: 'close' })
      if (person === 'Priya') this.tokenId = record.id
    }
    const server = await startServer(this, ['--workers', String(count)])
    await outputMatch(server.running, new RegExp(`${count} workers share the work`), 20_000)
    this.servers.push(server)
    this.url = server.url
    this.workers = [...(await askEach(this, 'Priya', count)).keys()]
  },
)

Given<World>('she has a request in flight at each of them', async function () {
  const headers = this.credentials.get('Priya') ?? {}
  for (const [index] of this.workers.entries()) {
    const url = `${this.url}/v1/config/cursor/worker-${index}/draft/add`
    this.held.push(await holdPost(url, headers, { server_id: 'memory' }))
  }
})

When<World>('Omar starts the server with {int} workers on the memory store', async function (count: number) {
  const args = ['--port', '0', '--workers', String(count), '--store', 'memory']
  await this.attempt('exits', async () => [await this.run(serveHttp, ...args)])
})

When<World>('Omar revokes her token through one of them', async function () {
  await this.ask('Omar', `/admin/tokens/${this.tokenId}`, { method: 'DELETE' })
})

When<World>(
  'one of them is killed while {person} adds {int} servers to the draft of {profile} at once',
  async function (person: Person, count: number, ref: ProfileRef) {
    await this.attempt('results', async () => {
      const acknowledged = new Map<string, object>()
      const names = Array.from({ length: count }, (_, index) => `memory-${index}`)
      const add = async (name: string) => {
        const answer = await answerOrNone(addServer(this, person, ref, name))
        if (!answer) return
        acknowledged.set(name, resultOf(answer))
        if (acknowledged.size === Math.ceil(count / 4)) killOne(this)
      }
      await Promise.all(names.map(add))
      return acknowledged
    })
  },
)

When<World>('Omar interrupts the server', async function () {
  const { running } = this.serverAt(0)
  await this.attempt('answers', async () => {
    running.kill('SIGINT')
    await outputMatch(running, /Shutting down gracefully\.\.\./)
    return await Promise.all(this.held.map((request) => request.finish()))
  })
})

Then<World>("it says that workers can't share that store", function () {
  const [exit] = this.outcome('exits')
  assert.match(exit?.stderr ?? '', /^error: The memory store [^\n]* workers cannot share it\. [^\n]*\n$/)
})

Then<World>(
  'each of them refuses her next request with {int} {reason}',
  async function (status: number, reason: Reason) {
    resultOf(this.answer())
    const answers = [...(await askEach(this, 'Priya', this.workers.length)).values()].flat()
    for (const answer of answers) assertProblem(answer, status, reason)
  },
)

Then<World>(
  'the first {int} are refused with {int} {reason}',
  function (count: number, status: number, reason: Reason) {
    const answers = this.outcome('answers').slice(0, count)
    assert.equal(answers.length, count)
    for (const answer of answers) assertProblem(answer, status, reason)
  },
)

Then<World>(
  'the other {int} are refused with {int} {reason}',
  function (count: number, status: number, reason: Reason) {
    for (const answer of this.outcome('answers').slice(-count)) assertProblem(answer, status, reason)
  },
)

Then<World>(
  'the draft of {profile} holds each server whose addition was acknowledged',
  async function (ref: ProfileRef) {
    const acknowledged = [...this.outcome('results').keys()]
    assert.ok(acknowledged.length > 0)
    const { payload } = await this.orchestrator.drafts.view(ref)
    const missing = acknowledged.filter((name) => !(name in payload.mcpServers))
    assert.deepEqual(missing, [])
  },
)

Then<World>('another worker takes its place', async function () {
  const [killed = 0] = this.workers
  const answered = await askEach(this, 'Priya', this.workers.length)
  assert.equal(answered.has(killed), false)
})

Then<World>('each of her requests is answered in full', async function () {
  const answers = this.outcome('answers')
  assert.equal(answers.length, this.workers.length)
  for (const answer of answers) assert.equal(resultOf<{ status: string }>(answer).status, 'added')
})

Then<World>(
  'the server exits with {int} within {int} seconds, its log telling the start and the end of the stop',
  async function (code: number, seconds: number) {
    const { startedAt } = this.attempted()
    const exit = await this.serverAt(0).running.exit
    assert.deepEqual([exit.code, exit.signal], [code, null], exit.stderr)
    assert.ok(Date.now() - startedAt < seconds * 1000)
    assert.match(exit.stderr, /Shutting down gracefully\.\.\..*Server shut down gracefully/s)
  },
)

/** Asks until so many workers have answered; all answers, by the process that gave them. */
async function askEach(
  world: World,
  person: Person,
  count: number,
): Promise<ReadonlyMap<number, readonly Answer[]>> {
  const byWorker = new Map<number, Answer[]>()
  while (byWorker.size < count) {
    const answer = await world.request(person, '/v1/clients')
    const worker = await workerOf(world, answer)
    byWorker.set(worker, [...(byWorker.get(worker) ?? []), answer])
  }
  return byWorker
}

/** Which process gave an answer, by its line in the log. */
async function workerOf(world: World, { headers }: Answer): Promise<number> {
  const line = new RegExp(`"pid":(\\d+),[^\\n]*"request_id":"${headers['x-request-id']}"`)
  const [, pid] = await outputMatch(world.serverAt(0).running, line)
  return Number(pid)
}

function addServer(world: World, person: Person, ref: ProfileRef, name: string): Promise<Answer> {
  const body = { server_id: 'memory', server_name: name }
  return world.request(person, `${configPath(ref)}/draft/add`, { method: 'POST', body })
}

/** A connection that a worker had, or was about to get, when it was killed brings no answer. */
async function answerOrNone(answer: Promise<Answer>): Promise<Answer | undefined> {
  return await Promise.race([answer.catch(() => undefined), pause(5_000, undefined, { ref: false })])
}

function killOne({ workers: [pid = 0] }: World): void {
  process.kill(pid, 'SIGKILL')
}
