import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OrchestrationError } from '../errors.ts'
import { isObject } from '../json.ts'
import {
  createHourlySweep,
  isMissing,
  makePrivateFolder,
  removePrivateFile,
  writePrivateFile,
} from '../private-file.ts'
import type { ProfileRef } from '../vocabulary.ts'

/** The vault of this machine: values that no payload, release or diff ever holds. */
export interface Secrets {
  get(name: string): Promise<string | undefined>
  /** Durable when it resolves; a reader beside it meets the old value or the new one. Trouble is `write_failed`. */
  put(name: string, value: string): Promise<void>
  /** A name that isn't kept is no trouble. */
  delete(name: string): Promise<void>
}

export interface SecretsOptions {
  /** Made, for its owner only, by the first `put`. */
  readonly folder: string
}

/** Keeps each secret in a file of its own, so that several processes never rewrite each other's. */
export function createSecrets({ folder }: SecretsOptions): Secrets {
  const sweep = createHourlySweep()
  return {
    async get(name) {
      const path = pathOf(folder, name)
      const text = await readText(path)
      return text === undefined ? undefined : parseSecret(path, name, text)
    },
    async put(name, value) {
      await makePrivateFolder(folder)
      await writePrivateFile(pathOf(folder, name), `${JSON.stringify({ name, value })}\n`, { sweep })
    },
    delete: (name) => removePrivateFile(pathOf(folder, name)),
  }
}

/** Where the vault keeps the value of a server's secret variable. */
export function secretName(
  { clientId, profileId }: ProfileRef,
  serverName: string,
  variable: string,
): string {
  return `${clientId}/${profileId}/${serverName}/${variable}`
}

/** By digest, so that no name can lead out of the folder, be too long for it, or differ from another by case alone. */
function pathOf(folder: string, name: string): string {
  return join(folder, `${createHash('sha256').update(name).digest('hex')}.json`)
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new OrchestrationError('internal_error', `The secret file ${path} could not be read.`, {
      cause: error,
    })
  }
}

/** The parser's message would quote the text, so no cause goes along. */
function parseSecret(path: string, name: string, text: string): string {
  const secret = parseJson(text)
  if (!isSecret(secret) || secret.name !== name) {
    const sentence = `The secret file ${path} is damaged. Remove it and add the server again with the secret's value.`
    throw new OrchestrationError('internal_error', sentence)
  }
  return secret.value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isSecret(value: unknown): value is { readonly name?: unknown; readonly value: string } {
  return isObject(value) && typeof value.value === 'string'
}
