import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { OrchestrationError } from '../../errors.ts'
import { commonHeaders } from '../headers.ts'
import { problemMediaType, toHttpProblem } from './problems.ts'
import { reasons } from './reasons.ts'

/** What Node's HTTP parser reports; `rawPacket` holds the caller's bytes, credentials too, and is never logged. */
export interface ParserError extends Error {
  readonly code?: string
  readonly rawPacket?: Uint8Array | object
}

/** Answers on the bare socket, for a request that never became one. */
export function refuseOnSocket(error: ParserError, socket: Socket, maxTargetLength: number): void {
  const problem = toHttpProblem(toRefusal(error, maxTargetLength), randomUUID())
  const body = JSON.stringify(problem)
  const headers = {
    ...commonHeaders,
    'content-type': problemMediaType,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    'x-request-id': problem.request_id,
    date: new Date().toUTCString(),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  socket.end([`HTTP/1.1 ${problem.status} ${reasons[problem.status]}`, ...lines, '', body].join('\r\n'))
  linger(socket)
}

function toRefusal({ code, rawPacket }: ParserError, maxTargetLength: number): OrchestrationError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new OrchestrationError(
      'request_timeout',
      'The request did not arrive in time. Send it again, without pauses.',
    )
  if (code !== 'HPE_HEADER_OVERFLOW')
    return new OrchestrationError(
      'invalid_request',
      'This is not a valid HTTP/1.1 request. Check its first line, headers and framing.',
    )
  return rawPacket instanceof Uint8Array && hasLongTarget(rawPacket, maxTargetLength)
    ? tooLongTarget(maxTargetLength)
    : new OrchestrationError(
        'headers_too_large',
        'The headers are too large together. Send fewer or shorter ones.',
      )
}

export function tooLongTarget(maxTargetLength: number): OrchestrationError {
  return new OrchestrationError(
    'uri_too_long',
    `The path and query have more than ${maxTargetLength} characters. Send shorter ones.`,
  )
}

/** Whether it is the first line that overflowed. */
function hasLongTarget(packet: Uint8Array, maxTargetLength: number): boolean {
  const firstLineEnd = packet.indexOf(0x0a)
  return (firstLineEnd === -1 ? packet.length : firstLineEnd) > maxTargetLength
}

const lingerMs = 1_000

/** Time for the caller to read the answer before unread bytes of its own reset the connection (RFC 9112, section 9.6). */
function linger(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.once('close', () => clearTimeout(timer))
}
