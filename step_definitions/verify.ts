import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import { callOperation, getOperation, type ProfileRef, verifyRelease } from '../src/index.ts'
import { publish } from './releases.ts'
import type { Exit } from './support/commands.ts'
import { type Envelope, signedAnew } from './support/envelope.ts'
import type { World } from './support/world.ts'

interface Configuration {
  readonly artifact_id: string
  readonly created_at: string
  readonly payload: { readonly mcpServers: Readonly<Record<string, object>> }
  readonly signing_key_id: string
  readonly envelope: Envelope
  readonly metadata: object
}

/** What Omar has in his folder: the names of the files, and with them what they hold. */
interface Delivery {
  readonly 'release.json': unknown
  readonly 'keys.json': unknown
}

type Tampering = (world: World, release: Configuration) => Promise<Partial<Delivery>> | Partial<Delivery>

const mallory = generateKeyPairSync('ed25519')

/** What Mallory puts in the place of what Priya sent. */
const tamperings: Readonly<Record<string, Tampering>> = {
  'sent him a letter instead of the release': () => ({ 'release.json': 'Dear Omar, all is well. Priya' }),
  'signed the release anew with a key of hers': (_world, release) => ({
    'release.json': withSignature(release, "Mallory's"),
  }),
  "signed the release anew in the name of Priya's key": (_world, release) => ({
    'release.json': withSignature(release, release.signing_key_id),
  }),
  'let a server start another command': (_world, { payload, ...release }) => ({
    'release.json': {
      ...release,
      payload: { mcpServers: { ...payload.mcpServers, time: { ...payload.mcpServers.time, command: 'sh' } } },
    },
  }),
  'wrote another changelog': (_world, release) => ({
    'release.json': { ...release, metadata: { ...release.metadata, changelog: 'Harmless' } },
  }),
  'passed off a release of claude-desktop/work as his': async (world) => ({
    'release.json': { ...(await configurationOf(world, 'claude-desktop', 'work')), client_id: 'cursor' },
  }),
  'sent him the latest release of claude-desktop/work': async (world) => ({
    'release.json': await configurationOf(world, 'claude-desktop', 'work'),
  }),
  'sent him the latest release of cursor/scratch': async (world) => ({
    'release.json': await configurationOf(world, 'cursor', 'scratch'),
  }),
  'sent him the release before': async (world) => ({
    'release.json': await configurationOf(world, 'cursor', 'work', 1),
  }),
  'took the key out of the key set': () => ({ 'keys.json': { keys: [] } }),
}

defineParameterType({
  name: 'tampering',
  regexp: Object.keys(tamperings),
  transformer: (text): Tampering | undefined => tamperings[text],
})

Given<World>(
  'Omar was sent release 2 of {profile} and the public keys of Priya',
  async function ({ clientId, profileId }: ProfileRef) {
    for (const ref of [
      { clientId: 'claude-desktop', profileId },
      { clientId, profileId: 'scratch' },
    ])
      await publishTwice(this, ref)
    await publishTwice(this, { clientId, profileId })
    await mkdir(folderOf(this))
    await deliver(this, {
      'release.json': await configurationOf(this, clientId, profileId),
      'keys.json': await this.orchestrator.keys.jwks(),
    })
  },
)

Given<World>('Mallory {tampering} on the way', async function (tamper: Tampering) {
  const release = (await delivered(this))['release.json'] as Configuration
  await deliver(this, await tamper(this, release))
})

Given<World>('Priya has changed to another key since and sent him her public keys anew', async function () {
  await this.orchestrator.keys.initialize({ regenerate: true })
  await deliver(this, { 'keys.json': await this.orchestrator.keys.jwks() })
})

When<World>(
  'Omar verifies that it is {profile}, from release {int} on',
  async function ({ clientId, profileId }: ProfileRef, minSequence: number) {
    const expected = ['--client', clientId, '--profile', profileId, '--min-sequence', String(minSequence)]
    await this.attempt('exits', async () => [await verify(this, expected)])
  },
)

