import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** It is closed at the end of the block that it was opened for. */
export type Connection = Socket & Disposable

export interface Connections extends Disposable {
  readonly sockets: readonly Socket[]
}

const openedAtOnce = 100

export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  return Object.assign(socket, { [Symbol.dispose]: () => void socket.destroy() })
}

/** Bit by bit, so that none has to wait for a place in the server's queue of new connections. */
export async function openConnections(url: string, count: number): Promise<Connections> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const amount = Math.min(openedAtOnce, count - sockets.length)
    sockets.push(...(await Promise.all(Array.from({ length: amount }, () => openConnection(url)))))
  }
  return {
    sockets,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
