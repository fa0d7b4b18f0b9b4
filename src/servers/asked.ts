import type { JsonValue } from '../vocabulary.ts'
import type { Asked, Parameter, Variable } from './catalogue-server.ts'
import { toParameterText, toVariableText } from './given-value.ts'
import type { Input, KeyValueInput } from './server-json.ts'

/** A flag, hint or header as the name of a parameter: `--db-path` is asked for as `db_path`. */
export function toParameterName(text: string): string {
  return text
    .replace(/^-+/, '')
    .replace(/[^A-Za-z0-9_.]+/g, '_')
    .replace(/^(?=[0-9.]|$)/, '_')
}

export function toParameter(name: string, input: Input, repeatable = false): Parameter {
  const asked = toAsked(name, input)
  const fallback = input.value ?? input.default
  const example = input.placeholder === undefined ? undefined : fromText(asked.type, input.placeholder)
  return {
    ...asked,
    ...(fallback ? { default: fromText(asked.type, fallback) } : {}),
    ...(example !== undefined && toParameterText(asked, example).ok ? { example } : {}),
    repeatable,
  }
}

export function toVariable(input: KeyValueInput): Variable {
  const asked = toAsked(input.name, input)
  const { placeholder: example } = input
  return {
    ...asked,
    ...(input.default ? { default: input.default } : {}),
    ...(example && toVariableText(asked, example).ok ? { example } : {}),
  }
}

/**
 * The parameters behind the placeholders of a composed value. Whatever fills a secret is secret, and whatever fills something
 * required is required, wherever the file says so.
 */
export function toParameters(
  input: Input & { readonly variables?: Readonly<Record<string, Input>> },
  repeatable = false,
) {
  return Object.entries(input.variables ?? {}).map(([name, variable]) =>
    toParameter(
      name,
      {
        ...variable,
        isSecret: variable.isSecret === true || input.isSecret === true,
        isRequired: variable.isRequired === true || input.isRequired === true,
      },
      repeatable,
    ),
  )
}

/** With `value` there is one choice only: the file's author has made it. */
function toAsked(name: string, input: Input): Asked {
  const choices = input.value === undefined ? input.choices : [input.value]
  return {
    name,
    description: input.description ?? '',
    type: input.format === 'filepath' ? 'path' : (input.format ?? 'string'),
    required: input.isRequired === true,
    secret: input.isSecret === true,
    ...(choices ? { choices } : {}),
  }
}

/** The registry's shape writes every default, choice and example as text. */
export function fromText(type: Asked['type'], text: string): JsonValue {
  if (type === 'number') return Number(text)
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true'
  return text
}
