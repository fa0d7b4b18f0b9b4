import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import { type Answer, resultOf } from './support/http.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { answersOf, type Reading, read, refusalCodesOf, type Subject } from './support/reading.ts'
import { etagOf, goOnReading, ifNoneMatch, lastRead, readNext } from './support/steady-reader.ts'
import { toInput, type World } from './support/world.ts'

const work = toInput({ clientId: 'cursor', profileId: 'work' })

const subjects: Readonly<Record<string, Subject>> = {
  'the clients': { operationId: 'list_clients', input: {} },
  'the catalogue': { operationId: 'list_available_servers', input: { limit: 1000 } },
  'the draft of cursor/work': {
    operationId: 'view_draft_config',
    input: work,
    toolInput: { stage: 'draft' },
  },
  'the configuration of cursor/work': { operationId: 'get_config', input: work },
  'the releases of cursor/work': { operationId: 'get_config', input: { ...work, history: 5 } },
}

defineParameterType({
  name: 'subject',
  regexp: Object.keys(subjects).join('|'),
  transformer: (what): Subject | undefined => subjects[what],
})

Given<World>('Priya goes on reading {subject}', async function (subject: Subject) {
  const { rest } = await read(this, 'Priya', subject)
  resultOf(rest)
  goOnReading(this, { subject, etag: etagOf(rest) })
})

Given<World>('Priya goes on asking whether she has {subject}', async function (subject: Subject) {
  const { rest } = await read(this, 'Priya', subject)
  const etag = etagOf(rest)
  assert.equal(await statusFor(this, subject, etag), 304)
  goOnReading(this, { subject, etag }, ifNoneMatch(etag))
})

Given<World>(
  'Priya goes on being refused {subject} for {reason}',
  async function (subject: Subject, { code }: Reason) {
    const codes = refusalCodesOf(await read(this, 'Priya', subject))
    assert.deepEqual(new Set(codes), new Set([code]))
    goOnReading(this, { subject })
  },
)

When<World>('Priya reads the clients with a token that ends meanwhile', async function () {
  const { token, record } = await this.orchestrator.tokens.generate({ name: 'Priya', expiresInMs: 1_500 })
  this.credentials.set('Priya', { authorization: `Bearer ${token}` })
  const endsAt = Date.parse(record.expiresAt ?? '')
  await this.attempt('answers', async () => {
    const late: Answer[] = []
    while (late.length < 12) {
      const hasEnded = Date.now() >= endsAt
      const { rest, agents } = await read(this, 'Priya', theClients)
      if (hasEnded) late.push(rest, ...agents)
    }
    return late
  })
})

When<World>('Priya and Omar read the clients in turn', async function () {
  await this.attempt('results', async () => {
    const readings = new Map<string, Reading>()
    for (let round = 0; round < 5; round += 1)
      for (const person of ['Priya', 'Omar'] as const)
        readings.set(`${person} ${round}`, await read(this, person, theClients))
    return readings
  })
})

Then<World>('her very next answers hold release {int}', async function (sequence: number) {
  for (const { metadata } of await readNext<Configuration>(this)) assert.equal(metadata.sequence, sequence)
})

Then<World>(
  'her very next answers hold release {int}, and release {int} before it',
  async function (sequence: number, former: number) {
    for (const { metadata, history } of await readNext<Configuration>(this)) {
      assert.equal(metadata.sequence, sequence)
      assert.deepEqual(
        history?.map((each) => each.sequence),
        [former],
      )
    }
  },
)

Then<World>('her very next answers hold {servers}', async function (servers: readonly string[]) {
  for (const answer of await readNext<{ servers: readonly string[] }>(this))
    assert.deepEqual(answer.servers, servers)
})

Then<World>(
  'her very next answers list the profile {string} of {string}',
  async function (profileId: string, clientId: string) {
    for (const { clients: all } of await readNext<Clients>(this))
      assert.deepEqual(all.find((each) => each.client_id === clientId)?.profiles, [profileId])
  },
)

