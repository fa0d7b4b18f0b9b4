import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Limits, ProfileRef } from '../src/index.ts'
import { eventually } from '../test/support/eventually.ts'
import { attemptDeed } from './support/deed.ts'
import { type Answer, resultOf, send } from './support/http.ts'
import { runCommand } from './support/own-command.ts'
import type { Person, Reason } from './support/parameter-types.ts'
import { assertProblem } from './support/problem.ts'
import type { World } from './support/world.ts'

const hourMs = 3_600_000

Given<World>('{person} holds a token whose time has come', async function (person: Person) {
  const token = await give(this, person, { expiresInMs: 20 })
  await untilRefused(this, token)
})

Given<World>(
  '{person} holds a token that is limited to {profile}',
  async function (person: Person, ref: ProfileRef) {
    await give(this, person, { limits: toLimits(ref) })
  },
)

Given<World>(
  '{person} holds a token with the scope admin that is limited to {profile}',
  async function (person: Person, ref: ProfileRef) {
    await give(this, person, { scopes: ['admin'], limits: toLimits(ref) })
  },
)

Given<World>(
  '{person} holds a token with the scope admin that ends in an hour',
  async function (person: Person) {
    await give(this, person, { scopes: ['admin'], expiresInMs: hourMs })
  },
)

Given<World>('Omar has rotated her token with an overlap that is over', async function () {
  const { token } = await this.orchestrator.tokens.rotate(this.tokenId, { overlapMs: 20 })
  this.tokens.push(token)
  await untilRefused(this, herToken(this))
})

When<World>('Omar revokes her token with the command', async function () {
  await attemptDeed(this, () => runCommand(this, 'tokens', 'revoke', this.tokenId))
})

When<World>('Omar rotates her token with the command, without an overlap', async function () {
  await attemptDeed(this, () => runCommand(this, 'tokens', 'rotate', this.tokenId, '--overlap', '0s'))
})

When<World>(
  'Omar rotates her token with the command, with an overlap of {string}',
  async function (overlap: string) {
    await this.attempt('exits', async () => [
      await runTokens(this, 'rotate', this.tokenId, '--overlap', overlap, '--json'),
    ])
  },
)

When<World>('Omar lists the tokens with the command', async function () {
  await this.attempt('exits', async () => [await runTokens(this, 'list', '--json')])
})

When<World>('Omar makes a token that is limited to {string}', async function (clientId: string) {
  const body = { limits: { clients: [clientId] } }
  await this.ask('Omar', '/admin/tokens', { method: 'POST', body })
})

When<World>('Omar makes a token that is good for {string}', async function (duration: string) {
  await this.ask('Omar', '/admin/tokens', { method: 'POST', body: { expires_in: duration } })
})

When<World>('{person} lists the tokens', async function (person: Person) {
  await this.ask(person, '/admin/tokens')
})

When<World>('Mallory guesses {int} tokens from the address of Priya', async function (count: number) {
  await this.attempt('answers', async () => {
    const answers: Answer[] = []
    for (let tries = 0; tries < count; tries += 1)
      answers.push(await listClients(this, `${tries}`.padStart(43, 'A')))
    return answers
  })
})

Then<World>(
  'her next request is refused with {int} {reason}',
  async function (status: number, reason: Reason) {
    this.outcome('doneAt')
    assertProblem(await listClients(this, herToken(this)), status, reason)
  },
)

Then<World>('the server answers both tokens', async function () {
  for (const token of [herToken(this), rotated(this).token])
    assert.equal((await listClients(this, token)).status, 200)
})

Then<World>('the server answers the new token', async function () {
  const [token = ''] = this.tokens
  assert.equal((await listClients(this, token)).status, 200)
})

