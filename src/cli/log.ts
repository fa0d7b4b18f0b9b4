import type { CommonSettings } from './settings.ts'

/** Fastify's logger options: JSON lines on stderr, readable ones when a person looks at a terminal. */
export async function logToStderr(level: CommonSettings['logLevel']) {
  if (!process.stderr.isTTY) return { level, stream: process.stderr }
  const { default: pretty } = await import('pino-pretty')
  const stream = pretty({
    destination: process.stderr.fd,
    sync: true,
    ignore: 'pid,hostname',
    translateTime: 'SYS:HH:MM:ss',
  })
  return { level, stream }
}
