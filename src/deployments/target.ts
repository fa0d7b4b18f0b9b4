import type { Client } from '../clients/client.ts'
import { readConfig } from '../clients/config-document.ts'
import { OrchestrationError } from '../errors.ts'
import type { JsonValue } from '../vocabulary.ts'
import { type ConfigFile, readConfigFile, unreadable } from './config-file.ts'

/** A client's file and the server entries in it. No file reads as an empty text without entries. */
export interface Target {
  readonly file: ConfigFile
  readonly text: string
  readonly entries: ReadonlyMap<string, JsonValue>
}

/** What can't be read, or isn't there on this machine, is an answer and no failure when one only looks. */
export function unreadableAsNull(error: unknown): null {
  if (error instanceof OrchestrationError && error.code === 'config_file_unreadable') return null
  throw error
}

/** A file that can't be read, parsed, or that says a name twice is `config_file_unreadable`. */
export async function readTarget(client: Client, configPath: string): Promise<Target> {
  const file = await readConfigFile(configPath)
  const text = file.content?.text ?? ''
  const read = readConfig(client, text)
  if (!read.ok) throw unreadable(configPath, read.reason)
  return { file, text, entries: read.entries }
}
