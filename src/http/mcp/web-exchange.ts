import type { FastifyReply, FastifyRequest } from 'fastify'
import { pathOf } from '../request-target.ts'
import { accepts } from '../routes/accept.ts'
import { toBoundedStream } from './bounded-stream.ts'

/** What is not passed on as it came: the caller is known by now, and the request has one id, which may be the caller's. */
const ownHeaders = new Set(['accept', 'authorization', 'x-api-key', 'x-request-id'])

/** A request in the platform's own form, without body and credential. Its signal aborts when the exchange is over, however it ended. */
export function toWebRequest(request: FastifyRequest, reply: FastifyReply): Request {
  const over = new AbortController()
  const { method } = request
  const made = new Request(toUrl(request), { method, headers: [...toHeaders(request)], signal: over.signal })
  // The caller may have left while its credential was looked up. A request's own signal follows another one only as long as somebody
  // holds the request, which is seen to here.
  if (reply.raw.closed) over.abort()
  else reply.raw.once('close', () => made.signal.aborted || over.abort())
  return made
}

/** The host is one that was let in; of the target only path and query count, which in its absolute form names another host, too. */
function toUrl({ protocol, host, originalUrl }: FastifyRequest): URL {
  const url = new URL(`${protocol === 'https' ? 'https' : 'http'}://${host}`)
  const query = originalUrl.indexOf('?')
  url.pathname = pathOf(originalUrl)
  url.search = query < 0 ? '' : originalUrl.slice(query)
  return url
}

function* toHeaders({
  id,
  headers: { accept },
  raw: { rawHeaders },
}: FastifyRequest): Generator<[string, string]> {
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2)
    // In HTTP/2, which a host may speak, what HTTP/1.1 has in its first line comes as ":method" and alike.
    if (!ownHeaders.has(name.toLowerCase()) && !name.startsWith(':')) yield [name, value]
  }
  yield ['x-request-id', id]
  yield ['accept', toPlainAccept(accept)]
}

const answered = ['application/json', 'text/event-stream']

/** The SDK looks for both names and knows no ranges, though one range, or no header, may mean both (RFC 9110, section 12.5.1). */
function toPlainAccept(accept: string | undefined): string {
  const isEverything = answered.every((mediaType) => accepts(accept, [mediaType]))
  return isEverything ? answered.join(', ') : (accept ?? '')
}

/** Sends a response of the platform's own form. A stream goes on until it ends, its reader leaves, or it no longer reads. */
export async function sendWebResponse(reply: FastifyReply, { status, headers, body }: Response) {
  reply.code(status).headers(Object.fromEntries([...headers].filter(([name]) => name !== 'connection')))
  if (!body) return reply.send()
  if (headers.get('content-type')?.startsWith('text/event-stream')) return sendStream(reply, body)
  return reply.send(Buffer.from(await new Response(body).arrayBuffer()))
}

function sendStream(reply: FastifyReply, body: ReadableStream<Uint8Array>) {
  const stream = toBoundedStream(body)
  // The head goes out before the first event, which may be long in coming.
  stream.once('resume', () => reply.raw.flushHeaders())
  return reply.send(stream)
}
