import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { AuditEntry, Scope } from '../../src/index.ts'
import { resultOf, send } from '../../step_definitions/support/http.ts'
import { type LocalServer, startLocalServer } from '../support/authentication/local-server.ts'
import { carryOut, parseWorkflow, type StepRun } from '../support/authentication/workflow.ts'
import { fileIn } from '../support/guides/guide-file.ts'
import { createKept } from '../support/kept.ts'
import type { Person } from '../support/parameter-types.ts'
import type { World } from '../support/world.ts'

interface Carried {
  readonly steps: readonly StepRun[]
  readonly token: string
  readonly tokenId: string
}

const serving = createKept<LocalServer>('a server')
const carried = createKept<Carried>('a workflow that was carried out')
/** What curl exits with where it is told to fail at a status from 400 on. */
const curlRefused = 22
const ref = { clientId: 'cursor', profileId: 'work' }

Given<World>('{person} has a server with a draft that can be published', async function (_person: Person) {
  const server = await startLocalServer(this)
  await server.orchestrator.keys.initialize()
  await server.orchestrator.drafts.add(ref, { serverId: 'memory' })
  serving.keep(this, server)
})

When<World>(
  'the CI carries out {string} of {string} with a token to {string} within {string}',
  async function (file: string, path: string, scopes: string, profile: string) {
    const { orchestrator, url } = serving.of(this)
    const workflow = parseWorkflow(await fileIn(path, file))
    const rights = { scopes: scopes.split(' and ') as Scope[], limits: { profiles: [profile] } }
    const { token, record } = await orchestrator.tokens.generate(rights)
    const settings = { 'vars.MCP_ORCHESTRATION_URL': url, 'secrets.MCP_ORCHESTRATION_TOKEN': token }
    carried.keep(this, { steps: await carryOut(workflow, settings, this.stage), token, tokenId: record.id })
  },
)

Then<World>('its workflow {string} takes the token from the secrets alone', async function (path: string) {
  const { env } = parseWorkflow((await this.guideRun.fileAt(path)).text)
  assert.equal(env.TOKEN, '${{ secrets.MCP_ORCHESTRATION_TOKEN }}')
})

Then<World>('each of its steps ends well and says nothing of the token', function () {
  const { steps, token } = carried.of(this)
  for (const { name, exitCode, output } of steps) {
    assert.equal(exitCode, 0, `${name}: ${output}`)
    assert.ok(!output.includes(token), `${name} says the token.`)
  }
})

Then<World>('its step {string} fails and says {string}', function (name: string, words: string) {
  const last = carried.of(this).steps.at(-1)
  assert.equal(last?.name, name, last?.output)
  assert.equal(last?.exitCode, curlRefused)
  assert.ok(last?.output.includes(words), last?.output)
})

Then<World>('nothing is published', async function () {
  assert.deepEqual(await publishers(serving.of(this)), [])
})

Then<World>('the draft is published, once, by that token', async function () {
  assert.deepEqual(await publishers(serving.of(this)), [carried.of(this).tokenId])
})

/** The credentials of all publications that were done, as the audit log has them. */
async function publishers({ orchestrator, url }: LocalServer): Promise<readonly string[]> {
  const { token } = await orchestrator.tokens.generate({ scopes: ['admin'] })
  const headers = { authorization: `Bearer ${token}` }
  const answer = await send(`${url}/admin/audit?target=cursor%2Fwork`, { headers })
  return resultOf<{ readonly entries: readonly AuditEntry[] }>(answer)
    .entries.filter(({ operation, outcome }) => operation === 'publish_config' && outcome === 'done')
    .map(({ principal }) => principal)
}
