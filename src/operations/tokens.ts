import { clientNotFound, invalidValue, OrchestrationError } from '../errors.ts'
import { areWithin, digestOf, type Rights, type Token } from '../orchestrator.ts'
import type { Limits } from '../vocabulary.ts'
import { defineOperation, type OperationContext, type Principal } from './operation.ts'
import { defaultLimit, keyAfter, toCursor } from './pages.ts'
import { closed, count, cursor, limit, nullable, time } from './schemas.ts'
import { toDate, toDurationMs } from './times.ts'
import {
  askedLimits,
  askedScopes,
  grant,
  lifetime,
  overlap,
  shown,
  token,
  tokenId,
  tokenName,
} from './token-schemas.ts'
import { Type } from './type.ts'

const tokenPath = '/admin/tokens/{token_id}'

export const listTokens = defineOperation({
  id: 'list_tokens',
  method: 'GET',
  path: '/admin/tokens',
  tool: null,
  scope: 'admin',
  summary: 'List the tokens',
  description:
    'The tokens there are, the oldest first, with what they may do and how far they are used. None is shown.',
  input: closed({ limit: Type.Optional(limit), cursor: Type.Optional(cursor) }),
  output: Type.Object({
    tokens: Type.Array(token),
    count,
    next_cursor: Type.Optional(
      Type.String({
        description: 'There may be more, even after a page without tokens: ask again with it.',
      }),
    ),
  }),
  errors: [],
  async handler({ orchestrator, principal }, input) {
    const after = keyAfter(input)
    const { tokens, next } = await orchestrator.tokens.page({
      limit: input.limit ?? defaultLimit,
      ...(after !== undefined && { after }),
      isWanted: (each) => isVisible(each, principal),
    })
    return {
      tokens: tokens.map(toToken),
      count: tokens.length,
      ...(next !== undefined && { next_cursor: toCursor(next) }),
    }
  },
})

export const createToken = defineOperation({
  id: 'create_token',
  method: 'POST',
  path: '/admin/tokens',
  tool: null,
  scope: 'admin',
  summary: 'Make a token',
  description:
    'Makes a token and shows it, this once. It has no more rights than the credential that asks: what is left out is the same as there, but for the scope admin.',
  input: closed({
    name: Type.Optional(tokenName),
    scopes: Type.Optional(askedScopes),
    limits: Type.Optional(askedLimits),
    ...lifetime,
  }),
  output: Type.Object({ token: shown, ...grant }),
  errors: ['client_not_found'],
  async handler({ orchestrator, principal, note }, { name, scopes: asked, limits: to, ...end }) {
    if (to) refuseUnknownClients(to, orchestrator)
    const request = {
      ...(name !== undefined && { name }),
      ...(asked && { scopes: asked }),
      ...(to && { limits: to }),
      ...toLifetime(end),
    }
    const made = await orchestrator.tokens.generate(request, toRights(principal))
    note?.({ target: made.record.id, after: digestOf(toGrant(made.record)) })
    return { token: made.token, ...toGrant(made.record) }
  },
})

export const rotateToken = defineOperation({
  id: 'rotate_token',
  method: 'POST',
  path: `${tokenPath}/rotate`,
  tool: null,
  scope: 'admin',
  summary: 'Rotate a token',
  description:
    'Makes a token with the same name, scopes and limits, good for as long again, and shows it, this once. The former one stays good for the overlap.',
  input: closed({
    token_id: tokenId,
    overlap: Type.Optional(overlap),
    ...lifetime,
  }),
  output: Type.Object({
    token: shown,
    ...grant,
    replaces: Type.Object(
      { token_id: Type.String(), expires_at: nullable(time) },
      { description: 'The former token, and when it ends.' },
    ),
  }),
  errors: ['token_not_found'],
  async handler(context, { token_id, overlap: asked, ...end }) {
    const { orchestrator, principal, note } = context
    const before = await findVisible(context, token_id)
    const overlapMs = asked === undefined ? undefined : toDurationMs(asked)
    const request = { ...(overlapMs !== undefined && { overlapMs }), ...toLifetime(end) }
    const rotated = await orchestrator.tokens.rotate(token_id, request, toRights(principal))
    const { id, expiresAt } = rotated.former
    note?.({
      target: rotated.record.id,
      before: digestOf(toGrant(before)),
      after: digestOf(toGrant(rotated.record)),
    })
    const replaces = { token_id: id, expires_at: expiresAt }
    return { token: rotated.token, ...toGrant(rotated.record), replaces }
  },
})

export const revokeToken = defineOperation({
  id: 'revoke_token',
  method: 'DELETE',
  path: tokenPath,
  tool: null,
  scope: 'admin',
  summary: 'Revoke a token',
  description: 'Ends a token: its next request is refused, and its sessions and streams end.',
  input: closed({ token_id: tokenId }),
  output: Type.Object({ status: Type.Literal('revoked'), token_id: Type.String() }),
  errors: ['token_not_found'],
  async handler(context, { token_id }) {
    const before = await findVisible(context, token_id)
    await context.orchestrator.tokens.revoke(token_id)
    context.note?.({ before: digestOf(toGrant(before)) })
    return { status: 'revoked' as const, token_id }
  },
})

/** What reaches beyond the limits of whoever asks is not there for it, as if there were no such token. */
async function findVisible({ orchestrator, principal }: OperationContext, id: string): Promise<Token> {
  const found = await orchestrator.tokens.get(id)
  if (isVisible(found, principal)) return found
  throw new OrchestrationError(
    'token_not_found',
    `There is no token ${id} within the limits of the credential.`,
  )
}

function isVisible(each: Pick<Token, 'limits'>, { limits = null }: Principal): boolean {
  return areWithin(each.limits, limits)
}

function toRights({ scopes, limits = null, expiresAt = null }: Principal): Rights {
  return { scopes, limits, expiresAt }
}

interface LifetimeInput {
  readonly expires_at?: string
  readonly expires_in?: string
}

function toLifetime({ expires_at, expires_in }: LifetimeInput) {
  const expiresAt = expires_at === undefined ? undefined : toDate(expires_at)
  if (expires_at !== undefined && !expiresAt) throw invalidValue('/expires_at', noDate)
  const expiresInMs = expires_in === undefined ? undefined : toDurationMs(expires_in)
  return { ...(expiresAt && { expiresAt }), ...(expiresInMs !== undefined && { expiresInMs }) }
}

const noDate = '"expires_at" must be a date such as 2027-01-31 or 2027-01-31T18:00:00Z.'

/** A slip of the pen would make a token that opens nothing. */
function refuseUnknownClients(
  { clients = [], profiles = [] }: Partial<Limits>,
  orchestrator: OperationContext['orchestrator'],
): void {
  const known = new Set(orchestrator.clients.map((each) => each.clientId))
  const named = [...clients, ...profiles.map((profile) => profile.split('/', 1).join())]
  const unknown = named.find((id) => !known.has(id))
  if (unknown !== undefined) throw clientNotFound(unknown)
}

function toGrant({ id, name, scopes, limits, createdAt, expiresAt }: Token) {
  return { token_id: id, name, scopes, limits, created_at: createdAt, expires_at: expiresAt }
}

function toToken(each: Token) {
  const { lastUsedAt, usageCount, replacedBy } = each
  return { ...toGrant(each), last_used_at: lastUsedAt, usage_count: usageCount, replaced_by: replacedBy }
}
