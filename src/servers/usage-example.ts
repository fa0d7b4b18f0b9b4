import type { JsonObject, JsonValue } from '../vocabulary.ts'
import { fromText } from './asked.ts'
import type { Asked, CatalogueServer, Parameter, Variable } from './catalogue-server.ts'

/** The least that add_server_to_config needs for a server. A secret is shown as a reference, which is also the safest way to give it. */
export function toUsageExample(
  serverId: string,
  { parameters, variables }: Pick<CatalogueServer, 'parameters' | 'variables'>,
): JsonObject {
  const params = parameters
    .filter(isNeeded)
    .map((parameter) => [parameter.name, toExample(parameter)] as const)
  const envVars = variables
    .filter(isNeeded)
    .map((variable) => [variable.name, toVariableExample(variable)] as const)
  return {
    server_id: serverId,
    ...(params.length > 0 ? { params: Object.fromEntries(params) } : {}),
    ...(envVars.length > 0 ? { env_vars: Object.fromEntries(envVars) } : {}),
  }
}

function isNeeded({ required, default: fallback }: Parameter | Variable): boolean {
  return required && fallback === undefined
}

function toExample(parameter: Parameter): JsonValue {
  const example = parameter.secret ? toReference(parameter) : (parameter.example ?? firstOf(parameter))
  return parameter.repeatable ? [example] : example
}

function toVariableExample(variable: Variable): string {
  return variable.secret ? toReference(variable) : String(variable.example ?? firstOf(variable))
}

function toReference({ name }: Asked): string {
  return `\${env:${name.toUpperCase().replace(/[^A-Z0-9_]/g, '_')}}`
}

function firstOf({ type, choices }: Asked): JsonValue {
  return choices?.[0] === undefined ? stock[type] : fromText(type, choices[0])
}

const stock = { string: 'example', number: 1, boolean: true, path: '/path/to/it' } as const
