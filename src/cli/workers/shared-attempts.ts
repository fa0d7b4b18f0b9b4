import { type FailedAttempts, toNetwork } from '../../http/access/failed-attempts.ts'

/** Asks whoever counts for all workers; undefined when the address may go on. */
export type AskAboutFailure = (address: string) => Promise<number | undefined>

/**
 * A worker's part of a count that all of them share. A network that was told to wait is not asked about until then, so that whoever
 * goes on guessing keeps one process busy and not two.
 */
export function createSharedAttempts(
  ask: AskAboutFailure,
  /** In milliseconds; never goes back. */
  now: () => number = () => performance.now(),
): FailedAttempts {
  const waiting = new Map<string, number>()

  function remember(network: string, until: number): void {
    const [oldest] = waiting.keys()
    if (oldest !== undefined && waiting.size >= mostNetworks) waiting.delete(oldest)
    waiting.set(network, until)
  }

  return {
    async note(address = '') {
      const network = toNetwork(address)
      const leftMs = (waiting.get(network) ?? 0) - now()
      if (leftMs > 0) return Math.ceil(leftMs / 1000)
      waiting.delete(network)
      const waitSeconds = await ask(address)
      if (waitSeconds !== undefined) remember(network, now() + waitSeconds * 1000)
      return waitSeconds
    },
  }
}

/** As many as the count itself remembers. */
const mostNetworks = 10_000
