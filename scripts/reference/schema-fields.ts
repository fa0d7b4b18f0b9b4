import { isObject } from '../../src/json.ts'
import { payload } from '../../src/operations/schemas.ts'
import { code, link, linkWords, prose } from './markdown.ts'

/** A field of an input or an answer, with those within it behind it: `profiles[].deployment.sequence`. */
export interface Field {
  readonly name: string
  readonly type: string
  readonly isRequired: boolean
  /** What it means, and what values it may have. */
  readonly meaning: string
}

type Schema = Readonly<Record<string, unknown>>

/** Of an input it matters what is refused, too. */
type Role = 'input' | 'answer'

const payloadAddress = 'http-api.md#payload'

/** What an answer has, as rows of field, type and meaning. */
export function toAnswerRows(
  fields: readonly Field[],
  addresses: ReadonlyMap<string, string> = new Map(),
): readonly (readonly string[])[] {
  return fields.map(({ name, type, isRequired, meaning }) => [
    code(name),
    isRequired ? type : `${type}, may be absent`,
    linkWords(meaning, addresses),
  ])
}

/** The fields of an object's schema in the order of the schema, each followed by those within it. */
export function toFields(schema: object, role: Role): readonly Field[] {
  return fieldsWithin(asPlain(schema), '', role)
}

function fieldsWithin(schema: Schema, prefix: string, role: Role): readonly Field[] {
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, Schema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`
    const field = toField(path, property, required.includes(name), role)
    return [field, ...fieldsBelow(property, path, role)]
  })
}

function toField(name: string, schema: Schema, isRequired: boolean, role: Role): Field {
  const inner = toInner(schema)
  return {
    name,
    type: typeOf(schema),
    isRequired,
    meaning: toMeaning({ ...inner, ...schema }, role),
  }
}

/** What stands in a list, or beside null, is described in place of it. */
function toInner(schema: Schema): Schema {
  const { items } = schema
  if (isObject(items)) return toInner(items as Schema)
  const [first, ...others] = choices(schema).filter((each) => each.type !== 'null' && !isJsonText(each))
  return first && others.length === 0 && first !== schema ? toInner(first) : schema
}

function fieldsBelow(schema: Schema, path: string, role: Role): readonly Field[] {
  if (isPayload(toInner(schema))) return []
  if (isObject(schema.items)) return fieldsBelow(schema.items as Schema, `${path}[]`, role)
  const inner = toInner(schema)
  return inner === schema || !isObject(inner)
    ? fieldsWithin(schema, `${path}.`, role)
    : fieldsBelow(inner, path, role)
}

function typeOf(schema: Schema): string {
  if (isPayload(schema)) return link('payload', payloadAddress)
  if (isObject(schema.items)) return `list of ${plural(typeOf(schema.items as Schema))}`
  const all = choices(schema)
  if (all.length > 0) return [...new Set(all.map((each) => typeOf(each)))].join(' or ')
  if (isJsonText(schema)) return 'its JSON text'
  if (isObject(schema.patternProperties)) {
    const [value = {}] = Object.values(schema.patternProperties)
    const type = typeOf(value as Schema)
    return type === anything ? 'object' : `map of ${plural(type)}`
  }
  if (Array.isArray(schema.enum) || 'const' in schema) return typeof [schema.enum ?? schema.const].flat()[0]
  return typeof schema.type === 'string' ? schema.type : anything
}

const anything = 'anything'

function plural(type: string): string {
  return /^(?:string|integer|number|boolean|object)$/.test(type) ? `${type}s` : type
}

function toMeaning(schema: Schema, role: Role): string {
  const { description } = schema
  return [
    typeof description === 'string' ? prose(description) : '',
    ...toValues(schema),
    ...(role === 'input' ? toRules(schema) : []),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function toValues({ const: constant, enum: values }: Schema): readonly string[] {
  return [
    Array.isArray(values) ? `One of ${values.map((value) => code(toText(value))).join(', ')}.` : '',
    constant === undefined ? '' : `Always ${code(toText(constant))}.`,
  ]
}

function toRules(schema: Schema): readonly string[] {
  const { pattern, default: usual, examples } = schema
  const [example] = Array.isArray(examples) ? examples : []
  return [
    typeof pattern === 'string' ? `Matches ${code(pattern)}.` : '',
    toRange(schema, 'minimum', 'maximum', ''),
    toRange(schema, 'minLength', 'maxLength', ' characters'),
    toRange(schema, 'minItems', 'maxItems', ' entries'),
    usual === undefined ? '' : `Default: ${code(toText(usual))}.`,
    example === undefined || isTold(example, schema) ? '' : `Such as ${code(toText(example))}.`,
  ]
}

function isTold(example: unknown, { description, default: usual }: Schema): boolean {
  return example === usual || String(description).includes(toText(example))
}

function toRange(schema: Schema, least: string, most: string, unit: string): string {
  const [from, upTo] = [schema[least], schema[most]]
  const to = upTo === Number.MAX_SAFE_INTEGER ? undefined : upTo
  if (from !== undefined && to !== undefined) return `${from} to ${to}${unit}.`
  if (to !== undefined) return `At the most ${to}${unit}.`
  return from === undefined ? '' : `At least ${from}${unit}.`
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function choices({ anyOf }: Schema): readonly Schema[] {
  return Array.isArray(anyOf) ? anyOf : []
}

/** Beside an object: the same as text, which tools take. */
function isJsonText({ contentMediaType }: Schema): boolean {
  return contentMediaType === 'application/json'
}

const { description: _, ...bare } = asPlain(payload)
const payloadTexts = [JSON.stringify(asPlain(payload)), JSON.stringify(bare)]

function isPayload(schema: Schema): boolean {
  return payloadTexts.includes(JSON.stringify(schema))
}

/** A TypeBox schema is JSON with some members that JSON leaves out. */
function asPlain(schema: object): Schema {
  return JSON.parse(JSON.stringify(schema))
}
