import type { Finding } from '../errors.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { CatalogueServer, Variable } from './catalogue-server.ts'
import { invalidVariable, knownParameters, missingVariable } from './findings.ts'
import { toVariableText } from './given-value.ts'
import { givenValue, isPlainSecret, type Reading } from './reading.ts'

/** The environment variables that were given or have a default. A server that runs here takes more than its catalogue entry names. */
export function readVariables(
  server: CatalogueServer,
  given: JsonObject,
  secretReference: (name: string) => string,
): Reading<string> {
  const errors: Finding[] = []
  const texts = new Map<string, string>()
  const secrets = new Map<string, string>()
  for (const variable of [...server.variables, ...toExtras(server, given)]) {
    const value = givenValue(given, variable.name)
    const read = readVariable(server, variable, value)
    if ('error' in read) errors.push(read.error)
    else if (read.text === undefined) continue
    else if (value !== undefined && isPlainSecret(variable, read.text)) {
      secrets.set(variable.name, read.text)
      texts.set(variable.name, secretReference(variable.name))
    } else texts.set(variable.name, read.text)
  }
  return { texts, secrets, errors }
}

function readVariable(
  server: CatalogueServer,
  variable: Variable,
  given: JsonValue | undefined,
): { readonly text: string | undefined } | { readonly error: Finding } {
  const { name, required } = variable
  const value = given === undefined ? variable.default : given
  const problem = given === undefined ? undefined : findProblem(server, name)
  if (problem !== undefined) return { error: invalidVariable(name, problem) }
  if (value === undefined || value === '')
    return required ? { error: missingVariable(variable) } : { text: value }
  const read = toVariableText(variable, value)
  return read.ok ? { text: read.text } : { error: invalidVariable(name, read.problem) }
}

function toExtras({ variables }: CatalogueServer, given: JsonObject): readonly Variable[] {
  const known = new Set(variables.map(({ name }) => name))
  return Object.keys(given)
    .filter((name) => !known.has(name))
    .map((name) => ({ name, description: '', type: 'string', required: false, secret: false }))
}

function findProblem(server: CatalogueServer, name: string): string | undefined {
  if (server.transport !== 'stdio') {
    return `has no use: ${server.serverId} is reached by URL. What it takes goes into params: ${knownParameters(server)}`
  }
  if (server.env.some((template) => template.name === name)) return 'is set by the catalogue: leave it out'
  if (/^(?!__proto__$)[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return undefined
  return 'is no name of an environment variable: use letters, digits and underscores'
}
