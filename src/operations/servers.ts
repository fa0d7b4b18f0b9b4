import { type CatalogueServer, type Parameter, toArgumentTexts, type Variable } from '../orchestrator.ts'
import { defineOperation } from './operation.ts'
import { defaultLimit, keyAfter, toPage } from './pages.ts'
import { closed, count, cursor, limit, nextCursor, nullable, serverId, transport } from './schemas.ts'
import { Type } from './type.ts'

const listed = {
  server_id: Type.String(),
  display_name: Type.String(),
  description: Type.String(),
  transport,
  package: nullable(Type.String({ description: 'Null for a server that is reached by URL.' })),
  tags: Type.Array(Type.String()),
  has_parameters: Type.Boolean({ description: 'Whether there are values to give in params.' }),
  requires_env: Type.Array(Type.String(), { description: 'Environment variables that must be given.' }),
}

const value = {
  name: Type.String(),
  description: Type.String(),
  type: Type.Enum(['string', 'number', 'boolean', 'path']),
  required: Type.Boolean(),
  secret: Type.Boolean({
    description: 'The value goes into the secret store, never into a draft or a release.',
  }),
  default: Type.Optional(Type.Unknown({ description: 'What is taken when no value is given.' })),
  choices: Type.Optional(Type.Array(Type.String(), { description: 'The only values that are taken.' })),
  example: Type.Optional(Type.Unknown()),
}

const parameter = Type.Object({
  ...value,
  repeatable: Type.Boolean({
    description: 'Takes an array too, and then stands once for each of its values.',
  }),
})

export const listAvailableServers = defineOperation({
  id: 'list_available_servers',
  method: 'GET',
  path: '/v1/servers',
  tool: 'list_available_servers',
  scope: 'read',
  keepable: true,
  summary: 'List the servers of the catalogue',
  description:
    'The MCP servers that can be added to a draft, by id. A filter by transport and a search narrow it together.',
  input: closed({
    transport: Type.Optional(transport),
    search: Type.Optional(
      Type.String({
        maxLength: 200,
        description: 'Words that must all appear in the id, name, description, tags or package.',
        examples: ['files'],
      }),
    ),
    limit: Type.Optional(limit),
    cursor: Type.Optional(cursor),
  }),
  output: Type.Object({
    servers: Type.Array(Type.Object(listed)),
    count,
    transport_counts: Type.Object(
      { stdio: count, 'streamable-http': count, sse: count },
      { description: 'How many servers the search finds for each transport.' },
    ),
    next_cursor: Type.Optional(nextCursor),
  }),
  errors: [],
  async handler({ orchestrator }, input) {
    const { transport, search } = input
    const after = keyAfter(input)
    const found = await orchestrator.catalogue.page({
      ...(transport !== undefined && { transport }),
      ...(search !== undefined && { search }),
      ...(after !== undefined && { after }),
      limit: (input.limit ?? defaultLimit) + 1,
    })
    const { items, ...next } = toPage(found.servers, input, (server) => server.serverId)
    return {
      servers: items.map(toListed),
      count: items.length,
      transport_counts: found.transportCounts,
      ...next,
    }
  },
})

export const describeServer = defineOperation({
  id: 'describe_server',
  method: 'GET',
  path: '/v1/servers/{server_id}',
  tool: 'list_available_servers',
  scope: 'read',
  keepable: true,
  summary: 'Describe a server of the catalogue',
  description: 'What a server runs or where it is reached, its parameters and variables, and how to add it.',
  input: closed({ server_id: serverId }),
  output: Type.Object({
    ...listed,
    command: nullable(Type.String({ description: 'Null for a server that is reached by URL.' })),
    args: Type.Array(Type.String(), { description: 'With a placeholder in braces for each parameter.' }),
    url: nullable(Type.String({ description: 'Null for a server that runs as a process.' })),
    parameters: Type.Array(parameter, { description: 'What may be given in params.' }),
    env_vars: Type.Object(
      { required: Type.Array(Type.String()), optional: Type.Array(Type.String()) },
      { description: 'Names of environment variables.' },
    ),
    variables: Type.Array(Type.Object(value), { description: 'What env_vars names, in full.' }),
    documentation_url: nullable(Type.String()),
    usage_example: Type.Record(Type.String(), Type.Unknown(), {
      description: 'An input of add_server_to_config.',
    }),
  }),
  errors: ['server_not_found'],
  async handler({ orchestrator }, input) {
    const server = await orchestrator.catalogue.get(input.server_id)
    return {
      ...toListed(server),
      command: server.command,
      args: server.args.flatMap(toArgumentTexts),
      url: server.url,
      parameters: server.parameters.map((parameter) => ({
        ...toValue(parameter),
        repeatable: parameter.repeatable,
      })),
      env_vars: { required: namesOf(server, true), optional: namesOf(server, false) },
      variables: server.variables.map(toValue),
      documentation_url: server.documentationUrl,
      usage_example: server.usageExample,
    }
  },
})

function toListed(server: CatalogueServer) {
  return {
    server_id: server.serverId,
    display_name: server.displayName,
    description: server.description,
    transport: server.transport,
    package: server.package,
    tags: server.tags,
    has_parameters: server.parameters.length > 0,
    requires_env: namesOf(server, true),
  }
}

function namesOf(server: CatalogueServer, required: boolean): string[] {
  return server.variables.filter((variable) => variable.required === required).map(({ name }) => name)
}

function toValue(asked: Parameter | Variable) {
  const { name, description, type, required, secret, choices, example } = asked
  return {
    name,
    description,
    type,
    required,
    secret,
    ...(asked.default === undefined ? {} : { default: asked.default }),
    ...(choices === undefined ? {} : { choices }),
    ...(example === undefined ? {} : { example }),
  }
}
