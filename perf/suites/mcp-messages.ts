import type { Shot } from '../measure/traffic.ts'

/** The eras of the protocol by their latest revisions: in one each request says all of itself, in the other a handshake goes before. */
export const revisions = { 2025: '2025-11-25', 2026: '2026-07-28' } as const
export type Era = keyof typeof revisions
export type McpMethod = 'initialize' | 'tools/call' | 'tools/list'

export interface McpMessage {
  readonly era: Era
  readonly method: McpMethod
  readonly index: number
  readonly mark: string
  /** Of the session, where there are some. */
  readonly headers?: Readonly<Record<string, string>>
}

/** The number is the message's id as well: two messages of a session that are under way must not share one. */
export function toMcpShot({ era, method, index, mark, headers = {} }: McpMessage): Shot {
  const params = paramsOf[method]
  return {
    method: 'POST',
    path: '/mcp',
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revisions[era],
      ...(era === 2026 && { 'mcp-method': method, ...('name' in params && { 'mcp-name': params.name }) }),
      ...headers,
    },
    body: {
      jsonrpc: '2.0',
      id: index,
      method,
      params: era === 2026 ? { ...params, _meta: envelope } : params,
    },
    mark,
  }
}

const clientInfo = { name: 'perf', version: '1.0.0' }

const paramsOf = {
  initialize: { protocolVersion: revisions[2025], capabilities: {}, clientInfo },
  'tools/call': { name: 'list_clients', arguments: {} },
  'tools/list': {},
}

const envelope = {
  'io.modelcontextprotocol/protocolVersion': revisions[2026],
  'io.modelcontextprotocol/clientInfo': clientInfo,
  'io.modelcontextprotocol/clientCapabilities': {},
}
