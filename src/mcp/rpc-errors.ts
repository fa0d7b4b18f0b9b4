import type { ErrorCode } from '../errors.ts'

/** A failure as JSON-RPC 2.0, section 5.1 shapes it; over HTTP the id is null when the request has none that could be read. */
export interface RpcFailure {
  readonly jsonrpc: '2.0'
  readonly id: null
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown }
}

/** The SDK's own code for what has none in the specification: the server refuses, and the message says why. */
export const refusedCode = -32_000

/** The code by which the SDK's clients and servers tell that a session is unknown or over. */
export const sessionNotFoundCode = -32_001

export function toRpcFailure(code: number, message: string, data?: unknown): RpcFailure {
  return { jsonrpc: '2.0', id: null, error: { code, message, ...(data !== undefined && { data }) } }
}

export function rpcFailureResponse(status: number, failure: RpcFailure): Response {
  return Response.json(failure, { status })
}

/** The number that JSON-RPC has for one of our codes, which goes along in the data. */
export function toRpcCode(code: ErrorCode): number {
  return rpcCodes[code] ?? refusedCode
}

/** JSON-RPC 2.0, section 5.1. Not taken from the SDK, which is loaded only when somebody speaks MCP. */
const rpcCodes: Partial<Record<ErrorCode, number>> = {
  invalid_json: -32_700,
  invalid_request: -32_600,
  internal_error: -32_603,
}
