import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import { viewDraft } from './drafts.ts'
import { outputMatch } from './support/commands.ts'
import { inspectable, usedHeapBytes } from './support/heap.ts'
import { resultOf } from './support/http.ts'
import { serveHttp } from './support/http-command.ts'
import { percentile, repeat, timed } from './support/load.ts'
import type { Person } from './support/parameter-types.ts'
import { configPath, type World } from './support/world.ts'

/** How many requests are under way at once while the heap is watched, and how long all of them may take. */
const atOnce = 20
const heapTimeoutMs = 180_000

Given<World>('{person} holds a token for a server in a process of its own', async function (person: Person) {
  const { token } = await this.orchestrator.tokens.generate({ name: person })
  this.credentials.set(person, { authorization: `Bearer ${token}` })
  const running = await this.start(serveHttp, ['--port', '0'], { ...this.sandbox.env, ...inspectable })
  const [, url = ''] = await outputMatch(running, /Server running on (http:\/\/[0-9.:]+)/)
  this.loaded = running
  this.url = url
})

When<World>(
  '{person} lists the clients {int} times, {int} at a time',
  async function (person: Person, count: number, together: number) {
    await this.attempt('timedAnswers', () =>
      repeat(count, together, () => timed(() => this.request(person, '/v1/clients'))),
    )
  },
)

When<World>(
  '{person} adds {int} servers to the draft of {profile} and fetches {profile} {int} times, all at once',
  async function (person: Person, adds: number, draft: ProfileRef, published: ProfileRef, fetches: number) {
    const add = (index: number) =>
      this.request(person, `${configPath(draft)}/draft/add`, {
        method: 'POST',
        body: { server_id: 'memory', server_name: serverName(index) },
      })
    const fetch = () => this.request(person, configPath(published))
    const count = adds + fetches
    // In turns, so that neither kind is done with before the other begins.
    await this.attempt('timedAnswers', () =>
      repeat(count, count, (index) => timed(() => (index % 2 === 0 ? add(index / 2) : fetch()))),
    )
  },
)

When<World>(
  '{person} has warmed the server up with {int} requests and sends {int} more',
  { timeout: heapTimeoutMs },
  async function (person: Person, warmUp: number, count: number) {
    const { loaded } = this
    assert.ok(loaded, 'No server runs in a process of its own.')
    await this.attempt('load', async () => {
      await repeat(warmUp, atOnce, (index) => isAsExpected(this, person, index))
      const beforeBytes = await usedHeapBytes(loaded)
      const asExpected = await repeat(count, atOnce, (index) => isAsExpected(this, person, index))
      return { beforeBytes, afterBytes: await usedHeapBytes(loaded), asExpected }
    })
  },
)

Then<World>('all {int} answers list the clients', function (count: number) {
  const answers = this.outcome('timedAnswers').map(({ answer }) => answer)
  assert.equal(answers.length, count)
  const [first] = answers
  assert.ok(first && resultOf<{ clients: readonly unknown[] }>(first).clients.length >= 8)
  for (const answer of answers) assert.deepEqual([answer.status, answer.text], [200, first.text])
})

Then<World>(
  '{int} of 100 came within {int} ms, and {int} of 100 within {int} ms',
  function (most: number, mostMs: number, nearlyAll: number, nearlyAllMs: number) {
    const times = this.outcome('timedAnswers').map(({ afterMs }) => afterMs)
    assertPercentile(times, most, mostMs)
    assertPercentile(times, nearlyAll, nearlyAllMs)
  },
)

Then<World>(
  'all {int} answers are successes and came within {int} seconds',
  function (count: number, seconds: number) {
    const answers = this.outcome('timedAnswers')
    assert.equal(answers.length, count)
    for (const { answer } of answers) resultOf<object>(answer)
    assertPercentile(
      answers.map(({ afterMs }) => afterMs),
      100,
      seconds * 1000,
    )
  },
)

Then<World>(
  'the draft of {profile} now holds each of the {int} servers',
  async function (ref: ProfileRef, count: number) {
    const { servers } = await viewDraft(this, ref)
    const expected = Array.from({ length: count }, (_, index) => serverName(index))
    assert.deepEqual(servers.toSorted(), expected.toSorted())
  },
)

Then<World>('all {int} are answered with what they should be', function (count: number) {
  const { asExpected } = this.outcome('load')
  assert.equal(asExpected.length, count)
  const odd = asExpected.indexOf(false)
  assert.equal(odd, -1, `Request ${odd}, to ${requestAt(odd).path}, was not answered as it should be.`)
})

Then<World>('the heap of the server is within {int} percent of what it was', function (percent: number) {
  const { beforeBytes, afterBytes } = this.outcome('load')
  const growth = (afterBytes / beforeBytes - 1) * 100
  assert.ok(
    growth < percent,
    `It grew by ${growth.toFixed(1)} %, from ${beforeBytes} to ${afterBytes} bytes.`,
  )
})

/** What a day brings, in turns: reads, checks, changes that are kept, and refusals. */
const requests = [
  { path: '/v1/clients', status: 200 },
  { path: '/v1/config/cursor/work', status: 200 },
  { path: '/v1/servers/memory', status: 200 },
  { path: '/v1/servers/nonesuch', status: 404 },
  { path: '/v1/config/cursor/work/validate', method: 'POST', status: 200 },
  { path: '/v1/config/cursor/scratch/draft', method: 'DELETE', status: 200 },
  { path: '/v1/config/cursor/work/draft/add', method: 'POST', body: { server_id: 'memory' }, status: 409 },
  { path: '/v1/config/cursor/work/publish', method: 'POST', body: {}, status: 200 },
] as const

function requestAt(index: number): (typeof requests)[number] {
  return requests[index % requests.length] ?? requests[0]
}

async function isAsExpected(world: World, person: Person, index: number): Promise<boolean> {
  const { path, status, ...request } = requestAt(index)
  return (await world.request(person, path, request)).status === status
}

function serverName(index: number): string {
  return `memory-${index}`
}

function assertPercentile(times: readonly number[], share: number, withinMs: number): void {
  const value = percentile(times, share)
  assert.ok(value < withinMs, `${share} of 100 took up to ${value.toFixed(1)} ms.`)
}
