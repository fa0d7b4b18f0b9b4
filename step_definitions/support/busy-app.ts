import { createHttpTransport, type HttpTransportOptions, type Orchestrator } from '../../src/index.ts'

/** An app with the server in it, and with work of its own that leaves the server no time. */
export interface BusyApp {
  readonly url: string
  /** What the server has logged. */
  readonly log: readonly { readonly msg: string; readonly refused?: number }[]
  /** From the time at which it resolves, nothing gets its turn in time. */
  holdUp(): Promise<void>
  /** Leaves the server time again. */
  relent(): void
  close(): Promise<void>
}

/** The least delay there is, and how long each turn takes while the app holds the event loop up. */
export const maxDelayMs = 20
const turnMs = 60

export async function startBusyApp(
  orchestrator: Orchestrator,
  options: HttpTransportOptions = { overload: { maxDelayMs } },
): Promise<BusyApp> {
  const log: { msg: string }[] = []
  const stream = { write: (line: string) => log.push(JSON.parse(line)) }
  const transport = createHttpTransport({ ...options, orchestrator, logger: { level: 'warn', stream } })
  let isBusy = false
  const url = await transport.listen({ port: 0 })
  return {
    url,
    log,
    async holdUp() {
      isBusy = true
      const { promise, resolve } = Promise.withResolvers<void>()
      // It has to be late at two looks in a row, and the first turn may fall between two.
      let turns = 0
      const turn = () => {
        work()
        turns += 1
        if (turns === 5) resolve()
        if (isBusy) setImmediate(turn)
      }
      setImmediate(turn)
      await promise
    },
    relent() {
      isBusy = false
    },
    close: () => transport.close(),
  }
}

function work(): void {
  const until = performance.now() + turnMs
  while (performance.now() < until);
}
