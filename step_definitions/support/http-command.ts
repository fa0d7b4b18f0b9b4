import assert from 'node:assert/strict'
import { eventually } from '../../test/support/eventually.ts'
import type { Environment, Running } from './commands.ts'
import { send } from './http.ts'
import { freePort, listeningSockets } from './sockets.ts'

export const serveHttp = 'mcp-orchestration-serve-http'
export const host = '127.0.0.1'

/** The HTTP server as a process of its own, started by its command. */
export interface ServerProcess {
  readonly running: Running
  readonly port: number
  readonly url: string
}

export interface StartedServer extends ServerProcess {
  /** From the start of the process to its first answer. */
  readonly answeredAfterMs: number
}

/** Where a command is started, so that it is stopped whatever becomes of it. */
interface Starter {
  start(command: string, args: readonly string[], env?: Environment): Promise<Running>
}

const patience = { withinMs: 15_000 }

/** On a port that the system chose, which is read off the process from outside, as no log level hides it there. */
export async function startServer(
  starter: Starter,
  args: readonly string[] = [],
  env?: Environment,
): Promise<ServerProcess> {
  const running = await starter.start(serveHttp, ['--port', '0', ...args], env)
  const port = await eventually(async () => {
    const [socket = ''] = await listeningSockets(running.pid).catch(() => [])
    assert.match(socket, /:\d+$/, `The server doesn't listen:\n${running.output()}`)
    return Number(socket.split(':').at(-1))
  }, patience)
  return { running, port, url: `http://${host}:${port}` }
}

export async function startServerOnPort(starter: Starter): Promise<StartedServer> {
  const port = await freePort()
  const url = `http://${host}:${port}`
  const startedAt = performance.now()
  const running = await starter.start(serveHttp, ['--host', host, '--port', String(port)])
  await eventually(() => send(`${url}/health`), patience)
  return { running, port, url, answeredAfterMs: performance.now() - startedAt }
}
