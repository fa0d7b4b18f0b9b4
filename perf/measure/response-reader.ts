import type { Socket } from 'node:net'

export interface Response {
  readonly status: number
  /** Headers and body, as they came. */
  readonly text: string
}

/** Reads one response after the other off a connection. */
export interface ResponseReader {
  /** Undefined when the connection ends, or the time is over. */
  read(timeoutMs: number): Promise<Response | undefined>
  /** Leaves the connection to the next reader. */
  detach(): void
}

export function createResponseReader(socket: Socket): ResponseReader {
  let unread = ''
  let waiting: ((response: Response | undefined) => void) | undefined

  const settle = (response: Response | undefined) => {
    unread = ''
    waiting?.(response)
    waiting = undefined
  }
  const take = (chunk: string) => {
    unread += chunk
    const status = statusOfComplete(unread)
    if (status !== undefined) settle({ status, text: unread })
  }
  const end = () => settle(undefined)
  socket.setEncoding('latin1').on('data', take).once('close', end)

  return {
    read(timeoutMs) {
      if (socket.destroyed) return Promise.resolve(undefined)
      const { promise, resolve } = Promise.withResolvers<Response | undefined>()
      const late = setTimeout(() => socket.destroy(), timeoutMs)
      waiting = (response) => {
        clearTimeout(late)
        resolve(response)
      }
      return promise
    },
    detach: () => void socket.off('data', take).off('close', end),
  }
}

/** Undefined while there is more to come. With one request at a time, nothing follows a response. */
export function statusOfComplete(text: string): number | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const head = text.slice(0, end)
  const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
  const [, length] = /^content-length: (\d+)$/im.exec(head.replaceAll('\r', '')) ?? []
  if (length !== undefined && status !== 304)
    return text.length - end - 4 >= Number(length) ? status : undefined
  const isChunked = /^transfer-encoding: chunked$/im.test(head.replaceAll('\r', ''))
  return !isChunked || text.endsWith('\r\n0\r\n\r\n') ? status : undefined
}
