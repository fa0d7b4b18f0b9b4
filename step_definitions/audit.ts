import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import {
  callOperation,
  createOrchestrator,
  type JsonValue,
  OrchestrationError,
  type ProfileRef,
  scopes,
} from '../src/index.ts'
import { type Input, operationOf } from './support/door.ts'
import { digestOf } from './support/envelope.ts'
import { runCommand } from './support/own-command.ts'
import type { Person } from './support/parameter-types.ts'
import { openWay, refusedOrNot } from './support/ways.ts'
import { toInput, type World } from './support/world.ts'

/** An entry as the log shows it. */
interface Entry {
  readonly sequence: number
  readonly phase: string
  readonly principal: string
  readonly door: string
  readonly operation: string
  readonly target: string | null
  readonly before: string | null
  readonly after: string | null
  readonly outcome: string | null
  readonly code: string | null
  readonly request_id: string | null
  readonly hash: string
}

const canaries = {
  secret: 'ghp_canaryInTheVault',
  parameter: '/home/priya/canary-in-a-parameter',
  changelog: 'The canary in the changelog',
}

defineParameterType({ name: 'actor', regexp: /her token|the process/, transformer: (name) => name })

Given<World>('{person} holds a token that may only read', async function (person: Person) {
  const { token, record } = await this.orchestrator.tokens.generate({ name: person, scopes: ['read'] })
  this.credentials.set(person, { authorization: `Bearer ${token}` })
  this.tokenId = record.id
  await this.serve()
})

Given<World>(
  '{person} has changed {profile} {int} times',
  async function (_person: Person, ref: ProfileRef, count: number) {
    for (let made = 0; made < count; made += 1)
      await act(this, 'add_server_to_config', toInput(ref, { server_id: 'memory', server_name: `m${made}` }))
  },
)

Given<World>('the draft of {profile} is published', async function (ref: ProfileRef) {
  await this.orchestrator.keys.initialize()
  await this.orchestrator.drafts.add(ref, { serverId: 'memory' })
  await this.orchestrator.releases.publish(ref)
})

/** The store takes the change and nothing any more: as if the power had gone in between. */
Given<World>(
  'a process died while {person} added {string} to {profile}',
  async function (person: Person, serverId: string, ref: ProfileRef) {
    const { store } = this.orchestrator
    let commits = 0
    const dying: typeof store = {
      ...store,
      commit: async (change) => {
        commits += 1
        if (commits > 2) throw new OrchestrationError('store_unavailable', 'The power is gone.')
        return await store.commit(change)
      },
    }
    const { home, env } = this.sandbox
    await using orchestrator = createOrchestrator({ home, env, store: dying })
    const input = toInput(ref, { server_id: serverId })
    const context = { orchestrator, principal: { id: person, scopes } }
    await assert.rejects(callOperation(operationOf('add_server_to_config'), context, input), {
      code: 'store_unavailable',
    })
    const { payload } = await this.orchestrator.drafts.view(ref)
    assert.deepEqual(Object.keys(payload.mcpServers), [serverId])
  },
)

When<World>(
  '{person} adds {string} to {profile} over {way}',
  async function (_person: Person, serverId: string, ref: ProfileRef, way: string) {
    const door = await openWay(this, way)
    await this.attempt('result', async () =>
      refusedOrNot(() => door.call('add_server_to_config', toInput(ref, { server_id: serverId }))),
    )
  },
)

When<World>(
  '{person} adds a server with a secret, a password among the parameters and a confidential changelog over {way}',
  async function (_person: Person, way: string) {
    const ref = { client_id: 'cursor', profile_id: 'work' }
    await this.orchestrator.keys.initialize()
    const door = await openWay(this, way)
    await this.attempt('result', async () => {
      const env_vars = { GITHUB_PERSONAL_ACCESS_TOKEN: canaries.secret }
      await door.call('add_server_to_config', { ...ref, server_id: 'github', env_vars })
      const params = { path: canaries.parameter }
      await door.call('add_server_to_config', { ...ref, server_id: 'filesystem', params })
      return await door.call('publish_config', { ...ref, changelog: canaries.changelog })
    })
  },
)

