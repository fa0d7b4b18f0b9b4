import assert from 'node:assert/strict'
import type { Input } from './door.ts'
import type { World } from './world.ts'

/** The attempt of which nothing is kept but the moment when it was done: what it has brought about is looked at elsewhere. */
export function attemptDeed(world: World, deed: () => unknown): Promise<void> {
  return world.attempt('doneAt', async () => {
    await deed()
    return performance.now()
  })
}

/** As Omar does it, in a process of its own. */
export function runOperation(world: World, operationId: string, input: Input): Promise<void> {
  return runCommand(world, 'call', operationId, '--json', JSON.stringify(input))
}

/** A command that must succeed. */
export async function runCommand(world: World, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await world.run('mcp-orchestration', ...args)
  assert.equal(code, 0, stderr)
}
