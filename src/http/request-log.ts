import type { IncomingHttpHeaders } from 'node:http'
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Principal } from '../operations/operation.ts'
import { shortPathOf } from './request-target.ts'

/** One line for each request at `info`, its details at `debug`. What a caller could hide a secret in is never written. */
export function createRequestLog(
  principalOf: (request: FastifyRequest) => Principal | undefined,
): LogController {
  return Object.assign(new LogController({ requestIdLogLabel: 'request_id' }), {
    incomingRequest(request: FastifyRequest) {
      if (!isSaid(request, 'debug')) return
      request.log.debug(toDetails(request), 'request received')
    },
    requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply) {
      if (!isSaid(request, 'info')) return
      request.log.info({ ...toLine(request, reply), principal: principalOf(request)?.id }, 'request answered')
    },
  })
}

/** Whether a line would be written, if the logger can tell: to put one together that isn't costs as much as the whole answer. */
function isSaid({ log }: FastifyRequest, level: 'debug' | 'info'): boolean {
  const { isLevelEnabled } = log as { isLevelEnabled?: (level: string) => boolean }
  return isLevelEnabled === undefined || isLevelEnabled.call(log, level)
}

function toLine(request: FastifyRequest, reply: FastifyReply) {
  return {
    method: request.method,
    path: shortPathOf(request.originalUrl),
    status: reply.statusCode,
    ms: Math.round(reply.elapsedTime * 10) / 10,
  }
}

function toDetails(request: FastifyRequest) {
  return {
    method: request.method,
    path: shortPathOf(request.originalUrl),
    address: request.ip,
    http: request.raw.httpVersion,
    headers: redact(request.headers),
  }
}

/** Named are those that may be shown: a token sent in a header with a slip in its name is then hidden too. */
const shown = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'if-match',
  'if-none-match',
  'origin',
  'transfer-encoding',
  'user-agent',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
])

function redact(headers: IncomingHttpHeaders): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, shown.has(name) ? value : '[redacted]']),
  )
}
