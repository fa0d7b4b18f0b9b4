import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { toBoundedStream } from '../../src/http/mcp/bounded-stream.ts'

describe('a stream with a reader that keeps up', () => {
  test('hands on what comes, in order, and ends', async () => {
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source)
    feed('one ')
    feed('two ')
    end()
    assert.equal(Buffer.concat(await stream.toArray()).toString(), 'one two ')
  })

  test('hands on much more than may be left unread', async () => {
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source, { maxUnreadBytes: 1_000 })
    let read = 0
    stream.on('data', (chunk: Buffer) => {
      read += chunk.length
    })
    for (let at = 0; at < 200; at += 1) {
      feed('x'.repeat(1_000))
      await turn()
    }
    end()
    await once(stream, 'end')
    assert.equal(read, 200_000)
  })

  test('takes one piece that is larger than the bound', async () => {
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source, { maxUnreadBytes: 10 })
    feed('x'.repeat(1_000_000))
    end()
    assert.equal(Buffer.concat(await stream.toArray()).length, 1_000_000)
  })

  test('takes a burst of 3 MB in one go, which nobody can read in between', async () => {
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source)
    const { slow, received } = createSlowWritable()
    stream.pipe(slow)
    for (let at = 0; at < 3_000; at += 1) feed('x'.repeat(1_000))
    end()
    await once(slow, 'finish')
    assert.equal(received(), 3_000_000)
  })

  test('takes a burst after a long silence', async (t) => {
    const clock = mockClock(t)
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source, { maxStallMs: 1_000 })
    const { slow, received } = createSlowWritable()
    stream.pipe(slow)
    await turn()
    clock.pass(3_600_000)
    for (let at = 0; at < 10; at += 1) feed('x'.repeat(50_000))
    end()
    await once(slow, 'finish')
    assert.equal(received(), 500_000)
  })
})

describe('a stream with a reader that does not keep up', () => {
  test('is cut off when more than so many bytes are unread, and its source is told', async () => {
    const { source, feed, cancelled } = createSource()
    const stream = toBoundedStream(source, { maxUnreadBytes: 1_000 })
    const failed = once(stream, 'error')
    feed('x'.repeat(1_000))
    await turn()
    feed('y')
    await turn()
    assert.equal(stream.destroyed, false)
    feed('z')
    const [error] = await failed
    assert.equal(error.message, 'The reader did not keep up with the stream.')
    assert.equal(await cancelled, true)
  })

  test('is cut off when something is unread for so long, as soon as more comes', async (t) => {
    const clock = mockClock(t)
    const { source, feed, cancelled } = createSource()
    const stream = toBoundedStream(source, { maxStallMs: 1_000 })
    const failed = once(stream, 'error')
    feed('one')
    await turn()
    clock.pass(1_000)
    feed('two')
    await turn()
    assert.equal(stream.destroyed, false)
    clock.pass(1)
    feed('three')
    await failed
    assert.equal(await cancelled, true)
  })

  test('is no error while nothing more comes', async (t) => {
    const clock = mockClock(t)
    const { source, feed, end } = createSource()
    const stream = toBoundedStream(source, { maxStallMs: 1_000 })
    feed('one')
    await turn()
    clock.pass(3_600_000)
    end()
    assert.equal(Buffer.concat(await stream.toArray()).toString(), 'one')
  })
})

describe('a stream that breaks off', () => {
  test('at its reader is cancelled at its source', async () => {
    const { source, feed, cancelled } = createSource()
    const stream = toBoundedStream(source)
    stream.destroy()
    assert.equal(await cancelled, true)
    assert.throws(() => feed('too late'))
  })

  test('at its reader, while something is on its way, takes that no more', async () => {
    const { source, feed, cancelled } = createSource()
    const stream = toBoundedStream(source)
    feed('on its way')
    stream.destroy()
    await cancelled
    await turn()
    assert.equal(stream.readableLength, 0)
  })

  test('at its source is an error at the reader', async () => {
    const { source, fail } = createSource()
    const stream = toBoundedStream(source)
    const failed = once(stream, 'error')
    fail(new Error('the source is gone'))
    const [error] = await failed
    assert.equal(error.message, 'the source is gone')
  })
})

function createSource() {
  const { promise: cancelled, resolve } = Promise.withResolvers<boolean>()
  const controllers: ReadableStreamDefaultController<Uint8Array>[] = []
  const source = new ReadableStream<Uint8Array>({
    start: (controller) => void controllers.push(controller),
    cancel: () => resolve(true),
  })
  const [controller] = controllers
  return {
    source,
    cancelled,
    feed: (text: string) => controller?.enqueue(Buffer.from(text)),
    end: () => controller?.close(),
    fail: (error: Error) => controller?.error(error),
  }
}

/** As a socket: it takes a little, then a turn of the event loop. */
function createSlowWritable() {
  let count = 0
  const slow = new Writable({
    highWaterMark: 16 * 1024,
    write(chunk: Buffer, _encoding, done) {
      count += chunk.length
      setImmediate(done)
    },
  })
  return { slow, received: () => count }
}

function mockClock(t: TestContext) {
  let time = Math.ceil(performance.now())
  t.mock.method(performance, 'now', () => time)
  return {
    pass: (ms: number) => {
      time += ms
    },
  }
}
