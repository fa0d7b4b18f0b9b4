import assert from 'node:assert/strict'
import type { Input } from './door.ts'
import type { World } from './world.ts'

/** Runs `mcp-orchestration` to its end, which must be a success; answers what it printed. */
export async function runCommand(world: World, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await world.run('mcp-orchestration', ...args)
  assert.equal(code, 0, stderr)
  return stdout
}

export function runOperation(world: World, operationId: string, input: Input): Promise<string> {
  return runCommand(world, 'call', operationId, '--json', JSON.stringify(input))
}
