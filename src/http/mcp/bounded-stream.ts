import { Readable } from 'node:stream'

export interface StreamBounds {
  /**
   * How much a reader may leave unread when more arrives, in bytes. What is sent in one go arrives before any reader could take some of
   * it, so this bounds a burst as well: the whole log of a session that is replayed, say.
   */
  readonly maxUnreadBytes?: number
  /** How long it may leave anything unread when more arrives, in milliseconds. */
  readonly maxStallMs?: number
}

/**
 * A web stream as a stream of Node's whose reader is cut off when it doesn't keep up. A web stream that is fed from elsewhere, as those
 * of the MCP SDK are, would otherwise keep in memory whatever is not fetched.
 */
export function toBoundedStream(
  source: ReadableStream<Uint8Array>,
  { maxUnreadBytes = 4 * 1024 ** 2, maxStallMs = 30_000 }: StreamBounds = {},
): Readable {
  const reader = source.getReader()
  let keptUpAt = performance.now()
  const stream = new Readable({
    // So that it is asked for more only when there is nothing left.
    highWaterMark: 0,
    read() {
      keptUpAt = performance.now()
    },
    destroy(error, done) {
      reader.cancel().catch(() => {})
      done(error)
    },
  })

  function isLeftUnread(): boolean {
    const unread = stream.readableLength
    // Nobody is behind on a stream that was silent, however long.
    if (unread === 0) keptUpAt = performance.now()
    return unread > maxUnreadBytes || performance.now() - keptUpAt > maxStallMs
  }

  async function pump(): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read()
      if (stream.destroyed) return
      if (done) return void stream.push(null)
      if (isLeftUnread()) return void stream.destroy(new Error('The reader did not keep up with the stream.'))
      stream.push(value)
    }
  }

  pump().catch((error) => stream.destroy(error))
  return stream
}
