import type { FailedAttempts } from '../../http/access/failed-attempts.ts'

/** Asks whoever counts for all workers; undefined when the address may go on. */
export type AskAboutFailure = (address: string) => Promise<number | undefined>

/**
 * A worker's part of a count that all of them share. An address that was told to wait is not asked about until then, so that whoever
 * goes on guessing keeps one process busy and not two.
 */
export function createSharedAttempts(
  ask: AskAboutFailure,
  /** In milliseconds; never goes back. */
  now: () => number = () => performance.now(),
): FailedAttempts {
  const waiting = new Map<string, number>()

  function remember(address: string, until: number): void {
    const [oldest] = waiting.keys()
    if (oldest !== undefined && waiting.size >= mostAddresses) waiting.delete(oldest)
    waiting.set(address, until)
  }

  return {
    async note(address = '') {
      const leftMs = (waiting.get(address) ?? 0) - now()
      if (leftMs > 0) return Math.ceil(leftMs / 1000)
      waiting.delete(address)
      const waitSeconds = await ask(address)
      if (waitSeconds !== undefined) remember(address, now() + waitSeconds * 1000)
      return waitSeconds
    },
  }
}

/** As many as the count itself remembers. */
const mostAddresses = 10_000