Then<World>('her very next answers list the server {string}', async function (serverId: string) {
  for (const answer of await readNext<Servers>(this)) assert.ok(serverIds(answer).includes(serverId))
})

Then<World>("her very next answers don't list the server {string}", async function (serverId: string) {
  for (const answer of await readNext<Servers>(this)) assert.ok(!serverIds(answer).includes(serverId))
})

Then<World>('they have another ETag, which is good in turn', async function () {
  const { subject, etag } = await lastRead(this)
  const { rest } = await read(this, 'Priya', subject)
  assert.notEqual(etagOf(rest), etag)
  assert.equal(await statusFor(this, subject, etagOf(rest)), 304)
})

Then<World>('her very next requests are refused for {reason}', async function ({ code }: Reason) {
  this.outcome('doneAt')
  const { subject, etag } = await lastRead(this)
  const conditional = await read(this, 'Priya', subject, ifNoneMatch(etag))
  const plain = await read(this, 'Priya', subject)
  for (const reading of [conditional, plain])
    assert.deepEqual(
      refusalCodesOf(reading),
      [reading.rest, ...reading.agents].map(() => code),
    )
})

Then<World>('each request from its end on is refused for {reason}', function ({ code }: Reason) {
  const codes = this.outcome('answers').map(({ text }) => JSON.parse(text).code)
  assert.deepEqual(new Set(codes), new Set([code]))
})

Then<World>(
  'her answers name that file, at the latest those of which she asks a second after it came',
  async function () {
    const cameAt = this.outcome('doneAt')
    await lastRead(this)
    for (let isNamed = false; !isNamed; ) {
      const askedAt = performance.now()
      const answers = answersOf<Clients>(await read(this, 'Priya', theClients))
      isNamed = answers.every((answer) => /\.jsonc$/.test(clientOf(answer, 'amp').config_path ?? ''))
      assert.ok(isNamed || askedAt < cameAt + 1_000, 'The file is not named, though it came a second before.')
    }
  },
)

Then<World>(
  "each of {person}'s answers lists {string} and no other client",
  function (person: Person, clientId: string) {
    for (const answer of readingsOf(this, person).flatMap(answersOf<Clients>))
      assert.deepEqual(clientIds(answer), [clientId])
  },
)

Then<World>("each of {person}'s answers lists every client", function (person: Person) {
  const all = this.orchestrator.clients.map(({ clientId }) => clientId)
  for (const answer of readingsOf(this, person).flatMap(answersOf<Clients>))
    assert.deepEqual(clientIds(answer), all)
})

Then<World>(
  "each of {person}'s requests is refused for {reason}",
  function (person: Person, { code }: Reason) {
    const codes = readingsOf(this, person).flatMap(refusalCodesOf)
    assert.deepEqual(new Set(codes), new Set([code]))
  },
)

interface Configuration {
  readonly metadata: { readonly sequence: number }
  readonly history?: readonly { readonly sequence: number }[]
}

interface Clients {
  readonly clients: readonly {
    readonly client_id: string
    readonly config_path: string | null
    readonly profiles: readonly string[]
  }[]
}

interface Servers {
  readonly servers: readonly { readonly server_id: string }[]
}

const theClients: Subject = { operationId: 'list_clients', input: {} }

function readingsOf(world: World, person: Person): readonly Reading[] {
  const readings = [...world.outcome('results')].filter(([key]) => key.startsWith(person))
  assert.equal(readings.length, 5)
  return readings.map(([, reading]) => reading as Reading)
}

async function statusFor(world: World, subject: Subject, etag: string): Promise<number> {
  return (await read(world, 'Priya', subject, ifNoneMatch(etag))).rest.status
}

function clientOf({ clients: all }: Clients, clientId: string) {
  return all.find((each) => each.client_id === clientId) ?? assert.fail(`${clientId} is not listed.`)
}

function clientIds({ clients: all }: Clients): readonly string[] {
  return all.map(({ client_id }) => client_id)
}

function serverIds({ servers }: Servers): readonly string[] {
  return servers.map(({ server_id }) => server_id)
}
