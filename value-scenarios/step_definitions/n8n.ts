import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { JsonObject, ProfileRef } from '../../src/index.ts'
import { freePort } from '../../step_definitions/support/sockets.ts'
import { createKept } from '../support/kept.ts'
import { type Circumstances, execute, type Walk } from '../support/n8n/execution.ts'
import {
  addToDraft,
  deploy,
  editEntry,
  type Office,
  openOffice,
  publish,
  readServers,
  stateOf,
} from '../support/n8n/office.ts'
import { behindProxy } from '../support/n8n/proxy.ts'
import { readWorkflow, withSettings } from '../support/n8n/workflow.ts'
import type { World } from '../support/world.ts'

/** A workflow that has run, and what was there before it did. */
interface Run {
  readonly execution: Walk
  readonly ref: ProfileRef
  readonly stateBefore: object
}

const offices = createKept<Office>("Omar's server")
const runs = createKept<Run>('a workflow that ran')
const circumstances = createKept<Circumstances>('what befalls the next run')
/** The profile that is looked at where a workflow is about all of them. */
const anyRef = { clientId: 'cursor', profileId: 'work' }

Given<World>("Omar's workflows hold a token for his server", async function () {
  offices.keep(this, await openOffice())
  this.stops.push(() => offices.of(this).close())
  circumstances.keep(this, {})
})

Given<World>('his server is down', async function () {
  offices.keep(this, { ...offices.of(this), url: `http://127.0.0.1:${await freePort()}` })
})

Given<World>('a proxy answers {string} with 502 and a page', async function (path: string) {
  offices.keep(this, await behindProxy(offices.of(this), { path, answer: '502 and a page' }))
})

Given<World>('a proxy answers {string} with 504 and nothing else', async function (path: string) {
  offices.keep(this, await behindProxy(offices.of(this), { path, answer: '504 and nothing else' }))
})

Given<World>(
  'the draft of {ref} on his server holds {serverIds}',
  async function (ref: ProfileRef, serverIds: readonly string[]) {
    await addToDraft(offices.of(this), ref, serverIds)
  },
)

Given<World>(
  'the draft of {ref} on his server holds {serverIds}, and there is a signing key',
  async function (ref: ProfileRef, serverIds: readonly string[]) {
    await addToDraft(offices.of(this), ref, serverIds)
    await offices.of(this).orchestrator.keys.initialize()
  },
)

Given<World>(
  'the draft of {ref} on his server holds "memory" with the placeholder {string}',
  async function (ref: ProfileRef, placeholder: string) {
    await addToDraft(offices.of(this), ref, ['memory'], { MEMORY_FILE_PATH: `${placeholder}/memory.jsonl` })
    await offices.of(this).orchestrator.keys.initialize()
  },
)

Given<World>(
  'his server holds a release of {ref} with {serverIds}',
  async function (ref: ProfileRef, serverIds: readonly string[]) {
    await publish(offices.of(this), ref, serverIds)
  },
)

Given<World>(
  'his server has deployed {ref} with {serverIds}',
  async function (ref: ProfileRef, serverIds: readonly string[]) {
    await deploy(offices.of(this), ref, serverIds)
  },
)

Given<World>(
  'his server has deployed {ref} with {string}, which Priya has edited since',
  async function (ref: ProfileRef, serverId: string) {
    await deploy(offices.of(this), ref, [serverId])
    await editEntry(offices.of(this), ref.clientId, serverId)
  },
)

Given<World>(
  'his server has deployed {ref} with {serverIds}, and released {serverIds} for it since',
  async function (ref: ProfileRef, deployed: readonly string[], released: readonly string[]) {
    await deploy(offices.of(this), ref, deployed)
    await publish(offices.of(this), ref, released)
  },
)

Given<World>(
  'the workflow {string} has run for {ref} with the servers {serverIds}',
  async function (name: string, ref: ProfileRef, serverIds: readonly string[]) {
    await run(this, name, ref, '1', { ...toSettings(ref), servers: toServers(serverIds) })
  },
)

Given<World>(
  'Priya adds {string} to the draft of {ref} right before {string}',
  function (serverId: string, ref: ProfileRef, before: string) {
    const act = () => addToDraft(offices.of(this), ref, [serverId])
    circumstances.keep(this, { meanwhile: { before, act } })
  },
)

