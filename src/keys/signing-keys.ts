import { generateKeyPairSync, sign } from 'node:crypto'
import { join } from 'node:path'
import { OrchestrationError } from '../errors.ts'
import { createPrivateFile, makePrivateFolder, writePrivateFile } from '../private-file.ts'
import { type PublicJwk, toKeyId, toPublicJwk } from './public-key.ts'
import { createSigningKeyFile, type KeyPair, type SigningKeyFile } from './signing-key-file.ts'
import { createTrustedKeys, type IgnoredKey, type TrustedKeySet, type TrustedKeys } from './trusted-keys.ts'

export interface SigningKeys {
  /**
   * Makes the signing key if there is none. `regenerate` replaces it; what the former key signed still verifies. Of several
   * processes at once one makes the key and all answer its id. `write_failed` when the folder can't be written.
   */
  initialize(options?: { readonly regenerate?: boolean }): Promise<InitializedKeys>
  /** What signs now; `signing_key_missing` when there is nothing to sign with. */
  signer(): Promise<Signer>
  /** The keys whose signatures count, by their ids (RFC 7638 thumbprints). */
  trusted(): Promise<TrustedKeySet>
  /** The same as a JWK set (RFC 7517 section 5), in the order of their ids. */
  jwks(): Promise<{ readonly keys: readonly PublicJwk[] }>
}

export interface Signer {
  readonly keyId: string
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

export interface InitializedKeys {
  readonly status: 'initialized' | 'already_exists' | 'regenerated'
  readonly signingKeyId: string
  /** What signed until then; null when nothing did, or nothing usable. */
  readonly formerKeyId: string | null
  readonly publicKeyPath: string
  readonly publicJwk: PublicJwk
}

export interface SigningKeysOptions {
  /** Holds `signing.pem` (PKCS #8, 0600) and `trusted/<key id>.pem` (SPKI). */
  readonly folder: string
  /** Told of files in `trusted/` that don't count. */
  readonly onIgnored?: (ignored: IgnoredKey) => void
}

export function createSigningKeys({ folder, ...options }: SigningKeysOptions): SigningKeys {
  const file = createSigningKeyFile(join(folder, 'signing.pem'))
  const trusted = createTrustedKeys({ folder: join(folder, 'trusted'), ...options })
  return {
    async initialize({ regenerate = false } = {}) {
      await makePrivateFolder(folder)
      return regenerate ? await replaceKey(file, trusted) : await ensureKey(file, trusted)
    },
    signer: () => toSigner(file, trusted),
    trusted: trusted.all,
    async jwks() {
      return { keys: [...(await trusted.all()).values()].map(toPublicJwk) }
    },
  }
}

async function ensureKey(file: SigningKeyFile, trusted: TrustedKeys): Promise<InitializedKeys> {
  const existing = await file.read()
  if (existing) return toExisting(existing, trusted)
  const made = await makeKey(trusted)
  if (await createPrivateFile(file.path, toPem(made))) return toAnswer('initialized', made, null, trusted)
  await trusted.remove(made.publicKey) // another process was first, and nothing was ever signed with ours
  return toExisting(await readExisting(file), trusted)
}

/** The former key's public half stays where it is: trusted, unless a person took it away. */
async function replaceKey(file: SigningKeyFile, trusted: TrustedKeys): Promise<InitializedKeys> {
  const former = await file.read().catch(() => 'unusable' as const) // which is what regenerating mends
  const made = await makeKey(trusted)
  await writePrivateFile(file.path, toPem(made))
  const formerKeyId = typeof former === 'object' ? toKeyId(former.publicKey) : null
  return toAnswer(former === undefined ? 'initialized' : 'regenerated', made, formerKeyId, trusted)
}

/** Trusted before it can sign: no release is ever there that its own maker doesn't accept. */
async function makeKey(trusted: TrustedKeys): Promise<KeyPair> {
  const pair = generateKeyPairSync('ed25519')
  await trusted.add(pair.publicKey)
  return pair
}

async function readExisting(file: SigningKeyFile): Promise<KeyPair> {
  const existing = await file.read()
  if (existing) return existing
  throw new OrchestrationError(
    'write_failed',
    `${file.path} could neither be made nor read. If it is a symbolic link, let it point to a file; then use initialize_keys again.`,
  )
}

async function toSigner(file: SigningKeyFile, trusted: TrustedKeys): Promise<Signer> {
  const pair = await file.read()
  if (!pair) {
    throw new OrchestrationError(
      'signing_key_missing',
      'There is no key to sign with. Use initialize_keys once, then publish again.',
    )
  }
  const keyId = toKeyId(pair.publicKey)
  if (!(await trusted.all()).has(keyId)) {
    throw new OrchestrationError(
      'signing_key_missing',
      `The signing key ${keyId} was taken out of the trusted keys, so nothing it signs would count. Use initialize_keys with regenerate: true, or put ${keyId}.pem back.`,
    )
  }
  return { keyId, sign: (bytes) => sign(null, bytes, pair.privateKey) }
}

function toExisting(pair: KeyPair, trusted: TrustedKeys): InitializedKeys {
  return toAnswer('already_exists', pair, toKeyId(pair.publicKey), trusted)
}

function toAnswer(
  status: InitializedKeys['status'],
  { publicKey }: KeyPair,
  formerKeyId: string | null,
  trusted: TrustedKeys,
): InitializedKeys {
  const publicJwk = toPublicJwk(publicKey)
  const publicKeyPath = trusted.pathOf(publicKey)
  return { status, signingKeyId: publicJwk.kid, formerKeyId, publicKeyPath, publicJwk }
}

function toPem({ privateKey }: KeyPair): string {
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
