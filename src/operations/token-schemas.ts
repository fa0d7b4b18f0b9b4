import { idPattern, scopes } from '../vocabulary.ts'
import { clientId, nullable, time } from './schemas.ts'
import { durationPattern } from './times.ts'
import { Type } from './type.ts'

export const tokenId = Type.String({
  pattern: '^tok_[0-9a-f]{16}$',
  description: 'The id of a token, which is not the token; list_tokens shows them.',
  examples: ['tok_4c1f0a9be27d5638'],
})

const scope = Type.Enum([...scopes], { description: 'admin implies all others.' })
const profileName = Type.String({
  pattern: `${idPattern.slice(0, -1)}/${idPattern.slice(1)}`,
  examples: ['cursor/work'],
})

const limits = Type.Object(
  {
    clients: Type.Array(Type.String(), { description: 'Each with all its profiles.' }),
    profiles: Type.Array(Type.String(), { description: 'Single ones, such as cursor/work.' }),
  },
  {
    description:
      'The token reaches these clients with all their profiles, these single profiles, and no others.',
  },
)

export const grant = {
  token_id: Type.String(),
  name: nullable(Type.String()),
  scopes: Type.Array(Type.String()),
  limits: nullable(limits),
  created_at: time,
  expires_at: nullable(time),
}

export const token = Type.Object({
  ...grant,
  last_used_at: nullable(time),
  usage_count: Type.Integer({ minimum: 0, description: 'How many requests it was good for.' }),
  replaced_by: nullable(
    Type.String({ description: 'The id of the token that a rotation put in its place.' }),
  ),
})

export const shown = Type.String({ description: 'The token itself, 43 characters. It is shown this once.' })

export const lifetime = {
  expires_at: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'Until when it is good: a date, or a date with time and offset. Not beyond your own.',
      examples: ['2027-01-31'],
    }),
  ),
  expires_in: Type.Optional(
    Type.String({
      pattern: durationPattern,
      description: 'How long it is good for, instead: 90m, 12h, 30d, 8w.',
      examples: ['30d'],
    }),
  ),
}

export const tokenName = Type.String({
  minLength: 1,
  maxLength: 100,
  description: 'To know it by.',
  examples: ['n8n'],
})

export const askedScopes = Type.Array(scope, {
  minItems: 1,
  maxItems: scopes.length,
  description: 'All but admin unless told.',
})

export const askedLimits = Type.Object(
  {
    clients: Type.Optional(Type.Array(clientId, { maxItems: 100 })),
    profiles: Type.Optional(Type.Array(profileName, { maxItems: 100 })),
  },
  { additionalProperties: false, description: 'To which clients and profiles it is limited.' },
)

export const overlap = Type.String({
  pattern: durationPattern,
  description: 'How long the former one stays good: 24h unless told; 0s ends it at once.',
  examples: ['1h'],
})
