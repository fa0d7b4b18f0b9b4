import { type ListToolsResult, ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'
import { shorten } from '../json.ts'
import { hasScope, type OperationContext } from '../operations/operation.ts'
import { version } from '../version.ts'
import { readResource, resources, resourceTemplates } from './resources.ts'
import { callTool, type FaultListener } from './tool-call.ts'
import { findTool, type Tool, toolsFor } from './tools.ts'

export interface McpServerContext
  extends Pick<OperationContext, 'orchestrator' | 'principal' | 'door' | 'requestId'> {
  readonly onFault?: FaultListener
}

const instructions = `Keeps one signed source of truth for the MCP servers of every AI client on this machine.
The way of a change: list_clients → list_available_servers (with server_id: its parameters) → add_server_to_config → validate_config → \
publish_config (needs initialize_keys once) → deploy_config with dry_run: true, then without.
Drafts are private until published; nothing reaches a client's file before deploy_config. A failed call carries a problem with a stable \
code and says what to do next.`

export const serverInfo = { name: 'mcp-orchestration', title: 'MCP Orchestration', version } as const

/** What may be listed changes only with the program, so a client may keep it for a while; what is read may change at any time. */
export const lasting = { ttlMs: 300_000, cacheScope: 'private' } as const

/** An MCP server with the tools and resources for one connection; it takes either era of the protocol, as its transport decides. */
export function createMcpServer(context: McpServerContext): Server {
  const { principal, onFault = () => {} } = context
  const server = new Server(serverInfo, {
    capabilities: { tools: {}, resources: {} },
    instructions,
    cacheHints: { 'tools/list': lasting, 'resources/list': lasting, 'resources/templates/list': lasting },
  })
  const allowed = toolsFor(principal)
  const readable = hasScope(principal, 'read')

  server.setRequestHandler('tools/list', () => listTools(allowed))
  server.setRequestHandler('tools/call', ({ params }) => {
    const tool = findTool(params.name)
    // An unknown tool is a protocol error, not a tool's failure (MCP, server/tools, "Error Handling").
    if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, unknownTool(params.name, allowed))
    return callTool(tool, context, params.arguments ?? {}, onFault)
  })
  server.setRequestHandler('resources/list', () => ({ resources: readable ? [...resources] : [] }))
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: readable ? [...resourceTemplates] : [],
  }))
  server.setRequestHandler('resources/read', ({ params }) => readResource(context, params.uri, onFault))
  return server
}

export function listTools(allowed: readonly Tool[]): ListToolsResult {
  return { tools: allowed.map(({ listed }) => listed) }
}

/** Of the others, nobody is told who may not call them. */
function unknownTool(name: string, allowed: readonly Tool[]): string {
  return `Unknown tool: ${shorten(name)}. The tools are ${allowed.map((tool) => tool.name).join(', ')}.`
}
