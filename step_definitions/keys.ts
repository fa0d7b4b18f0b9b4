import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import { attemptDeed } from './support/deed.ts'
import { resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import { filesBelow } from './support/snapshot.ts'
import type { World } from './support/world.ts'

interface Initialized {
  readonly status: string
  readonly signing_key_id: string
  readonly public_key_path: string
}

const endpoint = '/v1/keys/initialize'

Given<World>('Omar has taken the trusted key away', async function () {
  await moveFiles(trusted(this), aside(this))
})

When<World>('{person} initializes the signing keys', async function (person: Person) {
  await this.perform(person, 'initialize_keys', {})
})

When<World>('Omar takes the trusted key away', async function () {
  await attemptDeed(this, () => moveFiles(trusted(this), aside(this)))
})

When<World>('Omar puts the trusted key back', async function () {
  await attemptDeed(this, () => moveFiles(aside(this), trusted(this)))
})

Then<World>('the answer says {string} and names the public key', async function (status: string) {
  const answer = this.result<Initialized>()
  assert.equal(answer.status, status)
  const publicKey = createPublicKey(await readFile(answer.public_key_path))
  assert.equal(publicKey.asymmetricKeyType, 'ed25519')
  assert.deepEqual(
    createPublicKey(await readFile(privateKeyPath(this))).export({ format: 'jwk' }),
    publicKey.export({ format: 'jwk' }),
  )
})

Then<World>('the private key can be read by its owner only', async function () {
  assert.equal(createPrivateKey(await readFile(privateKeyPath(this))).asymmetricKeyType, 'ed25519')
  assert.equal(await modeOf(privateKeyPath(this)), 0o600)
  assert.equal(await modeOf(dirname(privateKeyPath(this))), 0o700)
})

Then<World>(
  'initializing the signing keys again says {string} and changes no key file',
  async function (status: string) {
    const folder = join(this.sandbox.home, 'keys')
    const before = await filesBelow(folder)
    const again = resultOf<Initialized>(await this.request('Priya', endpoint, { method: 'POST' }))
    assert.equal(again.status, status)
    assert.equal(again.signing_key_id, resultOf<Initialized>(this.answer()).signing_key_id)
    assert.deepEqual(await filesBelow(folder), before)
  },
)

function privateKeyPath(world: World): string {
  return join(world.sandbox.home, 'keys', 'signing.pem')
}

function trusted({ sandbox }: World): string {
  return join(sandbox.home, 'keys', 'trusted')
}

function aside({ sandbox }: World): string {
  return join(sandbox.userHome, 'aside')
}

async function moveFiles(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of await readdir(from)) await rename(join(from, file), join(to, file))
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}
