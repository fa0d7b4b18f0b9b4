import { fromJsonSchema, McpServer } from '@modelcontextprotocol/server'
import type { ToolsFixture } from './fixture.ts'
import { toToolResult } from './tool-result.ts'

/** A maker of servers with those tools, by the SDK's own means; the schemas are compiled once. */
export function createServerMaker({ tools, answer }: ToolsFixture): () => McpServer {
  const compiled = tools.map(({ name, inputSchema, outputSchema, ...about }) => ({
    name,
    about: { ...about, inputSchema: fromJsonSchema(inputSchema), outputSchema: fromJsonSchema(outputSchema) },
  }))
  return () => {
    const server = new McpServer({ name: 'baseline', version: '1.0.0' }, { capabilities: { tools: {} } })
    for (const { name, about } of compiled) server.registerTool(name, about, async () => toToolResult(answer))
    return server
  }
}
