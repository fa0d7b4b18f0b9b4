import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { EventFilter } from './event-frames.ts'

/** One open stream. Nothing waits for it: what it doesn't read is bounded, and beyond the bound it is cut off. */
export interface EventListener {
  readonly stream: Readable
  readonly filter: EventFilter
  /** Sends the bytes, or cuts the caller off when it has left too much unread. */
  write(bytes: Buffer): void
  /** Resolves when the caller reads on, or is gone. */
  drained(): Promise<void>
  /** To be called now and then: cuts the caller off when it has read nothing of what waits for it for too long. */
  check(): void
  /** Ends the stream. What waits unread has a moment to be taken. */
  end(): void
}

export interface EventListenerOptions {
  readonly response: ServerResponse
  readonly filter: EventFilter
  readonly maxUnreadBytes: number
  readonly stallMs: number
}

export function createEventListener(options: EventListenerOptions): EventListener {
  const { response, filter, maxUnreadBytes, stallMs } = options
  let onWanted = () => {}
  let isFull = false
  let hasEnded = false
  let progress = { bytes: 0, atMs: performance.now() }
  const stream = new Readable({
    // Whoever waits for room to write the next piece stays well within the bound.
    highWaterMark: maxUnreadBytes / 4,
    read() {
      isFull = false
      onWanted()
    },
  })
  stream.once('close', () => onWanted())

  /** Here and in the response; what the system's own buffers hold costs this process nothing. */
  function unreadBytes(): number {
    return stream.readableLength + response.writableLength
  }

  function cutOff(): void {
    response.destroy()
    stream.destroy()
  }

  return {
    stream,
    filter,
    write(bytes) {
      if (stream.destroyed || hasEnded) return
      if (unreadBytes() + bytes.length > maxUnreadBytes) return cutOff()
      isFull = !stream.push(bytes)
    },
    async drained() {
      if (!isFull || stream.destroyed) return
      const { promise, resolve } = Promise.withResolvers<void>()
      onWanted = resolve
      await promise
    },
    check() {
      const bytes = takenBytes(response)
      if (unreadBytes() === 0 || bytes !== progress.bytes) progress = { bytes, atMs: performance.now() }
      else if (performance.now() - progress.atMs >= stallMs) cutOff()
    },
    end() {
      if (hasEnded) return
      hasEnded = true
      stream.push(null)
      const timer = setTimeout(cutOff, partingMs).unref()
      response.once('close', () => clearTimeout(timer))
    },
  }
}

/** How long a stream that has ended may take to be read to its end. */
const partingMs = 1_000

/** What the system has taken over of all that was written to the connection. */
function takenBytes({ socket }: ServerResponse): number {
  return socket ? socket.bytesWritten - socket.writableLength : 0
}
