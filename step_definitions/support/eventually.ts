import { setTimeout as pause } from 'node:timers/promises'

const pauseMs = 20

/** Looks again and again until the look succeeds; after `withinMs` it fails as the last look did. */
export async function eventually<T>(look: () => T | Promise<T>, { withinMs = 5000 } = {}): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await pause(pauseMs)
    }
  }
}
