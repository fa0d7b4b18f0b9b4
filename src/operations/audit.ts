import { invalidValue } from '../errors.ts'
import type { AuditEntry, AuditQuery } from '../orchestrator.ts'
import { isWithin } from './limits.ts'
import { defineOperation, type Principal } from './operation.ts'
import { defaultLimit, keyAfter, type PageRequest, toCursor } from './pages.ts'
import { closed, count, cursor, limit, nullable, time } from './schemas.ts'
import { toDate, toDurationMs } from './times.ts'
import { Type } from './type.ts'

const digest = nullable(
  Type.String({
    description:
      'SHA-256 of the canonical form: of a draft, the id of the artifact that it would be; of a release or deployment, the id of its artifact; of the signing key, its thumbprint.',
  }),
)

const hash = Type.String({ description: 'SHA-256, as 64 hex digits.' })

const entry = Type.Object({
  sequence: Type.Integer({ minimum: 1, description: 'The number of the entry, from 1 without gaps.' }),
  at: time,
  change_id: Type.String({ description: 'Shared by the two entries of one change.' }),
  phase: Type.Enum(['begun', 'ended'], {
    description: 'A change is announced before it happens and closed before it is answered.',
  }),
  principal: Type.String({ description: 'The id of the credential that asked.' }),
  door: Type.Enum(['http', 'mcp', 'stdio', 'cli', 'library']),
  operation: Type.String({ description: 'What was called.' }),
  target: nullable(Type.String({ description: 'A profile, the id of a token, "tokens" or "keys".' })),
  before: digest,
  after: digest,
  outcome: nullable(Type.Enum(['done', 'refused', 'failed'], { description: 'Null while it is open.' })),
  code: nullable(Type.String({ description: 'Of the problem, when it was refused or failed.' })),
  request_id: nullable(Type.String({ description: 'Under which the log of the server has more.' })),
  left_out: Type.Optional(
    Type.Integer({
      minimum: 1,
      description:
        'Of a refusal: how many more of the credential were left out before it, beyond 20 a minute.',
    }),
  ),
  previous_hash: hash,
  hash,
})

export const listAudit = defineOperation({
  id: 'list_audit',
  method: 'GET',
  path: '/admin/audit',
  tool: null,
  scope: 'admin',
  summary: 'Read the audit log',
  description:
    'Who changed what: an entry when a change begins and one when it ends, in order. Each carries the hash of the one before; the command "audit verify" proves the chain.',
  input: closed({
    since: Type.Optional(
      Type.String({
        maxLength: 40,
        description:
          'Only entries from then on: a date (2026-11-01), a date with time and offset, a duration until now (12h), or a sequence.',
      }),
    ),
    principal: Type.Optional(
      Type.String({ maxLength: 200, description: 'Only what this credential did, by its id.' }),
    ),
    target: Type.Optional(
      Type.String({ maxLength: 200, description: 'Only what was done to this, such as cursor/work.' }),
    ),
    limit: Type.Optional(limit),
    cursor: Type.Optional(cursor),
  }),
  output: Type.Object({
    entries: Type.Array(entry),
    count,
    next_cursor: Type.Optional(
      Type.String({
        description: 'There may be more, even after a page without entries: ask again with it.',
      }),
    ),
  }),
  errors: [],
  async handler({ orchestrator, principal: asking }, { since, principal, target, ...page }) {
    const from = since === undefined ? {} : fromSince(since)
    const { entries, next } = await orchestrator.audit.read({
      ...from,
      after: Math.max(from.after ?? 0, toPosition(page)),
      limit: page.limit ?? defaultLimit,
      isWanted: (each) =>
        (principal === undefined || each.principal === principal) &&
        (target === undefined || each.target === target) &&
        isVisible(each, asking),
    })
    return {
      entries,
      count: entries.length,
      ...(next !== undefined && { next_cursor: toCursor(String(next)) }),
    }
  },
})

/** Where the reading begins; undefined for what says neither a time nor a sequence. */
export function toStart(since: string): Pick<AuditQuery, 'since' | 'after'> | undefined {
  if (/^\d{1,15}$/.test(since)) return { after: Number(since) - 1 }
  const durationMs = toDurationMs(since)
  const date = durationMs === undefined ? toDate(since) : new Date(Date.now() - durationMs)
  return date && { since: date }
}

function fromSince(since: string): Pick<AuditQuery, 'since' | 'after'> {
  const start = toStart(since)
  if (start) return start
  const message =
    '"since" must be a date such as 2026-11-01 or 2026-11-01T18:00:00Z, a duration such as 12h, or a sequence.'
  throw invalidValue('/since', message)
}

function toPosition(page: PageRequest): number {
  const key = keyAfter(page) ?? '0'
  if (/^\d{1,15}$/.test(key)) return Number(key)
  throw invalidValue('/cursor', '"cursor" is not one that an earlier answer gave. Start again without it.')
}

/** A limited credential sees what was done within its limits, and what it did itself. */
function isVisible({ principal, target }: AuditEntry, asking: Principal): boolean {
  if (!asking.limits || principal === asking.id) return true
  const [clientId = '', profileId] = String(target).split('/')
  return profileId !== undefined && isWithin(asking, { clientId, profileId })
}
