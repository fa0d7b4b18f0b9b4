import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { OrchestrationError } from '../../errors.ts'
import { matchesStrongly, matchesWeakly, readEntityTags, toEntityTag } from './entity-tags.ts'

/**
 * An onSend hook for reads: an answer may be kept by the caller alone and asked for again with its strong ETag (RFC 9110, section
 * 8.8.3), a digest of the very bytes that are sent. Whoever has them already gets 304 and no body.
 */
export async function tagRepresentation(
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (!isRead(method) || reply.statusCode !== 200 || typeof payload !== 'string') return payload
  const etag = toEntityTag(payload)
  const isChanged = !isAsked(headers['if-match'], etag)
  const isKnown = isNamed(headers['if-none-match'], etag)
  reply.header('etag', etag)
  if (isChanged) throw changed()
  reply.header('cache-control', 'private, no-cache')
  if (!isKnown) return payload
  reply.code(304).removeHeader('content-type')
  return null
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
  const tags = readEntityTags('If-None-Match', header)
  return tags === '*' || matchesWeakly(tags, etag)
}

function changed(): OrchestrationError {
  const message = 'What is read here is no longer what If-Match names. Read it without that header.'
  return new OrchestrationError('precondition_failed', message)
}
