import { type Operation, pathParameters } from '../../operations/operation.ts'
import { version } from '../../version.ts'
import type { JsonObject, JsonValue } from '../../vocabulary.ts'
import { headerParameters, notModified, referToHeaderParameters } from './openapi-conditions.ts'
import { headers, referToHeaders, toErrorResponses, toSharedResponses } from './openapi-responses.ts'
import { createSchemas, type Schemas } from './openapi-schemas.ts'
import { operationExamples } from './operation-examples.ts'

/** Paths that are no operations. */
export interface Beside {
  readonly tag: JsonObject
  readonly paths: JsonObject
}

/**
 * The OpenAPI 3.1 document of a catalogue. It is made here and not by @fastify/swagger, because that one goes by the schemas of routes,
 * which ours would have for its sake alone (an operation checks its own input, for every door), and collects them at each start,
 * whether anybody asks or not. This needs no server and is made when it is asked for.
 */
export function toOpenApi(operations: readonly Operation[], beside?: Beside): JsonObject {
  const schemas = createSchemas(operations)
  return {
    openapi: '3.1.1',
    info,
    // Relative to where the document is, so that a prefix or a proxy's path needs no setting.
    servers: [{ url: '.', description: 'This server' }],
    security: [{ bearerAuth: [] }, { apiKeyAuth: [] }],
    tags: [
      ...tags.filter((tag) => operations.some((each) => tagOf(each) === tag)).map(toTag),
      ...(beside ? [beside.tag] : []),
    ],
    paths: { ...toPaths(operations, schemas), ...beside?.paths },
    components: {
      securitySchemes,
      schemas: schemas.components,
      responses: toSharedResponses(),
      headers,
      parameters: headerParameters,
    },
  }
}

const info: JsonObject = {
  title: 'mcp-orchestration',
  version,
  summary: 'One signed source of truth for the MCP servers of every AI client',
  description: `Edit a draft, validate it, publish it as a signed release, and deploy that into the client's own file.

Every request needs one credential: a token, which \`mcp-orchestration-generate-token\` makes, as \`Authorization: Bearer <token>\`, or the server's API key as \`X-API-Key\`.
Bodies are JSON in UTF-8; unknown fields are refused. Refusals and failures are problems as RFC 9457 shapes them; programs go by their \`code\`.`,
  license: { name: 'MIT', identifier: 'MIT' },
}

const securitySchemes: JsonObject = {
  bearerAuth: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A token that `mcp-orchestration-generate-token` or `create_token` made; it has the scopes and limits that it was made with.',
  },
  apiKeyAuth: {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-Key',
    description: 'The key in the environment of the server; it has all scopes.',
  },
}

interface Tag {
  readonly name: string
  readonly description: string
  /** Of the paths that belong to it; the first tag that fits counts. */
  readonly pattern: RegExp
}

const tags: readonly Tag[] = [
  {
    name: 'Clients',
    description: 'AI applications with a file for their MCP servers, and their profiles.',
    pattern: /^\/v1\/clients\b/,
  },
  {
    name: 'Servers',
    description: 'The catalogue of MCP servers that can be added to a draft.',
    pattern: /^\/v1\/servers\b/,
  },
  {
    name: 'Drafts',
    description: 'The mutable working configuration of a profile.',
    pattern: /\/(?:draft|validate)\b/,
  },
  {
    name: 'Releases',
    description: 'What is published: immutable, numbered and signed.',
    pattern: /^\/v1\/config\/(?:diff|\{client_id\}\/\{profile_id\}(?:\/publish)?)$/,
  },
  {
    name: 'Deployments',
    description: "Releases in clients' own files.",
    pattern: /\/deploy$/,
  },
  {
    name: 'Keys',
    description: 'What signs releases.',
    pattern: /^\/v1\/keys\b/,
  },
  {
    name: 'Admin',
    description: 'The credentials and the audit log, for whoever looks after the server.',
    pattern: /^\/admin\b/,
  },
]

function tagOf({ path }: Operation): Tag | undefined {
  return tags.find(({ pattern }) => pattern.test(path))
}

function toTag({ name, description }: Tag): JsonObject {
  return { name, description }
}

