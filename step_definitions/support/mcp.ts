import assert from 'node:assert/strict'
import type { Answer, Request } from './http.ts'

/** One JSON-RPC message as each revision of MCP wants it sent, by hand: no client gets between the scenario and the wire. */
export function toMcpRequest(
  revision: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
): Request {
  const isModern = revision >= '2026'
  const message = {
    jsonrpc: '2.0',
    id: 1,
    method,
    params: isModern ? withEnvelope(revision, params) : params,
  }
  const name = params.name ?? params.uri
  const modern = { 'mcp-method': method, ...(typeof name === 'string' && { 'mcp-name': name }) }
  return {
    method: 'POST',
    headers: { ...accepted, 'mcp-protocol-version': revision, ...(isModern && modern) },
    body: message,
  }
}

/** Both forms of an answer, as every client of the protocol must take them. */
export const accepted = { accept: 'application/json, text/event-stream' }

/** A request of 2026-07-28 says of itself what the handshake said before. */
function withEnvelope(revision: string, params: object): object {
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'priyas-agent', version: '1.0.0' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  return { ...params, _meta }
}

export interface RpcAnswer {
  readonly id: unknown
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: { readonly code: number; readonly message: string }
}

/** What came back, as one piece of JSON or as the one event of a stream. */
export function rpcAnswerOf({ headers, text }: Answer): RpcAnswer {
  const isStream = String(headers['content-type']).startsWith('text/event-stream')
  const [, data] = isStream ? (/^data: (\{.*)$/m.exec(text) ?? []) : [text, text]
  assert.ok(data, `No message in: ${text}`)
  return JSON.parse(data) as RpcAnswer
}

/** The result of a request that must have succeeded. */
export function rpcResultOf(answer: Answer): Readonly<Record<string, unknown>> {
  assert.equal(answer.status, 200, answer.text)
  const { result, error } = rpcAnswerOf(answer)
  assert.ok(result, JSON.stringify(error))
  return result
}
