import { setTimeout as delay } from 'node:timers/promises'
import { isBusy, toUnavailable } from './sqlite-trouble.ts'

/** Does `work` again while another process holds the lock, at most for `patienceMs`, leaving the event loop free in between. */
export async function whenFree<T>(work: () => T, patienceMs: number, file: string): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (let tries = 1; ; tries += 1) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw toUnavailable(error, file)
    }
    await pause(tries)
  }
}

/** Random, so that two processes which wait for each other don't stay in step. */
export function pause(tries: number): Promise<void> {
  return delay(Math.random() * Math.min(2 ** tries, longestPauseMs))
}

const longestPauseMs = 32
