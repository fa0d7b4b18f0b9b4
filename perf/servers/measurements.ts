import process from 'node:process'

/** How a server under measurement is reached. */
export interface Address {
  readonly url: string
  /** What each request must carry. */
  readonly headers: Readonly<Record<string, string>>
}

/** What the process has used so far, all of its threads included. */
export interface Usage {
  readonly cpuMicroseconds: number
  readonly peakMemoryBytes: number
}

/** Tells the parent where this server listens, then answers each of its messages with what has been used until then. */
export function serveMeasurements(address: Address): void {
  process.on('message', () => process.send?.(usage()))
  process.once('disconnect', () => process.exit())
  process.send?.(address)
}

function usage(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  return { cpuMicroseconds: userCPUTime + systemCPUTime, peakMemoryBytes: maxRSS * 1024 }
}
