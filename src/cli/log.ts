import type { DestinationStream, Logger } from 'pino'
import { createLineStream } from './line-stream.ts'
import type { CommonSettings } from './settings.ts'

interface LogOptions {
  readonly level: CommonSettings['logLevel']
  readonly stream: DestinationStream
}

export interface LogSettings {
  readonly level: CommonSettings['logLevel']
  /** Whether other processes write to the same stderr. */
  readonly isShared: boolean
}

/** Fastify's logger options: JSON lines on stderr, readable ones when a person looks at a terminal. */
export async function logToStderr({ level, isShared }: LogSettings): Promise<LogOptions> {
  if (!process.stderr.isTTY) return { level, stream: linesOnStderr(isShared) }
  const { default: pretty } = await import('pino-pretty')
  const stream = pretty({
    destination: process.stderr.fd,
    sync: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
  })
  return { level, stream }
}

function linesOnStderr(isShared: boolean): DestinationStream {
  const maxWriteBytes = isShared ? wholeInPipe : 64 * 1024
  const stream = createLineStream({ fd: process.stderr.fd, maxWriteBytes })
  process.once('exit', stream.flush)
  return stream
}

/** What Linux writes into a pipe in one piece (PIPE_BUF), so that no line of another process gets in between. */
const wholeInPipe = 4096

/** A log of the same form, for a process that serves nothing itself. */
export async function createLog(settings: LogSettings): Promise<Logger> {
  const [{ pino }, { stream }] = await Promise.all([import('pino'), logToStderr(settings)])
  return pino({ level: settings.level }, stream)
}
