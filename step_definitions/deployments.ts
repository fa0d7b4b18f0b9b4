import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import { publish } from './releases.ts'
import { writeClientFile } from './support/client-file.ts'
import { resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { toInput, type World } from './support/world.ts'

/** As an editor with tabs and Windows line ends leaves it. */
const herFile = [
  '{',
  '\t"telemetry":  false,',
  '\t"mcpServers": {',
  '\t\t"notes": { "command": "notes-server", "args": [ "--vault", "~/Notizbücher" ] }',
  '\t},',
  '\t"editor.fontSize": 13',
  '}',
  '',
].join('\r\n')

Given<World>('the file of "cursor" already holds settings and a server of Priya\'s own', async function () {
  await writeClientFile(this, 'cursor', herFile)
})

Given<World>(
  'the file of "cursor" holds an entry with the command {string} and nothing else',
  async function (command: string) {
    await writeClientFile(this, 'cursor', JSON.stringify({ mcpServers: { orchestrator: { command } } }))
  },
)

Given<World>(
  '{person} has deployed {profile} with {servers}',
  async function (_person: Person, ref: ProfileRef, servers: readonly string[]) {
    await publish(this, ref, servers)
    await this.orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
  },
)

Given<World>(
  '{person} has deployed {profile} with {servers} and published it again with {string} since',
  async function (_person: Person, ref: ProfileRef, servers: readonly string[], serverId: string) {
    await publish(this, ref, servers)
    await this.orchestrator.deployments.deploy(ref, { deployedBy: 'library' })
    await publish(this, ref, [serverId])
  },
)

When<World>('{person} deploys {profile}', async function (person: Person, ref: ProfileRef) {
  await this.perform(person, 'deploy_config', toInput(ref))
})

Then<World>('the answer says {string} and names the file of "cursor"', function (status: string) {
  const answer = resultOf<{ status: string; config_path: string }>(this.answer())
  assert.equal(answer.status, status)
  assert.equal(answer.config_path, this.cursorFile)
})

Then<World>(
  'the file of "cursor" now holds {string} beside every byte that stood there before',
  async function (serverName: string) {
    const text = await readFile(this.cursorFile, 'utf8')
    const { mcpServers } = JSON.parse(text)
    assert.deepEqual(Object.keys(mcpServers).toSorted(), [serverName, 'notes'].toSorted())
    assert.match(mcpServers[serverName].command, /^npx$/)
    assert.ok(isInsertionInto(herFile, text), text)
  },
)

/** Whether `after` is `before` with one piece put in somewhere. */
function isInsertionInto(before: string, after: string): boolean {
  let shared = 0
  while (shared < before.length && before[shared] === after[shared]) shared += 1
  return after.length > before.length && after.endsWith(before.slice(shared))
}
