import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'

/**
 * An onSend hook for reads: an answer may be kept by the caller alone and asked for again with its strong ETag (RFC 9110, section
 * 8.8.3), a digest of the very bytes that are sent.
 */
export function tagRepresentation(
  { method }: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  done: () => void,
): void {
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && reply.statusCode === 200 && typeof payload === 'string')
    reply.headers({
      etag: `"${hash('sha256', payload, 'base64url')}"`,
      'cache-control': 'private, no-cache',
    })
  done()
}
