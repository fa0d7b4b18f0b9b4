import { once } from 'node:events'
import { Agent, WebSocket } from 'undici'
import { outputMatch, type Running } from './commands.ts'

/** Lets a process be looked into from outside, on a free port of the loopback interface; nothing in it changes. */
export const inspectable = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const

/** What an `inspectable` process still holds on its heap after a full collection (Chrome DevTools Protocol). */
export async function usedHeapBytes(running: Running): Promise<number> {
  const [, url = ''] = await outputMatch(running, /Debugger listening on (ws:\S+)/)
  const dispatcher = new Agent()
  const socket = new WebSocket(url, { dispatcher })
  try {
    await once(socket, 'open')
    await call(socket, 'HeapProfiler.collectGarbage')
    const { usedSize } = await call(socket, 'Runtime.getHeapUsage')
    return Number(usedSize)
  } finally {
    socket.close()
    await dispatcher.close()
  }
}

/** One command at a time, so that the next message is its answer. */
async function call(socket: WebSocket, method: string): Promise<Readonly<Record<string, unknown>>> {
  const answered = once(socket, 'message')
  socket.send(JSON.stringify({ id: 1, method }))
  const [{ data }] = await answered
  const { result, error } = JSON.parse(data)
  if (error) throw new Error(`${method}: ${error.message}`)
  return result
}
