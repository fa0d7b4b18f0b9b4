import assert from 'node:assert/strict'

/** What the two lines of the SDK's client have in common. */
export interface Caller {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>
  callTool(call: { readonly name: string; readonly arguments: Record<string, unknown> }): Promise<object>
}

/** For a client that is refused: it may not wait for a sign-in that can't come, as mcp-remote does for 30 seconds. */
export const impatient = { timeout: 10_000 } as const

const toolNames = [
  'list_clients',
  'list_available_servers',
  'get_config',
  'diff_config',
  'validate_config',
  'add_server_to_config',
  'remove_server_from_config',
  'publish_config',
  'deploy_config',
  'initialize_keys',
] as const

/** Lists the ten tools, changes a draft and finds the change. */
export async function assertUsable(client: Caller): Promise<void> {
  const { tools } = await client.listTools()
  assert.deepEqual(new Set(tools.map(({ name }) => name)), new Set(toolNames))
  await call(client, 'add_server_to_config', { server_id: 'memory' })
  const { servers } = await call(client, 'get_config', { stage: 'draft' })
  assert.deepEqual(servers, ['memory'])
}

async function call(client: Caller, name: string, args: Record<string, unknown>) {
  const { structuredContent, isError } = (await client.callTool({ name, arguments: args })) as ToolAnswer
  assert.notEqual(isError, true)
  return structuredContent ?? {}
}

export interface ToolAnswer {
  readonly structuredContent?: Readonly<Record<string, unknown>>
  readonly isError?: boolean
  readonly _meta?: Readonly<Record<string, unknown>>
}
