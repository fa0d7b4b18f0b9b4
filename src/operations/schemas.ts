import type { TProperties, TSchema } from 'typebox'
import { artifactIdPattern, idPattern, serverNamePattern, transports } from '../vocabulary.ts'
import { Type } from './type.ts'

/** What an operation takes: unknown fields are refused. */
export function closed<Properties extends TProperties>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

export const clientId = Type.String({
  pattern: idPattern,
  description: 'A client, such as claude-desktop or cursor; list_clients names them.',
  examples: ['claude-desktop'],
})

export const profileId = Type.String({
  pattern: idPattern,
  description: 'A named configuration of the client.',
  examples: ['default'],
})

export const serverId = Type.String({
  pattern: idPattern,
  description: 'A server of the catalogue; list_available_servers names them.',
  examples: ['filesystem'],
})

export const serverName = Type.String({
  pattern: serverNamePattern,
  description: 'The name of a server within a configuration.',
  examples: ['filesystem'],
})

export const artifactId = Type.String({
  pattern: artifactIdPattern,
  description: 'SHA-256 of the payload in its RFC 8785 form, as 64 hex digits.',
})

export const sequence = Type.Integer({
  minimum: 1,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'The number of a release within its client and profile, from 1 without gaps.',
})

export const transport = Type.Enum([...transports], { description: 'How an MCP server is reached.' })

export const time = Type.String({ description: 'ISO 8601, UTC.', examples: ['2026-11-22T09:30:00.000Z'] })

export const count = Type.Integer({ minimum: 0, description: 'The entries in this answer.' })

export const serverCount = Type.Integer({ minimum: 0, description: 'The servers in the configuration.' })

export const revision = Type.Integer({
  minimum: 0,
  description: "The draft's revision; it rises with each change. 0 means that there is no draft.",
})

export const limit = Type.Integer({
  minimum: 1,
  maximum: 1000,
  description: 'How many entries to answer at the most; 100 unless told.',
})

export const cursor = Type.String({
  minLength: 1,
  maxLength: 256,
  description: 'Where to go on: the next_cursor of the answer before.',
})

export const nextCursor = Type.String({ description: 'There is more: ask again with this cursor.' })

const texts = Type.Record(Type.String(), Type.String())

const stdioEntry = closed({
  type: Type.Literal('stdio'),
  command: Type.String(),
  args: Type.Array(Type.String()),
  env: texts,
})

const remoteEntry = closed({
  type: Type.Enum(['streamable-http', 'sse']),
  url: Type.String(),
  headers: texts,
})

/** The neutral shape of a configuration. */
export const payload = Type.Object(
  {
    mcpServers: Type.Record(
      Type.String({ pattern: serverNamePattern }),
      Type.Union([stdioEntry, remoteEntry]),
      {
        additionalProperties: false,
      },
    ),
  },
  {
    additionalProperties: false,
    description: 'A configuration in the neutral shape, the one that is signed.',
  },
)

/** The path of every operation on one configuration. */
export const profilePath = '/v1/config/{client_id}/{profile_id}'
export const profileRef = { client_id: clientId, profile_id: profileId }

export function toRef(input: { readonly client_id: string; readonly profile_id: string }) {
  return { clientId: input.client_id, profileId: input.profile_id }
}

/** Which release is meant: the latest unless an artifact or a sequence is given. */
export function toSelector(input: { readonly artifact_id?: string; readonly sequence?: number }) {
  return {
    ...(input.artifact_id === undefined ? {} : { artifactId: input.artifact_id }),
    ...(input.sequence === undefined ? {} : { sequence: input.sequence }),
  }
}
