/** What the primary, the process that starts the workers, tells one of them. */
export type ToWorker =
  /** Where to listen, and whether to say what is said once: where the server runs, and how to get in. */
  | { readonly tell: 'begin'; readonly port: number; readonly announces: boolean }
  | { readonly tell: 'stop' }
  /** How long the address of that question should wait, if it has failed too often. */
  | { readonly tell: 'verdict'; readonly question: number; readonly waitSeconds?: number }

/** What a worker tells the primary. */
export type FromWorker =
  | { readonly tell: 'listening'; readonly port: number }
  | { readonly tell: 'warning'; readonly sentence: string }
  /** A wrong credential came from the address. */
  | { readonly tell: 'failure'; readonly question: number; readonly address: string }

/** Undefined for what others send on the same channel, such as a measurement that is loaded into the process. */
export function toTold<Message extends ToWorker | FromWorker>(message: unknown): Message | undefined {
  const isOurs = typeof message === 'object' && message !== null && 'tell' in message
  return isOurs ? (message as Message) : undefined
}
