import type { Logger } from 'pino'
import type { CommonSettings } from './settings.ts'

/** Fastify's logger options: JSON lines on stderr, readable ones when a person looks at a terminal. */
export async function logToStderr(level: CommonSettings['logLevel']) {
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
 * A line goes out at once, those that come within a tenth of a second after it together: no request waits for whoever reads them, and
 * many lines cost little more than one.
 */
async function linesOnStderr() {
  const { destination } = await import('pino')
  const stream = destination({ dest: process.stderr.fd, sync: false, minLength: 8192 })
  stream.on('error', readerLeft)
  process.once('exit', () => {
    try {
      stream.flushSync()
    } catch {
      readerLeft()
    }
  })
  let window: NodeJS.Timeout | undefined
  let isWaiting = false

  function write(line: string): void {
    stream.write(line)
    isWaiting = true
    if (window === undefined) flush()
  }

  function flush(): void {
    window = undefined
    if (!isWaiting) return
    isWaiting = false
    stream.flush()
    window = setTimeout(flush, windowMs).unref()
  }

  return { write }
}

const windowMs = 100

/** Nobody is left to be told. */
function readerLeft(): void {}

/** A log of the same form, for a process that serves nothing itself. */
export async function createLog(level: CommonSettings['logLevel']): Promise<Logger> {
  const [{ pino }, { stream }] = await Promise.all([import('pino'), logToStderr(level)])
  return pino({ level }, stream)
}