Given<World>(
  'Priya publishes {ref} with {string} as well right before {string}',
  function (ref: ProfileRef, serverId: string, before: string) {
    circumstances.keep(this, { meanwhile: { before, act: () => publish(offices.of(this), ref, [serverId]) } })
  },
)

Given<World>('n8n gets no answer when it first sends {string}', function (lostAnswersOf: string) {
  circumstances.keep(this, { lostAnswersOf })
})

When<World>('the workflow {string} runs', async function (name: string) {
  await run(this, name, anyRef, '2', {})
})

When<World>('the workflow {string} runs for {ref}', async function (name: string, ref: ProfileRef) {
  await run(this, name, ref, '2', toSettings(ref))
})

When<World>(
  'the workflow {string} runs for {ref} with the servers {serverIds}',
  async function (name: string, ref: ProfileRef, serverIds: readonly string[]) {
    await run(this, name, ref, '2', { ...toSettings(ref), servers: toServers(serverIds) })
  },
)

Then<World>('it ends at {string}', function (node: string) {
  assert.equal(runs.of(this).execution.at(-1)?.node, node)
  assert.deepEqual(offices.of(this).alerts, [])
})

Then<World>('{string} was answered as at first', function (name: string) {
  const answers = runs.of(this).execution.find(({ node }) => node === name)?.outputs[0] ?? []
  const headers = answers.map(({ json }) => json.headers as JsonObject)
  assert.notEqual(headers.length, 0)
  for (const { 'idempotent-replayed': replayed } of headers) assert.equal(replayed, 'true')
})

Then<World>('Omar is told: {string}', function (sentence: string) {
  const [alert = '', ...more] = offices.of(this).alerts
  assert.deepEqual(more, [])
  assert.ok(alert.includes(sentence), `He was told: ${alert}`)
})

Then<World>('Omar is told of these alone:', function (table: DataTable) {
  const [alert = '', ...more] = offices.of(this).alerts
  assert.deepEqual(more, [])
  const told = alert.split('\n').flatMap((line) => /^- (.*) \(.*\)$/.exec(line)?.[1] ?? [])
  assert.deepEqual(told.toSorted(), table.raw().flat().toSorted())
})

Then<World>('it has changed nothing', async function () {
  const { ref, stateBefore } = runs.of(this)
  assert.deepEqual(await stateOf(offices.of(this), ref), stateBefore)
})

Then<World>(
  'the latest release of {ref} is number {int}',
  async function (ref: ProfileRef, sequence: number) {
    assert.equal((await stateOf(offices.of(this), ref)).release, sequence)
  },
)

Then<World>('there is no file of {word}', async function (clientId: string) {
  const { file } = await stateOf(offices.of(this), { ...anyRef, clientId })
  assert.equal(file, null)
})

Then<World>('{ref} has no release', async function (ref: ProfileRef) {
  assert.equal((await stateOf(offices.of(this), ref)).release, 'nothing_published')
})

Then<World>(
  'his file of {word} holds {serverIds}',
  async function (clientId: string, serverIds: readonly string[]) {
    assert.deepEqual(Object.keys(await readServers(offices.of(this), clientId)).toSorted(), serverIds)
  },
)

async function run(
  world: World,
  name: string,
  ref: ProfileRef,
  id: string,
  settings: JsonObject,
): Promise<void> {
  const office = offices.of(world)
  const places = { base_url: office.url, alert_url: office.alertUrl }
  const workflow = withSettings(await readWorkflow(name), { ...places, ...settings })
  const stateBefore = await stateOf(office, ref)
  const options = { id, credential: office.credential, circumstances: circumstances.of(world) }
  const execution = await execute(workflow, options)
  runs.keep(world, { execution, ref, stateBefore })
  // n8n would go on without a word.
  assert.deepEqual(
    execution.flatMap(({ nothings }) => nothings),
    [],
  )
}

function toSettings({ clientId, profileId }: ProfileRef): JsonObject {
  return { client_id: clientId, profile_id: profileId }
}

function toServers(serverIds: readonly string[]): JsonObject[] {
  return serverIds.map((serverId) => ({ server_id: serverId }))
}
