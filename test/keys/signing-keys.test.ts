import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { toKeyId, toPublicPem } from '../../src/keys/public-key.ts'
import { createSigningKeys, type InitializedKeys, type SigningKeys } from '../../src/keys/signing-keys.ts'
import type { IgnoredKey } from '../../src/keys/trusted-keys.ts'
import { hasCode, temporaryFolder } from '../artifacts/room.ts'
import { eventually } from '../support/eventually.ts'
import { runTogether } from '../support/processes.ts'

interface Keychain {
  readonly folder: string
  readonly keys: SigningKeys
  readonly signingFile: string
  readonly trustedFolder: string
  readonly ignored: IgnoredKey[]
}

async function createKeychain(context: TestContext): Promise<Keychain> {
  const folder = join(await temporaryFolder(context), 'keys')
  const ignored: IgnoredKey[] = []
  return {
    folder,
    keys: createSigningKeys({ folder, onIgnored: (key) => ignored.push(key) }),
    signingFile: join(folder, 'signing.pem'),
    trustedFolder: join(folder, 'trusted'),
    ignored,
  }
}

async function trustedIds(keys: SigningKeys): Promise<readonly string[]> {
  return [...(await keys.trusted()).keys()]
}

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

describe('Making the signing key', () => {
  test('leaves a private key that only its owner can read, and its public key', async (context) => {
    const { keys, folder, signingFile, trustedFolder } = await createKeychain(context)
    const made = await keys.initialize()
    assert.equal(made.status, 'initialized')
    assert.equal(await modeOf(signingFile), 0o600)
    assert.equal(await modeOf(folder), 0o700)
    assert.equal(made.publicKeyPath, join(trustedFolder, `${made.signingKeyId}.pem`))
    assert.deepEqual((await readdir(folder)).sort(), ['signing.pem', 'trusted'])
    assert.deepEqual(await readdir(trustedFolder), [`${made.signingKeyId}.pem`])
  })

  test('gives PEM files that belong together, and an id that is their thumbprint', async (context) => {
    const { keys, signingFile } = await createKeychain(context)
    const made = await keys.initialize()
    const privatePem = await readFile(signingFile, 'utf8')
    const publicPem = await readFile(made.publicKeyPath, 'utf8')
    assert.match(privatePem, /^-----BEGIN PRIVATE KEY-----\n/)
    assert.equal(toPublicPem(createPublicKey(createPrivateKey(privatePem))), publicPem)
    assert.equal(toKeyId(createPublicKey(publicPem)), made.signingKeyId)
    assert.equal(made.publicJwk.kid, made.signingKeyId)
    assert.ok(!('d' in made.publicJwk))
  })

  test('a second time changes nothing', async (context) => {
    const { keys, folder, signingFile } = await createKeychain(context)
    const first = await keys.initialize()
    const before = await Promise.all(
      [signingFile, first.publicKeyPath].map((path) => stat(path, { bigint: true })),
    )
    const second = await createSigningKeys({ folder }).initialize()
    assert.deepEqual(second, { ...first, status: 'already_exists', formerKeyId: first.signingKeyId })
    assert.equal(first.formerKeyId, null)
    const after = await Promise.all(
      [signingFile, first.publicKeyPath].map((path) => stat(path, { bigint: true })),
    )
    assert.deepEqual(after.map(identity), before.map(identity))
  })

  test('many times at once in one process ends with one key', async (context) => {
    const { folder, keys } = await createKeychain(context)
    const others = Array.from({ length: 8 }, () => createSigningKeys({ folder }))
    assertOneMaker(await Promise.all(others.map((other) => other.initialize())))
    assert.equal((await trustedIds(keys)).length, 1)
  })

  test('in several processes at once ends with one key', async (context) => {
    const { folder, keys } = await createKeychain(context)
    const answers = await runTogether<InitializedKeys>(
      new URL('initialize-keys-process.ts', import.meta.url),
      [folder],
      4,
    )
    assertOneMaker(answers)
    assert.deepEqual(await trustedIds(keys), [answers[0]?.signingKeyId])
    assert.deepEqual((await readdir(folder)).sort(), ['signing.pem', 'trusted'])
  })

  test('fails without a trace where nothing can be written', async (context) => {
    const { keys, folder } = await createKeychain(context)
    await writeFile(folder, 'a file where the folder should be')
    await assert.rejects(keys.initialize(), hasCode('write_failed'))
    assert.equal(await readFile(folder, 'utf8'), 'a file where the folder should be')
  })

  test('does not advise a new key where the system keeps the old one from us', async (context) => {
    const { keys, folder, signingFile } = await createKeychain(context)
    await mkdir(folder)
    await symlink(signingFile, signingFile)
    await assert.rejects(keys.signer(), hasCode('internal_error', /can't be read \(ELOOP\)/))
  })

  test('does not follow a link that leads nowhere', async (context) => {
    const { keys, folder, signingFile } = await createKeychain(context)
    await mkdir(folder)
    await symlink(join(folder, 'nowhere'), signingFile)
    await assert.rejects(keys.initialize(), hasCode('write_failed', /symbolic link/))
    assert.deepEqual(await trustedIds(keys), [])
  })
})

describe('Regenerating the signing key', () => {
  test('makes another, and the former one stays trusted', async (context) => {
    const { keys, signingFile } = await createKeychain(context)
    const former = await keys.initialize()
    const next = await keys.initialize({ regenerate: true })
    assert.equal(next.status, 'regenerated')
    assert.equal(next.formerKeyId, former.signingKeyId)
    assert.notEqual(next.signingKeyId, former.signingKeyId)
    assert.deepEqual(await trustedIds(keys), [former.signingKeyId, next.signingKeyId].sort())
    assert.equal(await modeOf(signingFile), 0o600)
  })

  test('without a key is making one', async (context) => {
    const { keys } = await createKeychain(context)
    assert.equal((await keys.initialize({ regenerate: true })).status, 'initialized')
  })

  test('does not bring back a key that was taken out of the trusted ones', async (context) => {
    const { keys } = await createKeychain(context)
    const stolen = await keys.initialize()
    await rm(stolen.publicKeyPath)
    const next = await keys.initialize({ regenerate: true })
    assert.deepEqual(await trustedIds(keys), [next.signingKeyId])
  })

  test('mends a signing.pem that cannot be used', async (context) => {
    const { keys, folder, signingFile } = await createKeychain(context)
    await mkdir(folder)
    await writeFile(signingFile, 'not a key')
    const made = await keys.initialize({ regenerate: true })
    assert.equal(made.status, 'regenerated')
    assert.equal(made.formerKeyId, null)
    assert.equal((await keys.signer()).keyId, made.signingKeyId)
  })
})

describe('Signing', () => {
  test('needs a key, and says how to make one', async (context) => {
    const { keys } = await createKeychain(context)
    await assert.rejects(keys.signer(), hasCode('signing_key_missing', /initialize_keys/))
  })

  test('needs a key that is trusted', async (context) => {
    const { keys } = await createKeychain(context)
    const { publicKeyPath, signingKeyId } = await keys.initialize()
    await rm(publicKeyPath)
    await assert.rejects(keys.signer(), hasCode('signing_key_missing', new RegExp(signingKeyId)))
    assert.deepEqual(await trustedIds(keys), [])
  })

  test('gives what the public key verifies', async (context) => {
    const { keys } = await createKeychain(context)
    await keys.initialize()
    const { keyId, sign } = await keys.signer()
    const publicKey = (await keys.trusted()).get(keyId)
    assert.ok(publicKey)
    assert.ok(verify(null, Buffer.from('hello'), publicKey, sign(Buffer.from('hello'))))
  })

  test('is by the new key as soon as another process has regenerated it', async (context) => {
    const { keys, folder } = await createKeychain(context)
    const former = await keys.initialize()
    assert.equal((await keys.signer()).keyId, former.signingKeyId)
    const next = await createSigningKeys({ folder }).initialize({ regenerate: true })
    assert.equal((await keys.signer()).keyId, next.signingKeyId)
  })

  test('stops when another process has taken the key away', async (context) => {
    const { keys, signingFile } = await createKeychain(context)
    await keys.initialize()
    await keys.signer()
    await rm(signingFile)
    await assert.rejects(keys.signer(), hasCode('signing_key_missing'))
  })

  for (const [title, content] of [
    ['is empty', ''],
    ['is no PEM', 'hello'],
    ['is a public key', toPublicPem(generateKeyPairSync('ed25519').publicKey)],
    ['is a key of another kind', privatePem('x25519')],
    ['is an encrypted key', privatePem('ed25519', { cipher: 'aes-256-cbc', passphrase: 'secret' })],
  ] as const) {
    test(`refuses a signing.pem that ${title}, and leaves it alone`, async (context) => {
      const { keys, folder, signingFile } = await createKeychain(context)
      await mkdir(folder)
      await writeFile(signingFile, content)
      await assert.rejects(keys.signer(), (error: Error) => {
        assert.ok(hasCode('internal_error', /signing\.pem holds no Ed25519 private key/)(error))
        assert.ok(error.cause instanceof Error)
        return true
      })
      await assert.rejects(keys.initialize(), hasCode('internal_error'))
      assert.equal(await readFile(signingFile, 'utf8'), content)
    })
  }

  test('refuses a signing.pem that is a folder or a pipe', async (context) => {
    const { keys, folder, signingFile } = await createKeychain(context)
    await mkdir(signingFile, { recursive: true })
    await assert.rejects(keys.signer(), hasCode('internal_error'))
    await rm(folder, { recursive: true })
    await mkdir(folder)
    execFileSync('mkfifo', [signingFile])
    await assert.rejects(keys.signer(), hasCode('internal_error'))
  })
})

describe('The trusted keys', () => {
  test('are none before any is made', async (context) => {
    const { keys } = await createKeychain(context)
    assert.deepEqual(await trustedIds(keys), [])
    assert.deepEqual(await keys.jwks(), { keys: [] })
  })

  test('are a JWK set in the order of their ids', async (context) => {
    const { keys } = await createKeychain(context)
    const made = [await keys.initialize(), await keys.initialize({ regenerate: true })]
    const jwks = made.map(({ publicJwk }) => publicJwk).sort((a, b) => (a.kid < b.kid ? -1 : 1))
    assert.deepEqual(await keys.jwks(), { keys: jwks })
  })

  test('hold one that a person puts there under its thumbprint, until it is taken away', async (context) => {
    const { keys, trustedFolder } = await createKeychain(context)
    const { publicKey } = generateKeyPairSync('ed25519')
    await mkdir(trustedFolder, { recursive: true })
    await writeFile(join(trustedFolder, `${toKeyId(publicKey)}.pem`), toPublicPem(publicKey))
    assert.deepEqual(await trustedIds(keys), [toKeyId(publicKey)])
    await rm(join(trustedFolder, `${toKeyId(publicKey)}.pem`))
    assert.deepEqual(await trustedIds(keys), [])
  })

  test('do not hold a file that was rewritten in its place, from a second later on', async (context) => {
    const { keys } = await createKeychain(context)
    const { publicKeyPath } = await keys.initialize()
    await untilKept(keys)
    await writeFile(publicKeyPath, toPublicPem(generateKeyPairSync('ed25519').publicKey))
    await eventually(async () => assert.deepEqual(await trustedIds(keys), []))
  })

  test('are kept between requests, and one that comes or goes counts at once', async (context) => {
    const { keys, trustedFolder } = await createKeychain(context)
    const { signingKeyId, publicKeyPath } = await keys.initialize()
    await untilKept(keys)
    const { publicKey } = generateKeyPairSync('ed25519')
    await writeFile(join(trustedFolder, `${toKeyId(publicKey)}.pem`), toPublicPem(publicKey))
    assert.deepEqual(await trustedIds(keys), [signingKeyId, toKeyId(publicKey)].sort())
    await untilKept(keys)
    await rm(publicKeyPath)
    assert.deepEqual(await trustedIds(keys), [toKeyId(publicKey)])
  })

  test('leave out what is no Ed25519 public key under its own name, and say so once', async (context) => {
    const { keys, trustedFolder, ignored } = await createKeychain(context)
    const { signingKeyId } = await keys.initialize()
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const put = (file: string, content: string) => writeFile(join(trustedFolder, file), content)
    await put('a-misnamed.pem', toPublicPem(publicKey))
    await put(`${toKeyId(publicKey)}.pem`, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
    await put('b-other.pem', toPublicPem(generateKeyPairSync('x25519').publicKey))
    await put('c-large.pem', '')
    await truncate(join(trustedFolder, 'c-large.pem'), 5000)
    await mkdir(join(trustedFolder, 'd-folder.pem'))
    execFileSync('mkfifo', [join(trustedFolder, 'e-pipe.pem')])
    await put('notes.txt', 'not a key, and not called one')
    assert.deepEqual(await trustedIds(keys), [signingKeyId])
    assert.deepEqual(await trustedIds(keys), [signingKeyId])
    assert.deepEqual(
      ignored.sort((a, b) => (a.file < b.file ? -1 : 1)).map(({ file, reason }) => `${file}: ${reason}`),
      [
        `a-misnamed.pem: its name must be its RFC 7638 thumbprint, ${toKeyId(publicKey)}.pem`,
        'b-other.pem: it is not an Ed25519 key',
        'c-large.pem: it is not a small regular file',
        'd-folder.pem: it is not a small regular file',
        'e-pipe.pem: it is not a small regular file',
        `${toKeyId(publicKey)}.pem: it is not the PEM of a public key`,
      ].sort(),
    )
  })

  test('leave out a link that leads nowhere', async (context) => {
    const { keys, trustedFolder } = await createKeychain(context)
    await mkdir(trustedFolder, { recursive: true })
    await symlink(join(trustedFolder, 'nowhere'), join(trustedFolder, 'gone.pem'))
    assert.deepEqual(await trustedIds(keys), [])
  })

  test('cannot be told when their folder is a file', async (context) => {
    const { keys, folder, trustedFolder } = await createKeychain(context)
    await mkdir(folder)
    await writeFile(trustedFolder, '')
    await assert.rejects(keys.trusted(), hasCode('internal_error', /trusted/))
    await rm(trustedFolder)
    assert.deepEqual(await trustedIds(keys), [])
  })
})

/** Files that have just changed are read at each request. */
async function untilKept(keys: SigningKeys): Promise<void> {
  await eventually(async () => assert.equal(await keys.trusted(), await keys.trusted()))
}

function identity({
  ino,
  mtimeNs,
  ctimeNs,
  size,
}: {
  ino: bigint
  mtimeNs: bigint
  ctimeNs: bigint
  size: bigint
}): string {
  return [ino, mtimeNs, ctimeNs, size].join()
}

function assertOneMaker(answers: readonly InitializedKeys[]): void {
  assert.equal(answers.filter(({ status }) => status === 'initialized').length, 1)
  assert.equal(new Set(answers.map(({ signingKeyId }) => signingKeyId)).size, 1)
}

function privatePem(
  type: 'ed25519' | 'x25519',
  encryption: { cipher?: string; passphrase?: string } = {},
): string {
  const { privateKey } = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519')
  return privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString()
}
