import assert from 'node:assert/strict'
import { quickly } from './commands.ts'
import type { Door, Place } from './door.ts'
import { startStdioServer } from './stdio.ts'
import { callByTool, type ToolResult } from './tool-calls.ts'

/** As an agent has it whose client starts the command: a process of its own, and the SDK's v1 line to speak with it. */
export async function openStdioDoor({ env }: Place): Promise<Door> {
  const { client, noise, close } = await startStdioServer(quickly(env))
  return {
    call: callByTool(
      async (name, args) => (await client.callTool({ name, arguments: { ...args } })) as ToolResult,
    ),
    async close() {
      await close()
      assert.deepEqual(noise, [], 'stdout carried more than the protocol.')
    },
  }
}
