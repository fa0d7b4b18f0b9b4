import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Answer } from './http.ts'

/** A request that the server has begun to answer and whose last half is still to come. */
export interface HeldRequest {
  finish(): Promise<Answer>
}

/** Asks the server, by `Expect: 100-continue`, to say when it wants the body (RFC 9110, section 10.1.1); then sends half of it. */
export async function holdPost(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: object,
): Promise<HeldRequest> {
  const bytes = Buffer.from(JSON.stringify(body))
  const outgoing = request(url, {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': bytes.length,
      expect: '100-continue',
    },
  })
  const answered = once(outgoing, 'response').then(([response]) => toAnswer(response))
  // Whoever finishes the request sees its failure.
  answered.catch(() => {})
  outgoing.flushHeaders()
  await once(outgoing, 'continue')
  outgoing.write(bytes.subarray(0, bytes.length / 2))
  return {
    finish() {
      outgoing.end(bytes.subarray(bytes.length / 2))
      return answered
    },
  }
}

async function toAnswer(response: IncomingMessage): Promise<Answer> {
  return { status: response.statusCode ?? 0, headers: response.headers, text: await text(response) }
}
