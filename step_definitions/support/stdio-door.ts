import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import type { Environment } from './commands.ts'
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

const compileCache = fileURLToPath(new URL('../../node_modules/.cache/node-compile/', import.meta.url))

/**
 * A process for each scenario spends most of its time on compiling what the one before has compiled already. Coverage forbids to keep
 * that, and is measured where the other scenarios start the command.
 */
function quickly({ NODE_V8_COVERAGE: _, ...env }: Environment): Environment {
  return { ...env, NODE_COMPILE_CACHE: compileCache }
}
