import { isDeepStrictEqual } from 'node:util'
import { toParameter, toParameterName, toParameters } from './asked.ts'
import type { ArgumentTemplate, Parameter, ValueTemplate } from './catalogue-server.ts'
import type { Argument, KeyValueInput } from './server-json.ts'
import { placeholdersOf } from './template.ts'

/** A template and what fills its placeholders. */
export interface Part<Template> {
  readonly template: Template
  readonly parameters: readonly Parameter[]
}

/**
 * The registry's shape has no word for a bare flag: a named argument that asks for nothing is one, and so is a boolean while it is
 * true.
 */
export function toArgumentPart(argument: Argument): readonly Part<ArgumentTemplate>[] {
  const flag = argument.type === 'named' ? argument.name : null
  const { value, isRepeated = false } = argument
  if (flag !== null && isFixedFlag(argument)) {
    return value === 'false' ? [] : [{ template: { kind: 'flag', flag, when: null }, parameters: [] }]
  }
  if (value === undefined) return [toAskedArgument(argument, flag, isRepeated)]
  const repeated = isRepeated && placeholdersOf(value).length === 1
  return [
    { template: { kind: 'value', flag, value, repeated }, parameters: toParameters(argument, repeated) },
  ]
}

function isFixedFlag(argument: Argument): boolean {
  const { value, format } = argument
  if (value !== undefined) return format === 'boolean' && (value === 'true' || value === 'false')
  return Object.keys(argument).every((key) => ['type', 'name', 'isRepeated', 'isRequired'].includes(key))
}

function toAskedArgument(argument: Argument, flag: string | null, repeated: boolean): Part<ArgumentTemplate> {
  const name = toParameterName(argument.type === 'named' ? argument.name : (argument.valueHint ?? ''))
  if (flag !== null && argument.format === 'boolean') {
    return { template: { kind: 'flag', flag, when: name }, parameters: [toParameter(name, argument)] }
  }
  return {
    template: { kind: 'value', flag, value: `{${name}}`, repeated },
    parameters: [toParameter(name, argument, repeated)],
  }
}

/** A header without a value is asked for under its own name in lower case: `X-API-Key` as `x_api_key`. */
export function toValuePart(input: KeyValueInput): Part<ValueTemplate> {
  if (input.value !== undefined) {
    return { template: { name: input.name, value: input.value }, parameters: toParameters(input) }
  }
  const name = toParameterName(input.name.toLowerCase())
  return { template: { name: input.name, value: `{${name}}` }, parameters: [toParameter(name, input)] }
}

/** A placeholder may stand in several places; what is declared twice alike is one parameter. */
export function distinct(parts: readonly Pick<Part<unknown>, 'parameters'>[]): readonly Parameter[] {
  const all = parts.flatMap(({ parameters }) => parameters)
  return all.filter(
    (parameter, index) => index === all.findIndex((other) => isDeepStrictEqual(other, parameter)),
  )
}
