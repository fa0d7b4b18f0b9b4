import { type ErrorCode, errorTitles, OrchestrationError } from '../../errors.ts'
import { type Operation, sharedErrors } from '../../operations/operation.ts'
import type { JsonObject } from '../../vocabulary.ts'
import { problemHeaders, problemMediaType, statuses, toHttpProblem } from '../problems/problems.ts'
import { reasons } from '../problems/reasons.ts'
import { toReference } from './openapi-schemas.ts'
import { problemExamples } from './problem-examples.ts'

/** What any request can be refused with, beside what an operation says of itself. */
const ofAnyRequest: readonly ErrorCode[] = [
  ...sharedErrors,
  'authentication_required',
  'invalid_credentials',
  'not_acceptable',
  'request_timeout',
  'uri_too_long',
  'rate_limited',
  'headers_too_large',
  'shutting_down',
]

const ofBodies: readonly ErrorCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type']

const ofKeys: readonly ErrorCode[] = ['idempotency_in_progress', 'idempotency_key_reused', 'overloaded']

export const headers: JsonObject = {
  'X-Request-Id': toHeader(
    'The id of the request: the one that you sent, if it is harmless, else a new one.',
    '0b41cf3e-0dcb-4c40-9dd0-0c1de2a4b8f5',
  ),
  ETag: toHeader('A strong validator of the representation.', '"VW5pdmVyc2FsIGFuc3dlcg"'),
  'Idempotent-Replayed': toHeader(
    'There, and true, when this was answered before to a request with the same Idempotency-Key.',
    'true',
  ),
  'WWW-Authenticate': toHeader(
    'Why the credential was not enough (RFC 6750).',
    'Bearer realm="mcp-orchestration", error="invalid_token"',
  ),
  'Retry-After': toHeader('After how many seconds another try makes sense.', '5'),
}

/** The refusals that operations have in common, by the name of their status. */
export function toSharedResponses(): JsonObject {
  return Object.fromEntries([...shared].map(([status, codes]) => [toName(status), toResponse(status, codes)]))
}

/** Every refusal and failure of an operation, by status. */
export function toErrorResponses(operation: Described): JsonObject {
  const codes = [...ofAnyRequest, ...codesOf(operation)]
  return Object.fromEntries(
    [...groupByStatus(codes)].map(([status, group]) => [
      String(status),
      isShared(status, group) ? toReference('responses', toName(status)) : toResponse(status, group),
    ]),
  )
}

type Described = Pick<Operation, 'method' | 'errors' | 'takesIdempotencyKey'>

function codesOf({ method, errors, takesIdempotencyKey }: Described): Codes {
  return [...(method === 'POST' ? ofBodies : []), ...(takesIdempotencyKey ? ofKeys : []), ...errors]
}

export function referToHeaders(...names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name) => [name, toReference('headers', name)]))
}

type Codes = readonly ErrorCode[]

/** In the order of the table of errors, which is that of the statuses. */
function groupByStatus(codes: Codes): ReadonlyMap<number, Codes> {
  const ordered = (Object.keys(statuses) as ErrorCode[]).filter((code) => codes.includes(code))
  return Map.groupBy(ordered, (code) => statuses[code])
}

const shared = groupByStatus([...ofAnyRequest, ...ofBodies])

function isShared(status: number, codes: Codes): boolean {
  return shared.get(status)?.join() === codes.join()
}

/** `Too Many Requests` as a component's name. */
function toName(status: number): string {
  return (reasons[status] ?? String(status)).replaceAll(/\W/g, '')
}

function toResponse(status: number, codes: Codes): JsonObject {
  return {
    description: codes.map((code) => `- \`${code}\`: ${errorTitles[code]}`).join('\n'),
    headers: referToHeaders('X-Request-Id', ...headersOf(codes)),
    content: {
      [problemMediaType]: {
        schema: {
          allOf: [
            toReference('schemas', 'Problem'),
            {
              type: 'object',
              properties: {
                status: { type: 'integer', const: status },
                code: { type: 'string', enum: codes },
              },
            },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, toExample(code)])),
      },
    },
  }
}

function headersOf(codes: Codes): readonly string[] {
  const challenges = codes.some((code) => statuses[code] === 401 || code === 'insufficient_scope')
  const waits = codes.some((code) => code === 'rate_limited' || 'retry-after' in problemHeaders(code))
  return [
    ...(codes.includes('precondition_failed') ? ['ETag'] : []),
    ...(challenges ? ['WWW-Authenticate'] : []),
    ...(waits ? ['Retry-After'] : []),
  ]
}

function toExample(code: ErrorCode): JsonObject {
  const { detail, errors } = problemExamples[code] ?? { detail: `${errorTitles[code]}.` }
  const error = new OrchestrationError(code, detail, errors ? { errors } : {})
  const problem = toHttpProblem(error, '0b41cf3e-0dcb-4c40-9dd0-0c1de2a4b8f5')
  return { summary: errorTitles[code], value: problem as unknown as JsonObject }
}

function toHeader(description: string, example: string): JsonObject {
  return { description, schema: { type: 'string' }, example }
}
