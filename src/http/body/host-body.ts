import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/**
 * Lets an instance answer requests whose body the host has read already, as `express.json()` does before a handler that is mounted
 * after it. What the host left in `request.body` is then read in place of the stream, which would never end again. Answers how to
 * tell such a request: its coding and charset are undone, so what its headers say of them holds no longer.
 */
export function honourHostBodies(instance: FastifyInstance): (request: FastifyRequest) => boolean {
  const honoured = new WeakSet<FastifyRequest>()
  instance.addHook('preParsing', (request, _reply, payload, done) => {
    const { raw, is404 } = request
    if (is404 || payload !== raw || !raw.readableEnded) return done(null, payload)
    honoured.add(request)
    done(null, toPayload(raw))
  })
  return (request) => honoured.has(request)
}

function toPayload(request: IncomingMessage) {
  const announced = Number(request.headers['content-length'] ?? 0)
  // Fastify holds the length against the header, which counts the bytes that the host read.
  return Object.assign(Readable.from([toBytes(request)]), { receivedEncodedLength: announced })
}

/** Bytes and text as they are; what was parsed becomes text again, so that it meets the same checks as any other body. */
function toBytes(request: IncomingMessage & { readonly body?: unknown }): Uint8Array {
  if (!hasContent(request)) return Buffer.alloc(0)
  const { body } = request
  if (body instanceof Uint8Array) return body
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  if (text === undefined) throw new Error(unread)
  return Buffer.from(text)
}

/** RFC 9112, section 6.3. Express 4 leaves `{}` in a request that brought nothing. */
function hasContent({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

const unread =
  'The host has read the body of the request and left nothing in request.body. Mount the handler before what reads it.'
