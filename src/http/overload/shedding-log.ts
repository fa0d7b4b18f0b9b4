import type { FastifyBaseLogger } from 'fastify'

/** One line when requests begin to be refused and one when that is over, however many they were. */
export interface SheddingLog {
  /** Notes one that is refused. */
  note(): void
  /** Says that it is over, if it had begun. */
  end(): void
}

export interface SheddingLogOptions {
  readonly log: Pick<FastifyBaseLogger, 'warn'>
  /** It is over when none was refused for so long, in milliseconds. Default: 1,000. */
  readonly quietMs?: number
}

export function createSheddingLog({ log, quietMs = 1_000 }: SheddingLogOptions): SheddingLog {
  let refused = 0
  let seen = 0
  let timer: NodeJS.Timeout | undefined

  function check(): void {
    if (refused === seen) end()
    seen = refused
  }

  function end(): void {
    if (refused === 0) return
    clearInterval(timer)
    log.warn({ refused }, 'no longer overloaded')
    refused = 0
  }

  return {
    note() {
      refused += 1
      if (refused > 1) return
      seen = 0
      timer = setInterval(check, quietMs).unref()
      log.warn('overloaded: what would have to wait too long is refused')
    },
    end,
  }
}
