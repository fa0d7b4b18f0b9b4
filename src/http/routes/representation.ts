import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { renderingHeaders } from '../headers.ts'
import { matchesStrongly, matchesWeakly, readEntityTags, toEntityTag } from './entity-tags.ts'

/** A representation with its strong ETag (RFC 9110, section 8.8.3), a digest of the very bytes that are sent. */
export interface Representation {
  readonly text: string
  readonly etag: string
}

export function toRepresentation(text: string): Representation {
  return { text, etag: toEntityTag(text) }
}

/**
 * The body to answer a read with, null for whoever has it already (304). An answer may be kept by the caller alone and asked for again
 * with its ETag. `precondition_failed` where If-Match names another one.
 */
function selectBody(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { text, etag }: Representation,
): string | null {
  const isChanged = !isAsked(headers['if-match'], etag)
  const isKnown = isNamed(headers['if-none-match'], etag)
  reply.header('etag', etag)
  if (isChanged) throw changed()
  reply.header('cache-control', 'private, no-cache')
  if (!isKnown) return text
  reply.code(304)
  for (const name of notWithout) reply.removeHeader(name)
  return null
}

/** What says how to treat a body goes with one only (RFC 9110, section 15.4.5): whoever has the body has this, too. */
const notWithout = ['content-type', ...renderingHeaders]

/** Sends JSON that was made before. */
export function sendRepresentation(
  request: FastifyRequest,
  reply: FastifyReply,
  representation: Representation,
): FastifyReply {
  const body = selectBody(request, reply, representation)
  if (body === null) return reply.send()
  return reply.header('content-type', jsonMediaType).send(body)
}

const jsonMediaType = 'application/json; charset=utf-8'

/** An onSend hook for reads whose representation is made anew each time. */
export async function tagRepresentation(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (!isRead(request.method) || reply.statusCode !== 200 || typeof payload !== 'string') return payload
  return selectBody(request, reply, toRepresentation(payload))
}

/** A read beside the operations, which are their own. */
export function addRepresentation(
  instance: FastifyInstance,
  url: string,
  make: (reply: FastifyReply) => Promise<unknown>,
): void {
  instance.route({
    method: readMethods,
    url,
    onSend: [tagRepresentation],
    handler: (_request, reply) => make(reply),
  })
}

/** The framework's own HEAD routes would say of a 304 that its content is empty. */
export const readMethods = ['GET', 'HEAD']

export function isRead(method: string): boolean {
  return readMethods.includes(method)
}

function isAsked(header: string | undefined, etag: string): boolean {
  if (header === undefined) return true
  const tags = readEntityTags('If-Match', header)
  return tags === '*' || matchesStrongly(tags, etag)
}

function isNamed(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  if (header === etag) return true
  const tags = readEntityTags('If-None-Match', header)
  return tags === '*' || matchesWeakly(tags, etag)
}

function changed(): OrchestrationError {
  const message = 'What is read here is no longer what If-Match names. Read it without that header.'
  return new OrchestrationError('precondition_failed', message)
}
