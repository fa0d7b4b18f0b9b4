import type TypeBox from 'typebox'
import type { TProperties, TSchema } from 'typebox'

/**
 * TypeBox's builders, as far as the operations use them: what they make is the same, under TypeBox's own types. They are made here
 * because TypeBox comes as 370 modules, whose loading took longer than Fastify's, and each start would wait for them.
 */
export const Type = {
  Array: (items: TSchema, options?: Options) => create('Array', { type: 'array', items }, options),
  Boolean: (options?: Options) => create('Boolean', { type: 'boolean' }, options),
  Enum: (values: readonly string[], options?: Options) => create('Enum', { enum: values }, options),
  Integer: (options?: Options) => create('Integer', { type: 'integer' }, options),
  Literal: (value: string, options?: Options) =>
    create('Literal', { type: typeof value, const: value }, options),
  Null: (options?: Options) => create('Null', { type: 'null' }, options),
  Object: (properties: TProperties, options?: Options) =>
    create('Object', { type: 'object', ...toRequired(properties), properties }, options),
  Optional: (schema: Built) => hide({ ...schema }, { '~kind': schema['~kind'], '~optional': true }),
  Record: ({ pattern = '^.*$' }: { readonly pattern?: string }, value: TSchema, options?: Options) =>
    create('Record', { type: 'object', patternProperties: { [pattern]: value } }, options),
  String: (options?: Options) => create('String', { type: 'string' }, options),
  Union: (anyOf: readonly TSchema[], options?: Options) => create('Union', { anyOf }, options),
  Unknown: (options?: Options) => create('Unknown', {}, options),
} as unknown as Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Enum'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Object'
  | 'Optional'
  | 'Record'
  | 'String'
  | 'Union'
  | 'Unknown'
>

type Options = Readonly<Record<string, unknown>>

interface Built extends TSchema {
  readonly '~kind': string
}

function create(kind: string, schema: Options, options?: Options): Options {
  return hide({ ...schema, ...options }, { '~kind': kind })
}

/** TypeBox's marks on a schema are no JSON Schema, so they don't go over the wire. */
function hide(schema: Options, marks: Options): Options {
  for (const [name, value] of Object.entries(marks))
    Object.defineProperty(schema, name, { value, configurable: true, writable: true })
  return schema
}

function toRequired(properties: TProperties): { readonly required?: readonly string[] } {
  const required = Object.keys(properties).filter((name) => !('~optional' in (properties[name] ?? {})))
  return required.length > 0 ? { required } : {}
}
