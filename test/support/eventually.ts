import { setTimeout as pause } from 'node:timers/promises'

/** Looks until it no longer throws, for so long at the most; then it fails as the last look did. */
export async function eventually<T>(look: () => T | Promise<T>, { withinMs = 5_000 } = {}): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(10)
    }
  }
}
