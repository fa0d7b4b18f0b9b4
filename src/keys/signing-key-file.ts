import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { OrchestrationError } from '../errors.ts'
import { isMissing } from '../private-file.ts'
import { toFileIdentity } from './file-identity.ts'
import { isEd25519 } from './public-key.ts'

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface SigningKeyFile {
  readonly path: string
  /** Undefined when there is no file; `internal_error` when there is one that holds no Ed25519 private key. */
  read(): Promise<KeyPair | undefined>
}

/** The private key is kept under the file's identity, so that a key made by another process is used from the next call on. */
export function createSigningKeyFile(path: string): SigningKeyFile {
  let kept: { readonly identity: string; readonly pair: KeyPair } | undefined
  return {
    path,
    async read() {
      try {
        const info = await stat(path, { bigint: true })
        // Asked before it is opened: reading from a pipe would never end.
        if (!info.isFile()) throw new Error('Expected a regular file')
        if (kept?.identity !== toFileIdentity(info)) kept = await load(path)
        return kept.pair
      } catch (error) {
        kept = undefined
        if (isMissing(error)) return undefined
        throw unusable(path, error)
      }
    },
  }
}

/** Identity and bytes through one handle: they belong together even if the file is replaced meanwhile. */
async function load(path: string): Promise<{ readonly identity: string; readonly pair: KeyPair }> {
  await using file = await open(path, 'r')
  const identity = toFileIdentity(await file.stat({ bigint: true }))
  const privateKey = createPrivateKey(await file.readFile())
  if (!isEd25519(privateKey))
    throw new Error(`Expected an Ed25519 key and found ${privateKey.asymmetricKeyType}`)
  return { identity, pair: { privateKey, publicKey: createPublicKey(privateKey) } }
}

/** What the system keeps from us is there still, so making a new key is no way out of it. */
function unusable(path: string, cause: unknown): OrchestrationError {
  const reason = refusalOf(cause)
  const sentence = reason
    ? `${path} can't be read (${reason}). Let the user that runs this read it; the key in it is needed.`
    : `${path} holds no Ed25519 private key that can be read. Restore it from a backup, or use initialize_keys with regenerate: true.`
  return new OrchestrationError('internal_error', sentence, { cause })
}

/** The system's code for why it did not open or read the file, as EACCES. */
function refusalOf(error: unknown): string | undefined {
  return error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : undefined
}
