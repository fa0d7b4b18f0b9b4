import type { Readable, Writable } from 'node:stream'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import type { Principal } from '../operations/operation.ts'
import { scopes } from '../vocabulary.ts'
import { createDrainingTransport } from './draining-transport.ts'
import { createMcpServer, type McpServerContext } from './server.ts'

export interface StdioOptions {
  readonly onFault?: McpServerContext['onFault']
  /** What the wire itself meets: a line that isn't JSON, a broken pipe. */
  readonly onWireError?: (error: Error) => void
  readonly stdin?: Readable
  readonly stdout?: Writable
  /** How long `close()` waits for requests in flight, in milliseconds. Default: 4,000. */
  readonly drainTimeoutMs?: number
}

export interface StdioServer {
  /** Resolves when the connection is over: the client has closed stdin and has every answer, or `close()` was called. */
  readonly closed: Promise<void>
  /** Reads no further, answers what is in flight, and ends the connection. */
  close(): Promise<void>
}

/** Whoever started this process may do everything that its user may. */
const principal: Principal = { id: 'stdio', scopes }

/** Serves MCP on stdin and stdout, in the era that the client opens with. The orchestrator stays the caller's. */
export function serveOverStdio(
  orchestrator: McpServerContext['orchestrator'],
  options: StdioOptions = {},
): StdioServer {
  const {
    onFault,
    onWireError,
    stdin = process.stdin,
    stdout = process.stdout,
    drainTimeoutMs = 4_000,
  } = options
  const { transport, closed, drain } = createDrainingTransport(stdin, stdout)
  const context = { orchestrator, principal, door: 'stdio' as const, ...(onFault && { onFault }) }
  const handle = serveStdio(() => createMcpServer(context), {
    transport,
    ...(onWireError && { onerror: onWireError }),
  })
  return {
    closed,
    async close() {
      drain()
      const timer = setTimeout(handle.close, drainTimeoutMs)
      await closed.finally(() => clearTimeout(timer))
    },
  }
}
