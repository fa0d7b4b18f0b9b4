import assert from 'node:assert/strict'
import { type Environment, type Running, start } from './commands.ts'
import { eventually } from './eventually.ts'
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

/** How long it took to answer, from the start of the process. */
export interface Start extends ServerProcess {
  readonly answeredAfterMs: number
}

/** On a port that the system chose, which is read off the process from outside, as no log level hides it there. */
export async function startServer(env: Environment, args: readonly string[] = []): Promise<ServerProcess> {
  const running = await start(serveHttp, ['--port', '0', ...args], env)
  const port = await eventually(
    async () => {
      const [socket = ''] = await listeningSockets(running.pid)
      assert.match(socket, /:\d+$/, `The server doesn't listen yet:\n${running.output()}`)
      return Number(socket.split(':').at(-1))
    },
    { withinMs: 15_000 },
  )
  return { running, port, url: `http://${host}:${port}` }
}

export async function startServerOnPort(env: Environment): Promise<Start> {
  const port = await freePort()
  const url = `http://${host}:${port}`
  const startedAt = performance.now()
  const running = await start(serveHttp, ['--host', host, '--port', String(port)], env)
  await eventually(() => send(`${url}/health`), { withinMs: 15_000 })
  return { running, port, url, answeredAfterMs: performance.now() - startedAt }
}
