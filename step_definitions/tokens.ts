import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import { eventually } from '../test/support/eventually.ts'
import type { Exit } from './support/commands.ts'
import { send } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { filesBelow } from './support/snapshot.ts'
import type { World } from './support/world.ts'

const command = 'mcp-orchestration-generate-token'

Given<World>('{person} holds a token for the running server', async function (person: Person) {
  const { token, record } = await this.orchestrator.tokens.generate({ name: person })
  this.credentials.set(person, { authorization: `Bearer ${token}` })
  this.tokenId = record.id
  await this.serve()
})

Given<World>('her token has never been used', async function () {
  const { usageCount, lastUsedAt } = await this.orchestrator.tokens.get(this.tokenId)
  assert.deepEqual({ usageCount, lastUsedAt }, { usageCount: 0, lastUsedAt: null })
})

Given<World>('Omar has made {int} tokens', async function (count: number) {
  const made = await Promise.all(Array.from({ length: count }, () => this.orchestrator.tokens.generate()))
  this.tokens.push(...made.map(({ token }) => token))
})

Given<World>(
  '{person} has been refused with tokens that are nearly hers, and with hers beside a key',
  async function (person: Person) {
    const { authorization = '' } = this.credentials.get('Priya') ?? {}
    const nearly = [authorization.slice(0, -1), `${authorization}A`, withOtherCase(authorization)]
    const all = [...nearly.map((each) => ({ authorization: each })), { authorization, 'x-api-key': 'a key' }]
    const answers = await Promise.all(all.map((headers) => this.request(person, '/v1/clients', { headers })))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 401, 400],
    )
  },
)

When<World>('Omar makes a token with the command', async function () {
  await this.attempt('exits', async () => [await this.run(command)])
})

When<World>('Omar makes {int} tokens with the command', async function (count: number) {
  const names = Array.from({ length: count }, (_, index) => `token ${index}`)
  await this.attempt('exits', () => Promise.all(names.map((name) => this.run(command, '--name', name))))
})

Then<World>('the command prints {int} URL-safe characters and how to use them', function (length: number) {
  const [token, ...more] = printedTokens(this)
  assert.ok(token && more.length === 0)
  assert.match(token, new RegExp(`^[A-Za-z0-9_-]{${length}}$`))
  const [exit] = this.outcome('exits')
  assert.match(exit?.stdout ?? '', new RegExp(`^Generated token: ${token}$`, 'm'))
  assert.match(exit?.stdout ?? '', new RegExp(`Authorization: Bearer ${token}`))
})

Then<World>('the running server answers the printed token at once', async function () {
  const [token = ''] = printedTokens(this)
  assert.equal(await statusFor(this, token), 200)
})

Then<World>('the {int} tokens differ from each other', function (count: number) {
  assert.equal(new Set(printedTokens(this)).size, count)
})

Then<World>('revoking the first of them closes the server to it and to no other', async function () {
  const tokens = printedTokens(this)
  assert.deepEqual(await Promise.all(tokens.map((token) => statusFor(this, token))), [200, 200, 200])
  const records = await this.orchestrator.tokens.list()
  const first = records.find(({ name }) => name === 'token 0')
  await this.orchestrator.tokens.revoke(first?.id ?? '')
  assert.deepEqual(await Promise.all(tokens.map((token) => statusFor(this, token))), [401, 200, 200])
})

Then<World>(
  'it holds {int} bits, none of which is the same in all {int}',
  function (bits: number, count: number) {
    const tokens = [...this.tokens, ...printedTokens(this)].map((token) => Buffer.from(token, 'base64url'))
    assert.equal(tokens.length, count)
    assert.ok(tokens.every((token) => token.length * 8 === bits))
    // A bit of 65 random tokens is the same in all of them once in 2^64 tries.
    for (let bit = 0; bit < bits; bit += 1)
      assert.equal(new Set(tokens.map((token) => bitAt(token, bit))).size, 2, `bit ${bit}`)
  },
)

Then<World>(
  'no file in the home holds it in any encoding, but the store holds its digest',
  async function () {
    const [token = ''] = printedTokens(this)
    const bytes = Buffer.from(token, 'base64url')
    const files = [...(await filesBelow(this.sandbox.userHome)).values()]
    assert.ok(
      files.some((file) => holds(file, createHash('sha256').update(token).digest())),
      'No file holds its digest.',
    )
    assert.ok(!files.some((file) => file.includes(token)), 'A file holds the token.')
    assert.ok(!files.some((file) => holds(file, bytes)), 'A file holds the bits of the token.')
  },
)

Then<World>('her token counts this one use and no other', async function () {
  assert.equal((await readUsedToken(this)).usageCount, 1)
})

Then<World>('her token was used once, while she listed them', async function () {
  const { endedAt } = this.attempted()
  const { usageCount, lastUsedAt } = await readUsedToken(this)
  assert.equal(usageCount, 1)
  assert.ok(Date.parse(lastUsedAt ?? '') <= endedAt, `${lastUsedAt} is after ${endedAt}.`)
})

/** One for each run of the command, each of which must have succeeded. */
function printedTokens(world: World): readonly string[] {
  return world.outcome('exits').map((exit) => printedToken(exit))
}

function printedToken({ code, stdout, stderr }: Exit): string {
  assert.equal(code, 0, stderr)
  return /^Generated token: (\S+)$/m.exec(stdout)?.[1] ?? ''
}

/** Her token as soon as its use in the `When` is written down, which takes less than a second; with it are all uses before. */
function readUsedToken(world: World) {
  const { startedAt } = world.attempted()
  return eventually(
    async () => {
      const token = await world.orchestrator.tokens.get(world.tokenId)
      assert.ok(Date.parse(token.lastUsedAt ?? '') >= startedAt, `It was last used ${token.lastUsedAt}.`)
      return token
    },
    { withinMs: 1000 },
  )
}

function withOtherCase(authorization: string): string {
  const [scheme, token = ''] = authorization.split(' ')
  const other = [...token].map((each) =>
    each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase(),
  )
  return `${scheme} ${other.join('')}`
}

async function statusFor(world: World, token: string): Promise<number> {
  const { status } = await send(`${world.url}/v1/clients`, { headers: { authorization: `Bearer ${token}` } })
  return status
}

function bitAt(bytes: Buffer, index: number): number {
  return ((bytes[index >> 3] ?? 0) >> (index & 7)) & 1
}

/** As they are, or as text in one of the usual encodings. */
function holds(file: Buffer, bytes: Buffer): boolean {
  const texts = (['hex', 'base64', 'base64url'] as const).map((encoding) =>
    bytes.toString(encoding).replace(/=+$/, ''),
  )
  return (
    file.includes(bytes) ||
    [...texts, bytes.toString('hex').toUpperCase()].some((text) => file.includes(text))
  )
}
