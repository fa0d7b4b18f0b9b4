import assert from 'node:assert/strict'
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import { dropServer, keepServer } from './domain/catalogue.ts'
import { type Answer, resultOf } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { answersOf, type Reading, read, readHead, refusalCodesOf, type Subject } from './support/reading.ts'
import { configPath, toInput, type World } from './support/world.ts'

type Headers = Readonly<Record<string, string>>

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

/** What Priya goes on reading in a scenario, and under which ETag she has it. */
const reads = new WeakMap<
  World,
  { readonly subject: Subject; readonly etag?: string; stop(): Promise<void> }
>()

Given<World>('Priya goes on reading {subject}', async function (subject: Subject) {
  const { rest } = await read(this, 'Priya', subject)
  resultOf(rest)
  reads.set(this, { subject, etag: etagOf(rest), stop: goOnReading(this, subject) })
})

Given<World>('Priya goes on asking whether she has {subject}', async function (subject: Subject) {
  const { rest } = await read(this, 'Priya', subject)
  const etag = etagOf(rest)
  assert.equal(await statusFor(this, subject, etag), 304)
  reads.set(this, { subject, etag, stop: goOnReading(this, subject, { 'if-none-match': etag }) })
})

Given<World>(
  'Priya goes on being refused {subject}, since Omar has taken the trusted key away',
  async function (subject: Subject) {
    await moveKeys(trusted(this), aside(this))
    const codes = refusalCodesOf(await read(this, 'Priya', subject))
    assert.deepEqual(new Set(codes), new Set(['signature_invalid']))
    reads.set(this, { subject, stop: goOnReading(this, subject) })
  },
)

Given<World>(
  "Omar has put a server {string} of the team's own into the catalogue",
  async function (serverId: string) {
    await keepServer(this, serverId, '@example/handbook')
  },
)

Given<World>(
  '{person} holds the API key of the server that Omar has started with the command',
  async function (person: Person) {
    const key = 'correct horse battery staple'
    this.credentials.set(person, { 'x-api-key': key })
    const server = await startServer(this, [], { ...this.sandbox.env, MCP_ORCHESTRATION_API_KEY: key })
    this.servers.push(server)
    this.url = server.url
  },
)

When<World>(
  'Omar publishes {profile} with {string} as well, with the command',
  async function (ref: ProfileRef, serverId: string) {
    await this.attempt('exits', async () => [
      await call(this, 'add_server_to_config', { ...toInput(ref), server_id: serverId }),
      await call(this, 'publish_config', toInput(ref)),
    ])
  },
)

When<World>(
  'Omar adds {string} to the draft of {profile} through a second server',
  async function (serverId: string, ref: ProfileRef) {
    const { token } = await this.orchestrator.tokens.generate({ name: 'Omar' })
    const headers = { authorization: `Bearer ${token}` }
    const { url } = await startServer(this)
    const first = this.url
    await change(this, async () => {
      this.url = url
      this.credentials.set('Omar', headers)
      const path = `${configPath(ref)}/draft/add`
      resultOf(await this.request('Omar', path, { method: 'POST', body: { server_id: serverId } }))
      this.url = first
    })
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

When<World>('Omar takes the trusted key away', async function () {
  await change(this, () => moveKeys(trusted(this), aside(this)))
})

When<World>('Omar puts the trusted key back', async function () {
  await change(this, () => moveKeys(aside(this), trusted(this)))
})

When<World>(
  "Omar puts a server {string} of the team's own into the catalogue",
  async function (serverId: string) {
    await change(this, () => keepServer(this, serverId, '@example/handbook'))
  },
)

When<World>('Omar takes the server {string} out of the catalogue', async function (serverId: string) {
  await change(this, () => dropServer(this, serverId))
})

When<World>('the client {string} gets a file of another name', async function (clientId: string) {
  const { file } = await listed(this, clientId)
  await change(this, async () => {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(`${file}c`, '{}')
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
  assertDone(this)
  const { subject, etag } = await lastRead(this)
  const conditional = await read(this, 'Priya', subject, etag ? { 'if-none-match': etag } : {})
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

/** Something that Omar does beside the server. */
async function change(world: World, act: () => Promise<unknown>): Promise<void> {
  await world.attempt('doneAt', async () => {
    await act()
    return performance.now()
  })
}

function call(world: World, tool: string, input: object) {
  return world.run('mcp-orchestration', 'call', tool, '--json', JSON.stringify(input))
}

function assertDone(world: World): void {
  if (world.attempted().kind !== 'exits') world.outcome('doneAt')
  else for (const { code, stderr } of world.outcome('exits')) assert.equal(code, 0, stderr)
}

/** What she is answered after the change: first of all to the question whether what she has is still good. */
async function readNext<T extends object>(world: World): Promise<readonly T[]> {
  assertDone(world)
  const { subject, etag } = await lastRead(world)
  const first = await read(world, 'Priya', subject, etag ? { 'if-none-match': etag } : {})
  const head = await readHead(world, 'Priya', subject)
  assert.equal(etagOf(head), etagOf(first.rest))
  assert.notEqual(etagOf(first.rest), etag)
  return answersOf<T>(first)
}

/** Again and again, so that what she was answered is kept when a change comes; answers how to stop. */
function goOnReading(world: World, subject: Subject, headers: Headers = {}): () => Promise<void> {
  const stopping = new AbortController()
  const over = goOn()
  const stop = () => {
    stopping.abort()
    return over
  }
  world.stops.push(stop)
  return stop

  async function goOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      const { rest } = await read(world, 'Priya', subject, headers)
      // Whoever goes on with a wrong credential is told to wait, and that is another refusal.
      if (rest.status === 401) return
      await pause(pauseMs)
    }
  }
}

/** Short against the second for which an answer is kept at the most. */
const pauseMs = 20

/** What she has read, as soon as she has stopped. */
async function lastRead(world: World) {
  const last = reads.get(world) ?? assert.fail('Priya has read nothing.')
  await last.stop()
  return last
}

function readingsOf(world: World, person: Person): readonly Reading[] {
  const readings = [...world.outcome('results')].filter(([key]) => key.startsWith(person))
  assert.equal(readings.length, 5)
  return readings.map(([, reading]) => reading as Reading)
}

async function statusFor(world: World, subject: Subject, etag: string): Promise<number> {
  return (await read(world, 'Priya', subject, { 'if-none-match': etag })).rest.status
}

function etagOf({ headers }: Answer): string {
  return headers.etag ?? assert.fail('It has no ETag.')
}

function trusted({ sandbox }: World): string {
  return join(sandbox.home, 'keys', 'trusted')
}

function aside({ sandbox }: World): string {
  return join(sandbox.userHome, 'aside')
}

async function moveKeys(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of await readdir(from)) await rename(join(from, file), join(to, file))
}

async function listed(world: World, clientId: string): Promise<{ readonly file: string }> {
  const { rest } = await read(world, 'Priya', theClients)
  const { config_path } = clientOf(resultOf<Clients>(rest), clientId)
  return { file: config_path ?? assert.fail(`${clientId} has no file.`) }
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
