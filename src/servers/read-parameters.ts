import type { Finding } from '../errors.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { CatalogueServer, Parameter } from './catalogue-server.ts'
import { invalidParameter, missingParameter, unknownParameter } from './findings.ts'
import { toParameterText } from './given-value.ts'
import { findMisplaced } from './misplaced.ts'
import { givenValue, isPlainSecret, type ParameterTexts, type Reading } from './reading.ts'

export function readParameters(
  server: CatalogueServer,
  given: JsonObject,
  secretReference: (name: string) => string,
): Reading<readonly string[]> {
  const names = new Set(server.parameters.map(({ name }) => name))
  const unknown = Object.keys(given).filter((name) => !names.has(name))
  const errors: Finding[] = unknown.map((name) => unknownParameter(server, name))
  const plain = new Map<string, readonly string[]>()
  for (const parameter of server.parameters) {
    const read = readParameter(parameter, givenValue(given, parameter.name))
    if ('error' in read) errors.push(read.error)
    else if (read.texts.length > 0) plain.set(parameter.name, read.texts)
  }
  errors.push(...findMisplaced(server, plain))
  return { ...conceal(server.parameters, given, plain, secretReference), errors }
}

function readParameter(
  parameter: Parameter,
  given: JsonValue | undefined,
): { readonly texts: readonly string[] } | { readonly error: Finding } {
  const value = given === undefined ? parameter.default : given
  const items = value === undefined ? [] : parameter.repeatable && Array.isArray(value) ? value : [value]
  if (items.length === 0) return parameter.required ? { error: missingParameter(parameter) } : { texts: [] }
  const texts: string[] = []
  for (const item of items) {
    const read = toParameterText(parameter, item)
    if (!read.ok) return { error: invalidParameter(parameter.name, read.problem) }
    texts.push(read.text)
  }
  return { texts }
}

/** A default is public, even that of a secret: only what was given goes into the vault. */
function conceal(
  parameters: readonly Parameter[],
  given: JsonObject,
  plain: ParameterTexts,
  secretReference: (name: string) => string,
) {
  const texts = new Map(plain)
  const secrets = new Map<string, string>()
  for (const parameter of parameters) {
    const [text = ''] = plain.get(parameter.name) ?? []
    if (givenValue(given, parameter.name) === undefined || !isPlainSecret(parameter, text)) continue
    secrets.set(parameter.name, text)
    texts.set(parameter.name, [secretReference(parameter.name)])
  }
  return { texts, secrets }
}
