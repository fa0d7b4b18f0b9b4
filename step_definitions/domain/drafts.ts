import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { JsonValue, ProfileRef, ServerEntry, StdioEntry } from '../../src/index.ts'
import { viewDraft } from '../drafts.ts'
import type { Person } from '../support/parameter-types.ts'
import { toInput, type World } from '../support/world.ts'

Given<World>(
  '{person} has added {string} to the draft of {profile}',
  async function (_person: Person, serverId: string, ref: ProfileRef) {
    await this.orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  '{person} has cleared the draft of {profile}',
  async function (_person: Person, ref: ProfileRef) {
    await this.orchestrator.drafts.clear(ref)
  },
)

Given<World>(
  'the draft of {profile} holds {string} with the variable {string} set to {string}',
  async function (ref: ProfileRef, serverId: string, variable: string, value: string) {
    await this.orchestrator.drafts.add(ref, { serverId, envVars: { [variable]: value } })
  },
)

When<World>(
  '{person} adds {string} to the draft of {profile} as {string}',
  async function (person: Person, serverId: string, ref: ProfileRef, serverName: string) {
    const input = toInput(ref, { server_id: serverId, server_name: serverName })
    await this.perform(person, 'add_server_to_config', input)
  },
)

When<World>(
  '{person} adds {string} to the draft of {profile} with:',
  async function (person: Person, serverId: string, ref: ProfileRef, table: DataTable) {
    const given = { params: valuesOf(table, 'parameter'), env_vars: valuesOf(table, 'variable') }
    await this.perform(person, 'add_server_to_config', toInput(ref, { server_id: serverId, ...given }))
  },
)

Then<World>(
  'the draft of {profile} now gives {string} the variables:',
  async function (ref: ProfileRef, serverName: string, table: DataTable) {
    this.result()
    const { draft } = await viewDraft(this, ref)
    assertVariables(draft.mcpServers[serverName], table)
  },
)

Then<World>(
  'the draft of {profile} now starts {string} with {string}',
  async function (ref: ProfileRef, serverName: string, commandLine: string) {
    this.result()
    const { draft } = await viewDraft(this, ref)
    const { command, args } = draft.mcpServers[serverName] as StdioEntry
    assert.equal([command, ...args].join(' '), commandLine)
  },
)

Then<World>('it shows an empty draft of revision {int}', function (revision: number) {
  const nothing = { draft: { mcpServers: {} }, server_count: 0, servers: [] }
  assert.deepEqual(this.result(), { ...nothing, revision })
})

/** By the environment variables' names, in their order. */
export function assertVariables(entry: ServerEntry | undefined, table: DataTable): void {
  assert.ok(entry?.type === 'stdio', `There is no such server: ${JSON.stringify(entry)}`)
  assert.deepEqual(
    Object.entries(entry.env).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    table.raw(),
  )
}

/** The rows of one kind as an object; a name that stands twice has a list of values. */
function valuesOf(table: DataTable, kind: string): Readonly<Record<string, JsonValue>> {
  const rows = table.raw().filter(([first]) => first === kind)
  const names = [...new Set(rows.map(([, name = '']) => name))]
  const valuesAt = (name: string) => rows.flatMap(([, other, value = '']) => (other === name ? [value] : []))
  return Object.fromEntries(names.map((name) => [name, oneOrAll(valuesAt(name))]))
}

function oneOrAll(values: readonly string[]): JsonValue {
  const [first = null, ...more] = values
  return more.length > 0 ? values : first
}
