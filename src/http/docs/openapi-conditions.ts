import type { Operation } from '../../operations/operation.ts'
import type { JsonObject } from '../../vocabulary.ts'
import { referToHeaders } from './openapi-responses.ts'
import { toReference } from './openapi-schemas.ts'

/** The headers by which a request says when it is to be done: once, or only if nothing has changed. */
export const headerParameters: JsonObject = {
  'If-None-Match': toParameter(
    'If-None-Match',
    'The ETag of an answer that you have; if it is still the one, 304 says so without a body.',
  ),
  'If-Match-Draft': toParameter(
    'If-Match',
    'The ETag of the draft as `view_draft_config` answered it; if the draft has changed since, nothing is done and 412 has the current ETag. `*`: somebody has begun the draft. Needs the scope `read`, too.',
  ),
  'If-Match-Configuration': toParameter(
    'If-Match',
    'The ETag of the configuration as `get_config` answered it without options; if there is a newer release, nothing is done and 412 has the current ETag. `*`: something is published. Needs the scope `read`, too.',
  ),
  'Idempotency-Key': toParameter(
    'Idempotency-Key',
    'A text of your own, 1 to 255 characters in quotes, such as a new UUID (`"0b41cf3e-0dcb-4c40-9dd0-0c1de2a4b8f5"`). A request with the same key and the same content is done once and answered as at first, for 24 hours as a rule. Keys belong to the credential.',
  ),
}

const ofGuards = { view_draft_config: 'If-Match-Draft', get_config: 'If-Match-Configuration' } as const

export function referToHeaderParameters({
  method,
  guardedBy,
  takesIdempotencyKey,
}: Operation): readonly JsonObject[] {
  return [
    ...(method === 'GET' ? ['If-None-Match'] : []),
    ...(guardedBy ? [ofGuards[guardedBy]] : []),
    ...(takesIdempotencyKey ? ['Idempotency-Key'] : []),
  ].map((name) => toReference('parameters', name))
}

export const notModified: JsonObject = {
  description: 'You have it already: it is what `If-None-Match` names.',
  headers: referToHeaders('X-Request-Id', 'ETag'),
}

/** Without an example: Swagger UI would send it along, and nothing is as an example says. */
function toParameter(name: string, description: string): JsonObject {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } }
}
