import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Then, When } from '@cucumber/cucumber'
import { type Operation, operations, type ProfileRef } from '../src/index.ts'
import { viewDraft } from './drafts.ts'
import { toRequest } from './support/endpoints.ts'
import { resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { callTool, toolNames } from './support/stdio.ts'
import { configPath, type Pair, toInput, type World } from './support/world.ts'

type Input = Readonly<Record<string, unknown>>
type Result = Readonly<Record<string, unknown>>

const work = { clientId: 'cursor', profileId: 'work' }
const profile = { client_id: work.clientId, profile_id: work.profileId }
const fileBefore = '{ "mcpServers": {} }\n'

/** What each operation is given at both doors, by its id. */
const inputs: Readonly<Record<string, Input>> = {
  list_clients: {},
  list_profiles: { client_id: work.clientId },
  get_config: { ...profile, history: 10 },
  diff_config: { ...profile, local_payload: { mcpServers: {} } },
  add_server_to_config: { ...profile, server_id: 'fetch' },
  remove_server_from_config: { ...profile, server_name: 'time' },
  view_draft_config: profile,
  clear_draft_config: profile,
  validate_config: profile,
  publish_config: profile,
  deploy_config: profile,
  list_available_servers: { transport: 'stdio' },
  describe_server: { server_id: 'filesystem' },
  initialize_keys: {},
}

/** How a tool with two answers is asked for the second, where the input alone doesn't tell. */
const toolArguments: Readonly<Record<string, (world: World) => Promise<Input>>> = {
  view_draft_config: async () => ({ stage: 'draft' }),
  clear_draft_config: async (world) => {
    const { revision } = await world.orchestrator.drafts.view(work)
    return { all: true, expected_revision: revision }
  },
}

/** What answers otherwise the second time: performed twice, so that both answers are compared. */
const performedTwice: readonly string[] = ['publish_config', 'initialize_keys']

/** A release is new once only, so each door publishes an equal draft at a profile of its own. */
const publishedAt = {
  http: { clientId: 'cursor', profileId: 'over-http' },
  stdio: { clientId: 'cursor', profileId: 'over-stdio' },
}

When<World>('{person} performs each operation over HTTP and over stdio', async function (person: Person) {
  await this.attempt('pairs', async () => {
    const pairs: Pair[] = []
    for (const operation of operations) pairs.push(await performAtBothDoors(this, person, operation))
    return pairs
  })
})

When<World>(
  '{person} lists the profiles of {string} over HTTP and over stdio at the same moment',
  async function (person: Person, clientId: string) {
    await this.attempt('pairs', async () => {
      const [answer, result] = await Promise.all([
        this.request(person, `/v1/clients/${clientId}/profiles`),
        callTool(this.stdioServer, 'list_clients', { client_id: clientId }),
      ])
      const overStdio = withoutDiscriminator(result, 'list_profiles')
      return [{ operation: 'list_profiles', overHttp: resultOf(answer), overStdio }]
    })
  },
)

Then<World>(
  'the 14 endpoints gave what the 10 tools gave, but for the discriminator and the moment',
  async function () {
    const pairs = this.outcome('pairs')
    const tools = new Set(operations.map(({ tool }) => tool))
    assert.deepEqual([...tools].toSorted(), (await toolNames(this.stdioServer)).toSorted())
    assert.deepEqual([pairs.length, tools.size], [14, 10])
    for (const { operation, overHttp, overStdio } of pairs) assert.deepEqual(overStdio, overHttp, operation)
    assert.deepEqual(
      pairs.flatMap(({ overHttp }) => statusesOf(overHttp)).join(' '),
      'diverged added removed cleared published unchanged deployed initialized already_exists',
    )
  },
)

Then<World>(
  'both gave the same answer, with the artifact that was published last for {string}',
  function (profileId: string) {
    const [pair, ...more] = this.outcome('pairs')
    assert.ok(pair && more.length === 0)
    assert.deepEqual(pair.overStdio, pair.overHttp)
    assert.partialDeepStrictEqual(pair.overHttp, {
      profiles: [{ profile_id: profileId, latest_artifact_id: this.artifactId, sequence: 1 }],
      count: 1,
    })
  },
)

Then<World>(
  'a server added to {profile} at one door is seen at the other, whichever comes first',
  async function (ref: ProfileRef) {
    const before = (await viewDraft(this, ref)).servers
    await callTool(this.stdioServer, 'add_server_to_config', toInput(ref, { server_id: 'time' }))
    assert.deepEqual((await viewDraft(this, ref)).servers, [...before, 'time'])
    const path = `${configPath(ref)}/draft/add`
    resultOf(await this.request('Priya', path, { method: 'POST', body: { server_id: 'fetch' } }))
    const { servers } = await callTool(this.stdioServer, 'get_config', toInput(ref, { stage: 'draft' }))
    assert.deepEqual(servers, [...before, 'time', 'fetch'])
  },
)

async function performAtBothDoors(world: World, person: Person, operation: Operation): Promise<Pair> {
  const overHttp = await perform(world, operation, 'http', async (input) => {
    const { path, ...request } = toRequest(operation, input)
    return resultOf<Result>(await world.request(person, path, request))
  })
  const overStdio = await perform(world, operation, 'stdio', async (input) => {
    const more = await toolArguments[operation.id]?.(world)
    const result = await callTool(world.stdioServer, operation.tool ?? '', { ...input, ...more })
    return withoutDiscriminator(result, operation.id)
  })
  return { operation: operation.id, overHttp, overStdio }
}

async function perform(
  world: World,
  operation: Operation,
  door: keyof typeof publishedAt,
  call: (input: Input) => Promise<Result>,
): Promise<readonly Result[]> {
  const input = inputs[operation.id]
  assert.ok(input, `The steps have no input for ${operation.id}.`)
  const ref = operation.id === 'publish_config' ? publishedAt[door] : work
  await prepare(world, operation, ref)
  const startedAt = Date.now()
  const results: Result[] = []
  for (let time = 0; time < (performedTwice.includes(operation.id) ? 2 : 1); time += 1) {
    const result = await call('profile_id' in input ? { ...input, profile_id: ref.profileId } : input)
    results.push(await withoutMoment(world, operation, ref, startedAt, result))
  }
  return results
}

/** What writes finds the same draft, the same file and no key each time. */
async function prepare(world: World, { id, scope }: Operation, ref: ProfileRef): Promise<void> {
  if (scope === 'read') return
  const { drafts } = world.orchestrator
  await drafts.clear(ref)
  for (const serverId of ['memory', 'time']) await drafts.add(ref, { serverId })
  if (id === 'deploy_config') await writeFile(world.cursorFile, fileBefore)
  if (id === 'initialize_keys') await rm(join(world.sandbox.home, 'keys', 'signing.pem'))
}

/** What can't be equal in two calls is held against what it must be instead, seen through the back door, and left out. */
async function withoutMoment(
  world: World,
  { id }: Operation,
  ref: ProfileRef,
  startedAt: number,
  result: Result,
): Promise<Result> {
  const isNow = (value: unknown) =>
    assert.ok(isBetween(startedAt, value, Date.now()), `${id}: ${value} is not now.`)
  const checks: Readonly<Record<string, (value: unknown) => unknown>> = {
    validated_at: isNow,
    deployed_at: isNow,
    profile_id: (value) => assert.equal(value, ref.profileId),
    revision: async (value) => assert.equal(value, (await world.orchestrator.drafts.view(ref)).revision),
    backup_path: async (value) => assert.equal(await readFile(String(value), 'utf8'), fileBefore),
    ...(id === 'publish_config' && { created_at: isNow }),
    ...(id === 'initialize_keys' && (await keyChecks(world))),
  }
  for (const [name, check] of Object.entries(checks)) if (name in result) await check(result[name])
  return Object.fromEntries(
    Object.entries(result).map(([name, value]) => [name, name in checks ? 'checked' : value]),
  )
}

/** Each door made a key of its own, which is the one that is there now. */
async function keyChecks({ orchestrator }: World) {
  const { signingKeyId, publicKeyPath, publicJwk } = await orchestrator.keys.initialize()
  return {
    signing_key_id: (value: unknown) => assert.equal(value, signingKeyId),
    public_key_path: (value: unknown) => assert.equal(value, publicKeyPath),
    public_jwk: (value: unknown) => assert.deepEqual(value, publicJwk),
  }
}

function isBetween(startedAt: number, value: unknown, endedAt: number): boolean {
  const at = Date.parse(String(value))
  return at >= startedAt && at <= endedAt
}

function withoutDiscriminator({ operation, ...result }: Result, expected: string): Result {
  assert.ok(operation === undefined || operation === expected, `${operation} is not ${expected}.`)
  return result
}

function statusesOf(results: object): readonly unknown[] {
  return (results as readonly Result[]).flatMap(({ status }) => status ?? [])
}
