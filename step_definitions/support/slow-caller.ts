import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'

/** A connection on which a part of a request was sent, and no more comes. */
export interface SlowCaller {
  readonly sent: string
  /** All that came back, once the server has closed the connection. */
  readonly received: Promise<string>
}

export async function callSlowly(url: string, sent: string): Promise<SlowCaller> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  socket.write(sent)
  return { sent, received: text(socket) }
}
