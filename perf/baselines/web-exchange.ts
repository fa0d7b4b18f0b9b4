import type { FastifyReply, FastifyRequest } from 'fastify'

/** A Fastify request as the SDK wants it; its body was read already. */
export function toWebRequest({ url, method, headers }: FastifyRequest): Request {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return new Request(`http://127.0.0.1${url}`, { method, headers: entries })
}

export async function sendWebResponse(response: Response, reply: FastifyReply): Promise<FastifyReply> {
  reply.code(response.status).headers(Object.fromEntries(response.headers))
  return reply.send(await response.text())
}