Then<World>(
  'the list of the tokens says which one took the place of hers, and that hers ends in an hour',
  async function () {
    const { token_id } = rotated(this)
    const { startedAt, endedAt } = this.attempted()
    const { tokens } = JSON.parse(await runCommand(this, 'tokens', 'list', '--json')) as {
      readonly tokens: readonly Listed[]
    }
    const hers = tokens.find((each) => each.token_id === this.tokenId)
    assert.equal(hers?.replaced_by, token_id)
    const end = Date.parse(hers?.expires_at ?? '')
    assert.ok(end >= startedAt + hourMs && end <= endedAt + hourMs, hers?.expires_at ?? 'It has no end.')
  },
)

Then<World>('the client {string} is listed and no other', function (clientId: string) {
  const { clients } = resultOf<{ readonly clients: readonly { readonly client_id: string }[] }>(this.answer())
  assert.deepEqual(
    clients.map(({ client_id }) => client_id),
    [clientId],
  )
})

Then<World>('the challenge names the scope {string}', function (scope: string) {
  const challenge = String(this.answer().headers['www-authenticate'])
  assert.ok(challenge.includes(`error="insufficient_scope", scope="${scope}"`), challenge)
})

Then<World>('it shows the id, the name and the scopes of hers', function () {
  const { tokens } = JSON.parse(printedText(this)) as { readonly tokens: readonly Listed[] }
  const hers = tokens.find((each) => each.token_id === this.tokenId)
  assert.equal(hers?.name, 'Priya')
  assert.deepEqual(hers?.scopes, ['read', 'write', 'publish', 'deploy'])
})

Then<World>('it shows neither her token nor a digest of it', function () {
  const token = herToken(this)
  const digest = createHash('sha256').update(token).digest()
  // The id is the head of the digest, too short to make a token of.
  const shown = [token, digest.toString('hex'), digest.toString('base64url'), digest.toString('base64')]
  for (const each of shown) assert.ok(!printedText(this).includes(each), each)
})

Then<World>('the last is refused with {int} {reason}', function (status: number, reason: Reason) {
  const last = this.outcome('answers').at(-1)
  assertProblem(last ?? assert.fail('Nobody guessed.'), status, reason)
  assert.match(String(last?.headers['retry-after']), /^\d+$/)
})

Then<World>('Priya is answered all the same', async function () {
  assert.equal((await listClients(this, herToken(this))).status, 200)
})

interface Listed {
  readonly token_id: string
  readonly name: string | null
  readonly scopes: readonly string[]
  readonly expires_at: string | null
  readonly replaced_by: string | null
}

type GrantRequest = NonNullable<Parameters<World['orchestrator']['tokens']['generate']>[0]>

async function give(world: World, person: Person, request: GrantRequest): Promise<string> {
  const { token, record } = await world.orchestrator.tokens.generate({ name: person, ...request })
  world.credentials.set(person, { authorization: `Bearer ${token}` })
  world.tokenId = record.id
  return token
}

function toLimits({ clientId, profileId }: ProfileRef): Limits {
  return { clients: [], profiles: [`${clientId}/${profileId}`] }
}

/** By the back door, so that nothing is asked of the server before the `When`. */
async function untilRefused({ orchestrator }: World, token: string): Promise<void> {
  await eventually(async () => assert.equal(await orchestrator.tokens.verify(token), undefined))
}

function herToken({ credentials }: World): string {
  return credentials.get('Priya')?.authorization?.replace('Bearer ', '') ?? ''
}

function listClients({ url }: World, token: string): Promise<Answer> {
  return send(`${url}/v1/clients`, { headers: { authorization: `Bearer ${token}` } })
}

function runTokens(world: World, ...args: readonly string[]) {
  return world.run('mcp-orchestration', 'tokens', ...args)
}

function rotated(world: World): { readonly token: string; readonly token_id: string } {
  return JSON.parse(printedText(world))
}

function printedText(world: World): string {
  const [exit] = world.outcome('exits')
  assert.equal(exit?.code, 0, exit?.stderr)
  return exit.stdout
}
