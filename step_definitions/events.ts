import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import { type EventReader, type Heard, readEvents } from '../test/support/event-reader.ts'
import { clientFile, editServers } from './support/client-file.ts'
import { attemptDeed } from './support/deed.ts'
import type { World } from './support/world.ts'

/** What Priya follows in a scenario; one stream at a time. */
const readers = new WeakMap<World, EventReader>()

Given<World>('Priya follows the events', async function () {
  await follow(this)
})

Given<World>(
  'Priya has followed the events until the draft of {profile} held {string}',
  async function (ref: ProfileRef, serverId: string) {
    const reader = await follow(this)
    await this.orchestrator.drafts.add(ref, { serverId })
    await reader.hears(1)
    reader.close()
    await reader.ended
  },
)

/** The history that is kept is bounded in bytes, too. */
Given<World>('so much has happened since that the store has forgotten it', async function () {
  for (let count = 0; count < 17; count += 1)
    await this.orchestrator.store.commit({ put: { filler: `${count}`.padEnd(1024 ** 2) } })
})

When<World>('Priya follows the events from where she broke off', async function () {
  await attemptDeed(this, () => follow(this, readerOf(this).lastId()))
})

When<World>(
  'somebody edits the entry {string} in the file of {string}',
  async function (serverName: string, clientId: string) {
    await attemptDeed(this, () =>
      editServers(this, clientId, (servers) => ({ ...servers, [serverName]: { command: 'edited' } })),
    )
  },
)

Then<World>(
  'she hears the change of the draft, with the revision and the count that the answer had',
  async function () {
    const { revision, server_count } = this.result<{ revision: number; server_count: number }>()
    const { type, data, lastId } = await hearsNext(this)
    assert.equal(type, 'draft_changed')
    assert.deepEqual(data, { client_id: 'cursor', profile_id: 'work', revision, server_count })
    assert.equal(lastId, String(revision))
  },
)

Then<World>('she hears of the release that the answer named', async function () {
  const { artifact_id, sequence } = this.result<{ artifact_id: string; sequence: number }>()
  const { type, data } = await hearsNext(this)
  assert.equal(type, 'published')
  const { revision: _revision, ...rest } = data
  assert.deepEqual(rest, { client_id: 'cursor', profile_id: 'work', artifact_id, sequence })
})

Then<World>('she hears that her token deployed it, and where', async function () {
  const { artifact_id, config_path } = this.result<{ artifact_id: string; config_path: string }>()
  const { type, data } = await hearsNext(this)
  assert.equal(type, 'deployed')
  const { revision: _revision, ...rest } = data
  const [deployed_by, sequence] = [this.tokenId, 1]
  const where = { client_id: 'cursor', profile_id: 'work', config_path }
  assert.deepEqual(rest, { ...where, artifact_id, sequence, deployed_by })
})

Then<World>(
  'she hears that the file of {profile} is {string}',
  async function ({ clientId, profileId }: ProfileRef, file_state: string) {
    this.outcome('doneAt')
    const { type, data } = await hearsNext(this)
    assert.equal(type, 'file_state_changed')
    const { revision: _revision, ...rest } = data
    const config_path = await clientFile(this, clientId)
    assert.deepEqual(rest, { client_id: clientId, profile_id: profileId, config_path, file_state })
  },
)

Then<World>(
  'she hears of the change of {profile} within {int} second',
  async function (ref: ProfileRef, seconds: number) {
    this.outcome('doneAt')
    const { data, heardAt } = await hearsNext(this)
    const { revision, updatedAt } = await this.orchestrator.drafts.view(ref)
    assert.equal(data.revision, revision)
    assert.ok(heardAt - Date.parse(updatedAt ?? '') < seconds * 1_000)
  },
)

Then<World>(
  'she hears the {int} changes of {profile} that she missed, and the next one, each once',
  async function (count: number, ref: ProfileRef) {
    this.outcome('doneAt')
    const reader = readerOf(this)
    await reader.hears(count)
    const { draft } = await this.orchestrator.drafts.remove(ref, 'time')
    const heard = await reader.hears(count + 1)
    const counts = heard.map(({ data }) => [data.profile_id, data.server_count])
    assert.deepEqual(counts, [
      [ref.profileId, 1],
      [ref.profileId, 2],
      [ref.profileId, 1],
    ])
    assert.equal(heard.at(-1)?.data.revision, draft.revision)
  },
)

Then<World>(
  'she is told from which revision on she hears everything, and hears the next change',
  async function () {
    this.outcome('doneAt')
    const { type, data, lastId } = await hearsNext(this)
    assert.equal(type, 'compacted')
    assert.deepEqual(data, { revision: Number(lastId) })
    const ref = { clientId: 'cursor', profileId: 'work' }
    const { draft } = await this.orchestrator.drafts.remove(ref, 'memory')
    const [, next] = await readerOf(this).hears(2)
    assert.equal(next?.data.revision, draft.revision)
  },
)

Then<World>('her stream of events ends within {int} second', async function (seconds: number) {
  const revokedAt = this.outcome('doneAt')
  assert.equal(await readerOf(this).ended, true)
  assert.ok(performance.now() - revokedAt < seconds * 1_000)
})

/** With Priya's credential; resolves when she has the first bytes, and so an id to resume with. */
async function follow(world: World, lastEventId?: string): Promise<EventReader> {
  const resuming = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const reader = await readEvents(`${world.url}/events`, { ...world.credentials.get('Priya'), ...resuming })
  world.stops.push(reader.close)
  assert.equal(reader.status, 200)
  await reader.reaches(0)
  readers.set(world, reader)
  return reader
}

function readerOf(world: World): EventReader {
  return readers.get(world) ?? assert.fail('Priya follows no events.')
}

async function hearsNext(world: World): Promise<Heard> {
  const [first] = await readerOf(world).hears(1)
  return first ?? assert.fail('Nothing was heard.')
}
