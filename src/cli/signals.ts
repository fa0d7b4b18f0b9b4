import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM'] as const

export interface FirstSignal {
  readonly signal: Promise<NodeJS.Signals>
  /** Gives the signals back their ordinary effect. */
  release(): void
}

/** Waits for the first signal to stop; a second one ends the process at once. */
export function firstSignal(): FirstSignal {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>()
  let isStopping = false
  const listener = (signal: NodeJS.Signals) => {
    // 128 + n is how a shell tells that a signal ended a process.
    if (isStopping) process.exit(128 + constants.signals[signal])
    isStopping = true
    resolve(signal)
  }
  for (const name of signals) process.on(name, listener)
  return {
    signal: promise,
    release() {
      for (const name of signals) process.off(name, listener)
    },
  }
}
