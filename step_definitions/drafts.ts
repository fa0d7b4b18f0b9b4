import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Payload, ProfileRef } from '../src/index.ts'
import { attemptDeed } from './support/deed.ts'
import { resultOf, send } from './support/http.ts'
import { startServer } from './support/http-command.ts'
import { runOperation } from './support/own-command.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import { configPath, toInput, type World } from './support/world.ts'

interface Draft {
  readonly draft: Payload
  readonly server_count: number
  readonly servers: readonly string[]
  readonly revision: number
}

Given<World>(
  'the draft of {profile} holds {servers}',
  async function (ref: ProfileRef, servers: readonly string[]) {
    for (const serverId of servers) await this.orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  'the draft of {profile} can be signed and holds {servers}',
  async function (ref: ProfileRef, servers: readonly string[]) {
    await this.orchestrator.keys.initialize()
    for (const serverId of servers) await this.orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  'the draft of {profile} can be signed but holds two servers over "sse", which zed does not speak',
  async function (ref: ProfileRef) {
    const [remote] = await this.orchestrator.catalogue.list({ transport: 'sse' })
    assert.ok(remote, 'The catalogue has no server over sse.')
    await this.orchestrator.keys.initialize()
    for (const serverName of ['first', 'second'])
      await this.orchestrator.drafts.add(ref, { serverId: remote.serverId, serverName })
  },
)

When<World>(
  '{person} adds {string} to the draft of {profile}',
  async function (person: Person, serverId: string, ref: ProfileRef) {
    await this.perform(person, 'add_server_to_config', toInput(ref, { server_id: serverId }))
  },
)

When<World>(
  'Omar adds {string} to the draft of {profile} with the command',
  async function (serverId: string, ref: ProfileRef) {
    const input = toInput(ref, { server_id: serverId })
    await attemptDeed(this, () => runOperation(this, 'add_server_to_config', input))
  },
)

When<World>(
  'Omar adds {string} to the draft of {profile} through a second server',
  async function (serverId: string, ref: ProfileRef) {
    const { token } = await this.orchestrator.tokens.generate({ name: 'Omar' })
    const headers = { authorization: `Bearer ${token}` }
    const { url } = await startServer(this)
    await attemptDeed(this, async () => {
      const request = { method: 'POST', headers, body: { server_id: serverId } } as const
      resultOf(await send(`${url}${configPath(ref)}/draft/add`, request))
    })
  },
)

When<World>(
  '{person} removes {string} from the draft of {profile}',
  async function (person: Person, serverName: string, ref: ProfileRef) {
    await this.perform(person, 'remove_server_from_config', toInput(ref, { server_name: serverName }))
  },
)

When<World>('{person} views the draft of {profile}', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'view_draft_config', toInput(ref))
})

When<World>('{person} clears the draft of {profile}', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'clear_draft_config', toInput(ref))
})

When<World>('{person} validates the draft of {profile}', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'validate_config', toInput(ref))
})

When<World>(
  '{person} adds a server to the draft of {profile} without saying which',
  async function (person: Person, ref: ProfileRef) {
    await this.ask(person, `${configPath(ref)}/draft/add`, { method: 'POST', body: {} })
  },
)

When<World>(
  '{person} sends a body that breaks off in the middle to the draft of {profile}',
  async function (person: Person, ref: ProfileRef) {
    await this.ask(person, `${configPath(ref)}/draft/add`, { method: 'POST', body: '{"server_id": "time"' })
  },
)

Then<World>('the answer says {string} and counts {int} server(s)', function (status: string, count: number) {
  const answer = this.result<{ status: string; server_count: number }>()
  assert.equal(answer.status, status)
  assert.equal(answer.server_count, count)
})

Then<World>(
  'the answer says {string} and counts {int} servers before',
  function (status: string, count: number) {
    const answer = this.result<{ status: string; previous_count: number }>()
    assert.equal(answer.status, status)
    assert.equal(answer.previous_count, count)
  },
)

Then<World>(
  'the draft of {profile} now holds {servers}',
  async function (ref: ProfileRef, servers: readonly string[]) {
    const { draft } = await viewDraft(this, ref)
    assert.deepEqual(Object.keys(draft.mcpServers), servers)
  },
)

Then<World>('the draft of {profile} is now empty', async function (ref: ProfileRef) {
  const { draft, server_count } = await viewDraft(this, ref)
  assert.deepEqual(draft, { mcpServers: {} })
  assert.equal(server_count, 0)
})

Then<World>(
  'removing {string} from the draft of {profile} again is refused with {int} {reason}',
  async function (serverName: string, ref: ProfileRef, status: number, reason: Reason) {
    const path = `${configPath(ref)}/draft/remove`
    const answer = await this.request('Priya', path, { method: 'POST', body: { server_name: serverName } })
    assertProblem(answer, status, reason)
  },
)

Then<World>(
  'it shows {int} servers, {servers}, and how each is started',
  function (count: number, servers: readonly string[]) {
    const view = this.result<Draft>()
    assert.equal(view.server_count, count)
    assert.deepEqual(view.servers, servers)
    assert.deepEqual(Object.keys(view.draft.mcpServers), servers)
    for (const entry of Object.values(view.draft.mcpServers)) {
      assert.equal(entry.type, 'stdio')
      assert.match('command' in entry ? entry.command : '', /^(npx|uvx)$/)
    }
  },
)

Then<World>('its revision rises with the next change', async function () {
  const ref = { clientId: 'cursor', profileId: 'work' }
  const { revision } = this.result<Draft>()
  const unchanged = await viewDraft(this, ref)
  await this.orchestrator.drafts.remove(ref, 'time')
  const changed = await viewDraft(this, ref)
  assert.equal(unchanged.revision, revision)
  assert.ok(changed.revision > revision, `${revision} → ${changed.revision}`)
})

Then<World>('it is valid, without an error, and counts {int} servers', function (count: number) {
  const validation = this.result<{ valid: boolean; errors: unknown; server_count: number }>()
  assert.equal(validation.valid, true)
  assert.deepEqual(validation.errors, [])
  assert.equal(validation.server_count, count)
})

/** As Priya sees it. */
export function viewDraft(world: World, ref: ProfileRef): Promise<Draft> {
  return world.look('view_draft_config', toInput(ref))
}
