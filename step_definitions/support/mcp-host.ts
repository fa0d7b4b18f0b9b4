import assert from 'node:assert/strict'
import { InMemoryServerEventBus, McpServer } from '@modelcontextprotocol/server'
import { createHttpTransport, type HttpTransport } from '../../src/index.ts'
import { accepted, toMcpRequest } from './mcp.ts'

type Headers = Readonly<Record<string, string>>

/** An app with an MCP server of its own, which has one tool: `wait`, until it is told to stop. */
export interface McpHost {
  readonly transport: HttpTransport
  readonly url: string
  /** Settles when a call of `wait` has begun, and then when it was told to stop. */
  readonly begun: Promise<void>
  readonly toldToStop: Promise<void>
}

/** Something that stays open until somebody ends it. */
export interface OpenStream {
  /** Settles when the server ended it. */
  readonly ended: Promise<void>
  readonly isOpen: () => boolean
  leave(): void
}

export async function startMcpHost(home: string): Promise<McpHost> {
  const begun = Promise.withResolvers<void>()
  const toldToStop = Promise.withResolvers<void>()
  const createServer = () => {
    const server = new McpServer(
      { name: 'a-host', version: '1.0.0' },
      { capabilities: { tools: { listChanged: true } } },
    )
    server.registerTool('wait', { description: 'Waits until it is told to stop.' }, async ({ mcpReq }) => {
      begun.resolve()
      await new Promise((resolve) => mcpReq.signal.addEventListener('abort', resolve))
      toldToStop.resolve()
      return { content: [] }
    })
    return server
  }
  const transport = createHttpTransport({
    mcpServer: createServer,
    mcpEvents: new InMemoryServerEventBus(),
    home,
    store: 'sqlite',
    logger: false,
  })
  const url = await transport.listen({ port: 0 })
  return { transport, url, begun: begun.promise, toldToStop: toldToStop.promise }
}

/** Shakes hands as a client of 2025-11-25 and answers the id of the session. */
export async function openSession(url: string, credential: Headers): Promise<string> {
  const params = {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo: { name: 'priyas-agent', version: '1.0.0' },
  }
  const answer = await post(url, credential, toMcpRequest('2025-11-25', 'initialize', params))
  await answer.text()
  const sessionId = answer.headers.get('mcp-session-id')
  assert.ok(sessionId, `No session was opened: ${answer.status}`)
  return sessionId
}

/** The stream on which the server speaks unasked in a session. */
export function openSessionStream(url: string, credential: Headers, sessionId: string): Promise<OpenStream> {
  const headers = { ...credential, ...accepted, 'mcp-session-id': sessionId }
  return follow(url, (signal) => fetch(`${url}/mcp`, { headers, signal }))
}

/** What took the place of that stream in 2026-07-28. */
export function listen(url: string, credential: Headers): Promise<OpenStream> {
  const request = toMcpRequest('2026-07-28', 'subscriptions/listen', {
    notifications: { toolsListChanged: true },
  })
  return follow(url, (signal) => post(url, credential, request, signal))
}

/** A call of `wait`, which does not end by itself. */
export function callWait(url: string, credential: Headers): { readonly disconnect: () => void } {
  const controller = new AbortController()
  const request = toMcpRequest('2026-07-28', 'tools/call', { name: 'wait', arguments: {} })
  post(url, credential, request, controller.signal).catch(() => {})
  return { disconnect: () => controller.abort() }
}

function post(
  url: string,
  credential: Headers,
  { headers, body }: ReturnType<typeof toMcpRequest>,
  signal: AbortSignal | null = null,
): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    headers: { ...credential, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })
}

async function follow(url: string, open: (signal: AbortSignal) => Promise<Response>): Promise<OpenStream> {
  const controller = new AbortController()
  const response = await open(controller.signal)
  assert.equal(response.status, 200, `${url} did not open a stream.`)
  let isOpen = true
  const end = () => {
    isOpen = false
  }
  const ended = response.text().then(end, end)
  return { ended, isOpen: () => isOpen, leave: () => controller.abort() }
}
