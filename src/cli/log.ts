import type { DestinationStream, Logger } from 'pino'
import type { CommonSettings } from './settings.ts'

interface LogOptions {
  readonly level: CommonSettings['logLevel']
  readonly stream: DestinationStream
}

/** Fastify's logger options: JSON lines on stderr, readable ones when a person looks at a terminal. */
export async function logToStderr(level: CommonSettings['logLevel']): Promise<LogOptions> {
  if (!process.stderr.isTTY) return { level, stream: await linesOnStderr() }
  const { default: pretty } = await import('pino-pretty')
  const stream = pretty({
    destination: process.stderr.fd,
    sync: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
  })
  return { level, stream }
}

/**
 * Lines that come while others are being written wait and go out together, so that no request waits for whoever reads them. What a
 * reader that has stopped leaves lying is dropped beyond 16 MiB.
 */
async function linesOnStderr(): Promise<DestinationStream> {
  const { destination } = await import('pino')
  const stream = destination({ dest: process.stderr.fd, sync: false, maxLength: 16 * 1024 ** 2 })
  stream.on('error', readerLeft)
  process.once('exit', () => {
    try {
      stream.flushSync()
    } catch {
      readerLeft()
    }
  })
  return stream
}

/** Nobody is left to be told. */
function readerLeft(): void {}

/** A log of the same form, for a process that serves nothing itself. */
export async function createLog(level: CommonSettings['logLevel']): Promise<Logger> {
  const [{ pino }, { stream }] = await Promise.all([import('pino'), logToStderr(level)])
  return pino({ level }, stream)
}
