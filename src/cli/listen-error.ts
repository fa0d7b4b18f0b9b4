import { CommandError } from './complaint.ts'
import type { ServerSettings } from './settings.ts'

/** Why a server could not listen, and what to do, in one line. */
export function toListenError(
  error: unknown,
  { host, port }: Pick<ServerSettings, 'host' | 'port'>,
): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  const explain = code === undefined ? undefined : explanations[code]
  return explain
    ? new CommandError(explain(`${host.includes(':') ? `[${host}]` : host}:${port}`), { cause: error })
    : error
}

const explanations: Readonly<Record<string, (address: string) => string>> = {
  EADDRINUSE: (address) =>
    `Address already in use: ${address}. Stop the program that listens there, or choose another port with --port (0 takes a free one).`,
  EACCES: (address) => `Not allowed to listen on ${address}. Choose a port from 1024 up with --port.`,
  EADDRNOTAVAIL: (address) =>
    `This machine has no address for ${address}. Choose another with --host, such as 127.0.0.1.`,
  ENOTFOUND: (address) =>
    `The host of ${address} is not known. Choose another with --host, such as 127.0.0.1.`,
}