function toPaths(operations: readonly Operation[], schemas: Schemas): JsonObject {
  const byPath = Map.groupBy(operations, ({ path }) => path)
  return Object.fromEntries(
    [...byPath].map(([path, methods]) => [
      path,
      Object.fromEntries(methods.map((each) => [each.method.toLowerCase(), toOperation(each, schemas)])),
    ]),
  )
}

function toOperation(operation: Operation, schemas: Schemas): JsonObject {
  const { id, summary, description, scope, tool } = operation
  const tag = tagOf(operation)
  return {
    operationId: id,
    ...(tag ? { tags: [tag.name] } : {}),
    summary,
    description: `${description}\n\nNeeds the scope \`${scope}\`. ${tool === null ? 'Agents have no tool for it.' : `Over MCP, the tool \`${tool}\` answers it.`}`,
    // OpenAPI 3.1 lets any scheme name what it must grant; the API key grants all.
    security: [{ bearerAuth: [scope] }, { apiKeyAuth: [] }],
    ...toParameters(operation, schemas),
    ...toRequestBody(operation, schemas),
    responses: {
      200: toAnswer(operation, schemas),
      ...(operation.method === 'GET' ? { 304: notModified } : {}),
      ...toErrorResponses(operation),
    },
  }
}

type Field = readonly [name: string, schema: JsonObject]

/** Where each field of the input goes: into the path, else into the body of a POST and the query of everything else. */
function fieldsOf(operation: Operation): {
  readonly inPath: readonly Field[]
  readonly beside: readonly Field[]
} {
  const names = pathParameters(operation)
  const fields = Object.entries(operation.input.properties as unknown as Readonly<Record<string, JsonObject>>)
  return {
    inPath: fields.filter(([name]) => names.includes(name)),
    beside: fields.filter(([name]) => !names.includes(name)),
  }
}

function toParameters(operation: Operation, schemas: Schemas): JsonObject {
  const { inPath, beside } = fieldsOf(operation)
  const inQuery = operation.method === 'POST' ? [] : beside
  const example = operationExamples[operation.id]?.input
  const parameters = [
    ...inPath.map((field) => toParameter('path', field)),
    ...inQuery.map((field) => toParameter('query', field)),
    ...referToHeaderParameters(operation),
  ]
  return parameters.length > 0 ? { parameters } : {}

  function toParameter(place: 'path' | 'query', [name, schema]: Field): JsonObject {
    const { description, examples, ...rest } = schema
    const [usual] = Array.isArray(examples) ? (examples as readonly JsonValue[]) : []
    const value = example?.[name] ?? (place === 'path' ? usual : undefined)
    return {
      name,
      in: place,
      required: isRequired(operation, name),
      ...(description === undefined ? {} : { description }),
      schema: schemas.refer(rest),
      ...(value === undefined ? {} : { example: value }),
    }
  }
}

function toRequestBody(operation: Operation, schemas: Schemas): JsonObject {
  const { inPath, beside } = fieldsOf(operation)
  if (operation.method !== 'POST' || beside.length === 0) return {}
  const required = beside.map(([name]) => name).filter((name) => isRequired(operation, name))
  const schema = {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(beside),
    additionalProperties: false,
  }
  return {
    requestBody: {
      required: required.length > 0,
      content: {
        'application/json': { schema: schemas.refer(schema), ...toBodyExample(operation, inPath) },
      },
    },
  }
}

function toBodyExample({ id }: Operation, inPath: readonly Field[]): JsonObject {
  const example = operationExamples[id]
  if (!example) return {}
  const names = inPath.map(([name]) => name)
  const fields = Object.entries(example.input).filter(([name]) => !names.includes(name))
  return { example: Object.fromEntries(fields) }
}

function toAnswer({ id, method, output, takesIdempotencyKey }: Operation, schemas: Schemas): JsonObject {
  const example = operationExamples[id]?.output
  return {
    description: method === 'GET' ? 'The answer.' : 'Done.',
    headers: referToHeaders(
      'X-Request-Id',
      ...(method === 'GET' ? ['ETag'] : []),
      ...(takesIdempotencyKey ? ['Idempotent-Replayed'] : []),
    ),
    content: {
      'application/json': { schema: schemas.refer(output), ...(example ? { example } : {}) },
    },
  }
}

function isRequired({ input }: Operation, name: string): boolean {
  return input.required?.includes(name) ?? false
}