When<World>(
  '{person} looks at {profile}, validates it and deploys it as a dry run',
  async function (_person: Person, ref: ProfileRef) {
    const door = await openWay(this, 'http')
    await this.attempt('result', async () => {
      await door.call('get_config', toInput(ref))
      await door.call('validate_config', toInput(ref))
      return await door.call('deploy_config', toInput(ref, { dry_run: true }))
    })
  },
)

When<World>('Omar reads the log, {int} entries at a time', async function (limit: number) {
  const door = await openWay(this, 'http')
  await this.attempt('result', async () => {
    const pages: JsonValue[] = []
    for (let cursor: Input = {}; ; ) {
      const { entries = [], next_cursor } = await door.call('list_audit', { limit, ...cursor })
      pages.push(entries)
      if (next_cursor === undefined) return { pages }
      cursor = { cursor: next_cursor }
    }
  })
})

Then<World>(
  'the log says that {actor} began {word} on {profile} by {way}, and that it was done',
  async function (who: string, operation: string, { clientId, profileId }: ProfileRef, way: string) {
    this.outcome('result')
    const entries = await readLog(this)
    const principal = who === 'her token' ? this.tokenId : way
    const target = `${clientId}/${profileId}`
    assert.deepEqual(
      entries.map((entry) => [entry.principal, entry.door, entry.operation, entry.target, entry.phase]),
      ['begun', 'ended'].map((phase) => [principal, way, operation, target, phase]),
    )
    assert.deepEqual(
      entries.map(({ outcome, code }) => [outcome, code]),
      [
        [null, null],
        ['done', null],
      ],
    )
  },
)

Then<World>('it says what the draft was before and is now', async function () {
  const { payload } = await this.orchestrator.drafts.view({ clientId: 'cursor', profileId: 'work' })
  const [, { before, after } = {}] = await readLog(this)
  assert.deepEqual([before, after], [null, digestOf(payload)])
})

Then<World>('it can be found by the request id, where the door has one', async function () {
  const [{ door, request_id } = {}] = await readLog(this)
  const hasOne = door === 'http' || door === 'mcp'
  assert.equal(typeof request_id === 'string' && /^[0-9a-f-]{36}$/.test(request_id), hasOne)
})

Then<World>(
  'the log says that {word} on {profile} was refused with {string}',
  async function (operation: string, { clientId, profileId }: ProfileRef, code: string) {
    if (this.attempted().kind === 'answers') this.answer()
    else assert.deepEqual(this.outcome('result'), { refused: code })
    const last = (await readLog(this)).at(-1)
    assert.deepEqual(
      [last?.operation, last?.target, last?.phase, last?.outcome, last?.code],
      [operation, `${clientId}/${profileId}`, 'ended', 'refused', code],
    )
  },
)

Then<World>('the log names the token of {person}', async function (_person: Person) {
  assert.deepEqual(
    (await readLog(this)).map(({ principal }) => principal),
    [this.tokenId],
  )
})

Then<World>('the log is empty', async function () {
  this.outcome('result')
  assert.deepEqual(await readLog(this), [])
})

Then<World>('none of them is in the log, nor is the token with which she came', async function () {
  this.outcome('result')
  const { authorization = 'Bearer none' } = this.credentials.get('Priya') ?? {}
  const printed = await runCommand(this, 'audit', '--json')
  const stored = JSON.stringify(await this.orchestrator.store.list('audit'))
  assert.equal(printed.trim().split('\n').length, 6)
  for (const canary of [...Object.values(canaries), authorization.slice('Bearer '.length)])
    for (const text of [printed, stored]) assert.ok(!text.includes(canary), canary)
})

Then<World>('the pages together are the {int} entries, in order and each once', function (count: number) {
  const { pages } = this.outcome('result') as { readonly pages: readonly (readonly Entry[])[] }
  assert.ok(pages.length > 1)
  assert.deepEqual(
    pages.flat().map(({ sequence }) => sequence),
    Array.from({ length: count }, (_, index) => index + 1),
  )
})

/** By the back door, as a process of the same home. */
async function act({ orchestrator }: World, id: string, input: Input): Promise<void> {
  await callOperation(operationOf(id), { orchestrator, principal: { id: 'library', scopes } }, input)
}

async function readLog(world: World): Promise<readonly Entry[]> {
  const stdout = await runCommand(world, 'audit', '--json')
  return stdout.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : []))
}
