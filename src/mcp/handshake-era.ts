import {
  DEFAULT_NEGOTIATED_PROTOCOL_VERSION,
  isJSONRPCNotification,
  type JSONRPCNotification,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import { rpcFailureResponse, sessionNotFoundCode, toRpcFailure } from './rpc-errors.ts'

/** What the revisions with a handshake share, with sessions or without. */

export const sessionIdHeader = 'mcp-session-id'

export function sessionNotFound(): Response {
  const message = 'Session not found. It is over, or was never yours: begin a new one with initialize.'
  return rpcFailureResponse(404, toRpcFailure(sessionNotFoundCode, message))
}

/** Only 2025-03-26 knows batches (an empty one belongs to no era). A request that names no revision counts as one of it (2025-11-25, basic/transports). */
export function refuseBatch(
  message: unknown,
  revision: string = DEFAULT_NEGOTIATED_PROTOCOL_VERSION,
): Response | undefined {
  if (!Array.isArray(message)) return undefined
  if (revision === '2025-03-26') return undefined
  return invalidRequest(`The revision ${revision.slice(0, 40)} has no batches. Send each message by itself.`)
}

/** What is cancelled is never answered (2025-11-25, basic/utilities/cancellation), so whoever waits for the answer waits forever. */
export function isCancellation(message: unknown): message is JSONRPCNotification {
  return isJSONRPCNotification(message) && message.method === 'notifications/cancelled'
}

function invalidRequest(message: string): Response {
  return rpcFailureResponse(400, toRpcFailure(ProtocolErrorCode.InvalidRequest, message))
}
