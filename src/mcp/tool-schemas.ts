import type { Tool as ListedTool } from '@modelcontextprotocol/server'
import type { Operation } from '../operations/operation.ts'
import type { JsonObject } from '../vocabulary.ts'
import { inToolWords, selectorWords } from './tool-words.ts'
import type { Tool } from './tools.ts'

/** What a profile's tools assume when an agent names neither client nor profile. */
export const profileDefaults = { client_id: 'claude-desktop', profile_id: 'default' } as const

type Answered = Pick<Tool, 'operation' | 'variant' | 'takesExpectedRevision'>
type Schema = JsonObject
type Properties = Readonly<Record<string, Schema>>

/**
 * One flat object for all operations of a tool: model providers refuse `anyOf` at the root of an input schema. What a combination of
 * arguments means is checked when the tool is called.
 */
export function inputSchema(tool: Answered): ListedTool['inputSchema'] {
  const main = propertiesOf(tool.operation)
  const properties = {
    ...selectorProperty(tool),
    ...withCondition(main, propertiesOf(tool.variant?.operation), tool, 'main'),
    ...withCondition(propertiesOf(tool.variant?.operation), main, tool, 'variant'),
    ...(tool.takesExpectedRevision && { expected_revision: expectedRevisionSchema }),
  }
  const required = requiredInputs(tool)
  return {
    type: 'object',
    properties: mapValues(properties, (schema, name) =>
      acceptJsonText(withDefault(tool, name, schema)),
    ) as ListedTool['inputSchema']['properties'],
    ...(required.length > 0 && { required: [...required] }),
    additionalProperties: false,
  }
}

/** The operation's own output; with two operations either one, told apart by the constant `operation`. */
export function outputSchema(tool: Answered): NonNullable<ListedTool['outputSchema']> {
  if (!tool.variant) return { ...toJson(tool.operation.output), type: 'object' }
  return {
    type: 'object',
    properties: { operation: { type: 'string', enum: [tool.operation.id, tool.variant.operation.id] } },
    required: ['operation'],
    anyOf: [tool.operation, tool.variant.operation].map(discriminated),
  }
}

/** Whether an operation is about one profile, so that over MCP client and profile have defaults. */
export function isAboutProfile(operation: Operation): boolean {
  return 'client_id' in operation.input.properties && 'profile_id' in operation.input.properties
}

/** Whether an input takes an object, which over MCP may also come as JSON text: some agents send it so. */
export function isObjectInput({ input }: Operation, name: string): boolean {
  return isObjectSchema((input.properties as Properties)[name])
}

const expectedRevisionSchema: Schema = {
  type: 'integer',
  minimum: 0,
  description:
    'The revision that the draft must still have (get_config with stage "draft" shows it); if it changed since, nothing is done.',
}

function propertiesOf(operation: Operation | undefined): Properties {
  return operation ? (toJson(operation.input).properties as Properties) : {}
}

function selectorProperty({ variant }: Answered): Properties {
  if (variant?.selector.kind !== 'value') return {}
  const { argument, value, otherwise, description } = variant.selector
  const values =
    typeof value === 'boolean' ? { type: 'boolean' } : { type: 'string', enum: [otherwise, value] }
  return { [argument]: { ...values, default: otherwise, description } }
}

/** Says in the description when a property goes with only one of the tool's two operations. */
function withCondition(
  own: Properties,
  other: Properties,
  tool: Answered,
  side: 'main' | 'variant',
): Properties {
  const selector = tool.variant?.selector
  if (!selector) return own
  const condition = `${side === 'main' ? 'Not with' : 'Only with'} ${selectorWords(selector)}.`
  return mapValues(own, (schema, name) =>
    name in other || name === selector.argument ? schema : withSentence(schema, condition),
  )
}

function withSentence(schema: Schema, sentence: string): Schema {
  const { description } = schema
  return { ...schema, description: typeof description === 'string' ? `${description} ${sentence}` : sentence }
}

function withDefault({ operation }: Answered, name: string, schema: Schema): Schema {
  if (!isAboutProfile(operation) || !Object.hasOwn(profileDefaults, name)) return schema
  return { ...schema, default: profileDefaults[name as keyof typeof profileDefaults] }
}

function acceptJsonText(schema: Schema): Schema {
  if (!isObjectSchema(schema)) return schema
  const { description, ...object } = schema
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [object, { type: 'string', contentMediaType: 'application/json' }],
  }
}

function isObjectSchema(schema: Schema | undefined): boolean {
  return schema?.type === 'object'
}

/** What every operation of the tool needs and no default fills. */
function requiredInputs({ operation, variant }: Answered): readonly string[] {
  const ofVariant = variant && new Set(requiredOf(variant.operation))
  return requiredOf(operation).filter(
    (name) =>
      (!ofVariant || ofVariant.has(name)) &&
      !(isAboutProfile(operation) && Object.hasOwn(profileDefaults, name)),
  )
}

function requiredOf({ input }: Operation): readonly string[] {
  return (toJson(input).required ?? []) as readonly string[]
}

function discriminated({ id, output }: Operation): Schema {
  const { properties, required, ...rest } = toJson(output) as {
    readonly properties: JsonObject
    readonly required?: readonly string[]
  }
  return {
    ...rest,
    properties: { operation: { const: id }, ...properties },
    required: ['operation', ...(required ?? [])],
  }
}

function mapValues(
  properties: Properties,
  map: (schema: Schema, name: string) => Schema,
): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, map(schema, name)]))
}

/** A TypeBox schema as the plain JSON that goes over the wire, its descriptions about tools. */
function toJson(schema: object): JsonObject {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'description' && typeof value === 'string' ? inToolWords(value) : value,
  ) as JsonObject
}
