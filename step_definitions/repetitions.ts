import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../src/index.ts'
import type { Request } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { configPath, type World } from './support/world.ts'

Given<World>(
  '{person} has published {profile} as {string} with the key {string}',
  async function (person: Person, ref: ProfileRef, changelog: string, key: string) {
    await publishOnce(this, person, ref, changelog, key)
  },
)

Given<World>(
  '{person} has published {profile} as {string} with the key {string}, and {person} has added {string} since',
  async function (
    publisher: Person,
    ref: ProfileRef,
    changelog: string,
    key: string,
    _person: Person,
    serverId: string,
  ) {
    await publishOnce(this, publisher, ref, changelog, key)
    await this.orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  "{person}'s request to publish {profile} as {string} with the key {string} is still running",
  async function (person: Person, ref: ProfileRef, changelog: string, key: string) {
    await publishOnce(this, person, ref, changelog, key)
    // What stood in the store before it was answered.
    const { store } = this.orchestrator
    const [kept, ...more] = await store.list('idempotency/requests/')
    assert.ok(kept && more.length === 0)
    await store.commit({ put: { [kept.key]: { ...(kept.value as object), answer: null } } })
  },
)

When<World>(
  '{person} publishes {profile} as {string} with the key {string}',
  async function (person: Person, ref: ProfileRef, changelog: string, key: string) {
    await this.ask(person, ...publication(ref, changelog, key))
  },
)

Then<World>('the answer is the first one, and says that it was given before', function () {
  const { status, text, headers } = this.answer()
  assert.deepEqual([status, text], [this.firstAnswer?.status, this.firstAnswer?.text])
  assert.equal(headers['content-type'], this.firstAnswer?.headers['content-type'])
  assert.equal(this.firstAnswer?.headers['idempotent-replayed'], undefined)
  assert.equal(headers['idempotent-replayed'], 'true')
})

Then<World>('{profile} has {int} release(s)', async function (ref: ProfileRef, count: number) {
  const history = await this.orchestrator.releases.history(ref, { limit: 10 })
  assert.equal(history.length, count)
})

async function publishOnce(
  world: World,
  person: Person,
  ref: ProfileRef,
  changelog: string,
  key: string,
): Promise<void> {
  const answer = await world.request(person, ...publication(ref, changelog, key))
  assert.equal(answer.status, 200, answer.text)
  world.firstAnswer = answer
}

function publication(ref: ProfileRef, changelog: string, key: string): [path: string, request: Request] {
  const headers = { 'idempotency-key': `"${key}"` }
  return [`${configPath(ref)}/publish`, { method: 'POST', headers, body: { changelog } }]
}
