import type { Finding } from '../errors.ts'
import type { JsonObject, ServerEntry } from '../vocabulary.ts'
import type { CatalogueServer } from './catalogue-server.ts'
import { readParameters } from './read-parameters.ts'
import { readVariables } from './read-variables.ts'
import { renderEntry } from './render-entry.ts'

export type Instantiation =
  /** `secrets`: by variable or parameter name, the plain values that belong into the vault. */
  | { readonly ok: true; readonly entry: ServerEntry; readonly secrets: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly errors: readonly Finding[] }

/** What an input of add_server_to_config gives; the pointers of findings are into it. */
export interface Given {
  readonly params?: JsonObject
  readonly envVars?: JsonObject
}

/**
 * The entry of a server for what was given: checked, defaults filled in, placeholders filled in one pass. Plain secrets go to `secrets`
 * and the entry says `secretReference(name)`; references that were given are kept as they are.
 */
export function instantiate(
  server: CatalogueServer,
  given: Given,
  secretReference: (name: string) => string,
): Instantiation {
  const parameters = readParameters(server, given.params ?? {}, secretReference)
  const variables = readVariables(server, given.envVars ?? {}, secretReference)
  const errors = [...parameters.errors, ...variables.errors]
  if (errors.length > 0) return { ok: false, errors }
  const rendered = renderEntry(server, parameters.texts, variables.texts)
  if (!rendered.ok) return rendered
  return { ok: true, entry: rendered.entry, secrets: new Map([...parameters.secrets, ...variables.secrets]) }
}
