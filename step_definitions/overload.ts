import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { eventually } from '../test/support/eventually.ts'
import { startBusyApp } from './support/busy-app.ts'
import { attemptDeed } from './support/deed.ts'
import { resultOf } from './support/http.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import { callSlowly } from './support/slow-caller.ts'
import type { World } from './support/world.ts'

Given<World>("{person} holds a token for the server in Omar's app", async function (person: Person) {
  await startFor(this, person)
})

Given<World>(
  '{person} holds a token for a server that gives a request {int} ms to arrive',
  async function (person: Person, requestTimeoutMs: number) {
    await startFor(this, person, { requestTimeoutMs })
  },
)

Given<World>('the app leaves the server no time', async function () {
  await appOf(this).holdUp()
})

Given<World>(
  'the app leaves the server no time, and {person} was refused {int} times',
  async function (person: Person, times: number) {
    await appOf(this).holdUp()
    const refused = Array.from({ length: times }, () => this.request(person, '/v1/clients'))
    for (const { status } of await Promise.all(refused)) assert.equal(status, 503)
  },
)

When<World>(
  '{person} lists the clients on {int} connections at once',
  async function (person: Person, count: number) {
    await this.attempt('answers', () =>
      Promise.all(Array.from({ length: count }, () => this.request(person, '/v1/clients'))),
    )
  },
)

When<World>('the app leaves the server time again', async function () {
  await attemptDeed(this, () => appOf(this).relent())
})

When<World>(
  'Mallory opens {int} connections on which she sends nothing, half a head or half a body',
  async function (count: number) {
    const { authorization = '' } = this.credentials.get('Priya') ?? {}
    const begun = `host: localhost\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\n`
    const halves = [
      '',
      'GET /v1/clients HTTP/1.1\r\nhost: local',
      `POST /v1/config/cursor/work/draft/add HTTP/1.1\r\n${begun}content-length: 100\r\n\r\n{"server_id":`,
    ]
    await this.attempt('slowCallers', () =>
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          callSlowly(this.url, halves[index % halves.length] ?? ''),
        ),
      ),
    )
  },
)

Then<World>('it is told in how many seconds to come back', function () {
  assert.match(String(this.answer().headers['retry-after']), /^[1-9]\d*$/)
})

Then<World>(
  'each answer lists the clients, or is refused with {int} {reason}',
  function (status: number, reason: Reason) {
    for (const answer of this.outcome('answers'))
      if (answer.status === 200) assert.ok(resultOf<{ clients: unknown[] }>(answer).clients.length > 0)
      else assertProblem(answer, status, reason)
  },
)

Then<World>('there are some of both', function () {
  const statuses = new Set(this.outcome('answers').map(({ status }) => status))
  assert.equal(statuses.size, 2)
})

Then<World>('{person} is answered as before', async function (person: Person) {
  this.outcome('doneAt')
  await eventually(async () => resultOf(await this.request(person, '/v1/clients')))
})

Then<World>('the log tells once that requests were refused, and once that it is over', async function () {
  const { log } = appOf(this)
  await eventually(() => assert.equal(log.at(-1)?.msg, 'no longer overloaded'))
  assert.deepEqual(
    log.map(({ msg }) => msg),
    ['overloaded: what would have to wait too long is refused', 'no longer overloaded'],
  )
  assert.ok((log.at(-1)?.refused ?? 0) >= 3)
})

Then<World>('{person} is answered meanwhile', async function (person: Person) {
  resultOf(await this.request(person, '/v1/clients'))
})

Then<World>(
  'each of them is closed, those that had begun with {int} {reason}',
  async function (status: number, { code }: Reason) {
    const refusal = new RegExp(`^HTTP/1.1 ${status} .*"code":"${code}"`, 's')
    for (const { sent, received } of this.outcome('slowCallers')) {
      const answer = await received
      if (sent !== '') assert.match(answer, refusal)
    }
  },
)

async function startFor(
  world: World,
  person: Person,
  options?: Parameters<typeof startBusyApp>[1],
): Promise<void> {
  const { token } = await world.orchestrator.tokens.generate({ name: person })
  world.credentials.set(person, { authorization: `Bearer ${token}` })
  const app = await startBusyApp(world.orchestrator, options)
  world.busyApp = app
  world.url = app.url
  world.stops.push(() => app.close())
  world.stops.push(() => app.relent())
}

function appOf({ busyApp }: World) {
  assert.ok(busyApp, 'No app was started.')
  return busyApp
}
