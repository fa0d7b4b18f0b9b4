import type { World } from './world.ts'

/** The attempt of which nothing is kept but the moment when it was done: what it has brought about is looked at elsewhere. */
export function attemptDeed(world: World, deed: () => unknown): Promise<void> {
  return world.attempt('doneAt', async () => {
    await deed()
    return performance.now()
  })
}
