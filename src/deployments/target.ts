import type { Client } from '../clients/client.ts'
import { readConfig } from '../clients/config-document.ts'
import type { JsonValue } from '../vocabulary.ts'
import { type ConfigFile, readConfigFile, unreadable } from './config-file.ts'

/** A client's file and the server entries in it. No file reads as an empty text without entries. */
export interface Target {
  readonly file: ConfigFile
  readonly text: string
  readonly entries: ReadonlyMap<string, JsonValue>
}

/** A file that can't be read, parsed, or that says a name twice is `config_file_unreadable`. */
export async function readTarget(client: Client, configPath: string): Promise<Target> {
  const file = await readConfigFile(configPath)
  const text = file.content?.text ?? ''
  const read = readConfig(client, text)
  if (!read.ok) throw unreadable(configPath, read.reason)
  return { file, text, entries: read.entries }
}