Then<World>(
  'the verification fails with {int} and says {string}, in one line',
  function (code: number, failure: string) {
    const exit = exitOf(this)
    assert.equal(exit.code, code, exit.stderr)
    assert.match(exit.stderr, new RegExp(`^error: ${failure}: [^\\n]+\\n$`))
    assert.equal(exit.stdout, '')
  },
)

Then<World>('the library refuses it for the same reason', async function () {
  const verification = await verifyByLibrary(this)
  assert.ok(!verification.ok)
  assert.equal(exitOf(this).stderr, `error: ${verification.failure}: ${verification.message}\n`)
})

Then<World>('the library gives him the payload that Priya signed', async function () {
  const verification = await verifyByLibrary(this)
  const { payload } = await this.orchestrator.releases.get({ clientId: 'cursor', profileId: 'work' })
  assert.deepEqual(verification.ok && verification.release.payload, payload)
})

Then<World>(
  'one line says that it is release {int} of {profile}, with its artifact, its key and its time',
  async function (sequence: number, { clientId, profileId }: ProfileRef) {
    const { code, stdout, stderr } = exitOf(this)
    const release = (await delivered(this))['release.json'] as Configuration
    assert.equal(code, 0, stderr)
    assert.equal(
      stdout,
      `verified: ${clientId}/${profileId} release ${sequence}, artifact ${release.artifact_id}, signed by ${release.signing_key_id}, made at ${release.created_at}\n`,
    )
  },
)

Then<World>('nothing has been made on his machine', async function () {
  assert.deepEqual((await readdir(folderOf(this))).toSorted(), ['keys.json', 'release.json'])
})

async function publishTwice(world: World, ref: ProfileRef): Promise<void> {
  await publish(world, ref, ['memory'])
  await publish(world, ref, ['time'])
}

/** As any door answers it. */
async function configurationOf(
  world: World,
  client_id: string,
  profile_id: string,
  sequence = 2,
): Promise<Configuration> {
  const operation = getOperation('get_config')
  assert.ok(operation)
  const context = { orchestrator: world.orchestrator, principal: { id: 'Priya', scopes: ['read'] as const } }
  const answer: unknown = await callOperation(operation, context, { client_id, profile_id, sequence })
  return answer as Configuration
}

function withSignature(release: Configuration, keyid: string): Configuration {
  return { ...release, envelope: signedAnew(release.envelope, mallory.privateKey, keyid) }
}

/** Omar's machine: another home than the one in which Priya's orchestrator keeps its state. */
function folderOf({ sandbox }: World): string {
  return join(sandbox.userHome, 'omar')
}

async function deliver(world: World, delivery: Partial<Delivery>): Promise<void> {
  for (const [name, value] of Object.entries(delivery))
    await writeFile(join(folderOf(world), name), JSON.stringify(value))
}

async function delivered(world: World): Promise<Delivery> {
  const read = async (name: string) => JSON.parse(await readFile(join(folderOf(world), name), 'utf8'))
  return { 'release.json': await read('release.json'), 'keys.json': await read('keys.json') }
}

async function verify(world: World, expected: readonly string[]): Promise<Exit> {
  const folder = folderOf(world)
  const [release, keys] = ['release.json', 'keys.json'].map((name) => join(folder, name))
  const args = ['verify', release ?? '', '--jwks', keys ?? '', ...expected]
  const env = { ...world.sandbox.env, HOME: folder, USERPROFILE: folder }
  return (await world.start('mcp-orchestration', args, env)).exit
}

async function verifyByLibrary(world: World) {
  const { 'release.json': release, 'keys.json': keys } = await delivered(world)
  return verifyRelease(release, { keys, clientId: 'cursor', profileId: 'work', minSequence: 2 })
}

function exitOf(world: World): Exit {
  const [exit] = world.outcome('exits')
  assert.ok(exit)
  return exit
}
