import assert from 'node:assert/strict'
import { execPath } from 'node:process'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { type Environment, sourceOf } from './commands.ts'

/** A stdio server that runs as a child process, and the client of the SDK's v1 line that speaks with it, as most users' clients do. */
export interface StdioServer {
  readonly client: Client
  readonly pid: number
  /** What was not protocol on its stdout: the client reports every line that is no JSON-RPC message. */
  readonly noise: readonly Error[]
  close(): Promise<void>
}

/** How a client's file says that a server is started. */
export interface ServerCommand {
  readonly command: string
  readonly args?: readonly string[]
  readonly env?: Environment
}

export async function startStdioServer(env: Environment): Promise<StdioServer> {
  return connectTo({ command: execPath, args: [await sourceOf('mcp-orchestration')] }, env)
}

export async function connectTo(
  { command, args = [], env = {} }: ServerCommand,
  base: Environment,
): Promise<StdioServer> {
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...base, ...env },
    stderr: 'ignore',
  })
  const client = new Client({ name: 'priyas-client', version: '1.0.0' })
  const noise: Error[] = []
  client.onerror = (error) => noise.push(error)
  await client.connect(transport)
  return { client, pid: transport.pid ?? 0, noise, close: () => client.close() }
}

/** The structured result of a tool; a failure fails the step with what the tool said. */
export async function callTool(
  server: StdioServer,
  name: string,
  input: object = {},
): Promise<Record<string, unknown>> {
  const result = (await server.client.callTool({ name, arguments: { ...input } })) as CallToolResult
  assert.notEqual(result.isError, true, `${name}: ${JSON.stringify(result.content)}`)
  assert.ok(result.structuredContent, `${name} gave no structured content.`)
  return result.structuredContent
}

export async function toolNames(server: StdioServer): Promise<readonly string[]> {
  const { tools } = await server.client.listTools()
  return tools.map(({ name }) => name)
}
