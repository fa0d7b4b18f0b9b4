import type { Operation } from '../../operations/operation.ts'
import { artifactId, payload, revision, sequence, time, transport } from '../../operations/schemas.ts'
import type { JsonObject, JsonValue } from '../../vocabulary.ts'

/** The catalogue's schemas as the document has them: what several places share stands once, under a name. */
export interface Schemas {
  readonly components: JsonObject
  /** A schema with names in place of what has one. */
  refer(schema: unknown): JsonValue
}

export function createSchemas(operations: readonly Operation[]): Schemas {
  const named = Object.entries({ ...words, ...findParts(operations), ...problemSchemas })
  const names = new Map(named.map(([name, schema]) => [JSON.stringify(schema), name]))

  function refer(schema: unknown): JsonValue {
    const name = names.get(JSON.stringify(schema))
    return name === undefined ? translate(schema, refer) : toReference('schemas', name)
  }

  return {
    components: Object.fromEntries(named.map(([name, schema]) => [name, translate(schema, refer)])),
    refer,
  }
}

export function toReference(kind: string, name: string): JsonObject {
  return { $ref: `#/components/${kind}/${name}` }
}

const words = {
  ArtifactId: artifactId,
  Payload: payload,
  Revision: revision,
  Sequence: sequence,
  Time: time,
  Transport: transport,
}

/** Things within answers that generated clients want a name for: the entries of a list, or a field. */
const parts = {
  Client: ['list_clients', 'clients'],
  Profile: ['list_profiles', 'profiles'],
  Envelope: ['get_config', 'envelope'],
  ReleaseSummary: ['get_config', 'history'],
  ValidationFinding: ['validate_config', 'errors'],
  Server: ['list_available_servers', 'servers'],
  Parameter: ['describe_server', 'parameters'],
  Variable: ['describe_server', 'variables'],
  Token: ['list_tokens', 'tokens'],
} as const

function findParts(operations: readonly Operation[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(parts).flatMap(([name, [id, field]]) => {
      const property: unknown = operations.find((each) => each.id === id)?.output.properties[field]
      return isSchema(property) ? [[name, property.items ?? property]] : []
    }),
  )
}

const text = { type: 'string' } as const

const finding = {
  type: 'object',
  required: ['code', 'pointer', 'message'],
  properties: {
    code: { ...text, description: 'What kind of fault it is, for programs.' },
    pointer: { ...text, description: 'Where it is: a JSON Pointer (RFC 6901) into the input or the draft.' },
    message: { ...text, description: 'What is wrong, for people.' },
  },
  description: 'One thing that is wrong.',
}

const problemSchemas = {
  Finding: finding,
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
    properties: {
      type: { ...text, format: 'uri', description: 'The code as a URN; there is nothing to fetch.' },
      title: { ...text, description: 'The code in words.' },
      status: { type: 'integer', description: 'The HTTP status.' },
      detail: { ...text, description: 'What is wrong and what to do next, for people.' },
      code: {
        ...text,
        description: 'What went wrong, for programs. Codes stay; later versions may add some.',
      },
      request_id: { ...text, description: 'The X-Request-Id, under which the log of the server has more.' },
      errors: { type: 'array', items: finding, description: 'Each thing that is wrong with the input.' },
    },
    description: 'Any refusal or failure, as RFC 9457 shapes it.',
  },
}

type Schema = Readonly<Record<string, unknown>>

/** Into the forms that documentation pages and generators of clients read best; what is valid stays the same. */
function translate(schema: unknown, refer: (schema: unknown) => JsonValue): JsonValue {
  if (!isSchema(schema)) return schema as JsonValue
  const { properties, items, anyOf, patternProperties, ...rest } = schema
  return {
    ...(rest as JsonObject),
    ...(Array.isArray(rest.enum) && rest.enum.every((value) => typeof value === 'string')
      ? { type: 'string' }
      : {}),
    ...(isSchema(properties) ? { properties: mapValues(properties, refer) } : {}),
    ...(items === undefined ? {} : { items: refer(items) }),
    ...(isSchema(patternProperties) ? toMap(patternProperties, refer) : {}),
    ...(Array.isArray(anyOf) ? toUnion(anyOf.map(refer)) : {}),
  }
}

/** An object whose names aren't known beforehand has one pattern for all of them. */
function toMap(patternProperties: Schema, refer: (schema: unknown) => JsonValue): JsonObject {
  const [[pattern, value] = ['', {}]] = Object.entries(patternProperties)
  return {
    additionalProperties: refer(value),
    ...(pattern === anything ? {} : { propertyNames: { pattern } }),
  }
}

const anything = '^.*$'

/** `null` beside one plain type is a second type. */
function toUnion(branches: readonly JsonValue[]): JsonObject {
  const [first, second, ...others] = branches
  return isSchema(first) &&
    typeof first.type === 'string' &&
    first.enum === undefined &&
    isNull(second) &&
    others.length === 0
    ? { ...(first as JsonObject), type: [first.type, 'null'] }
    : { anyOf: branches }
}

function isNull(schema: unknown): boolean {
  return isSchema(schema) && schema.type === 'null'
}

function mapValues(object: Schema, map: (value: unknown) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
