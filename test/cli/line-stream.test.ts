import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { createLineStream, type Writable } from '../../src/cli/line-stream.ts'
import { eventually } from '../support/eventually.ts'

describe('lines for a reader', () => {
  test('are written in order, those that came meanwhile together', async () => {
    const reader = createReader()
    const stream = createLineStream({ fd: 2, maxWriteBytes: 100, file: reader.file })
    for (const line of ['one\n', 'two\n', 'three\n']) stream.write(line)
    await eventually(() => assert.deepEqual(reader.taken, ['one\n', 'two\nthree\n']))
  })

  test('go out in writes of the size that is given, a longer line alone', async () => {
    const reader = createReader()
    const stream = createLineStream({ fd: 2, maxWriteBytes: 10, file: reader.file })
    for (const line of ['first\n', 'äääää\n', 'a\n', 'longer than ten\n', 'b\n']) stream.write(line)
    await eventually(() =>
      assert.deepEqual(reader.taken, ['first\n', 'äääää\n', 'a\n', 'longer than ten\n', 'b\n']),
    )
  })

  test('are written on from where the reader had no more room', async () => {
    const reader = createReader({ roomBytes: 3 })
    const stream = createLineStream({ fd: 2, maxWriteBytes: 100, file: reader.file })
    stream.write('seven bytes\n')
    await eventually(() => assert.equal(reader.taken.join(''), 'seven bytes\n'))
  })

  test('wait for a reader that takes nothing for a while', async () => {
    const reader = createReader()
    reader.fails = 'EAGAIN'
    const stream = createLineStream({ fd: 2, maxWriteBytes: 100, file: reader.file })
    stream.write('one\n')
    await eventually(() => assert.ok(reader.refused >= 2))
    stream.write('two\n')
    reader.fails = undefined
    await eventually(() => assert.deepEqual(reader.taken, ['one\n', 'two\n']))
  })

  test('are dropped while more wait than may', async () => {
    const reader = createReader()
    const stream = createLineStream({ fd: 2, maxWriteBytes: 4, maxWaitingBytes: 8, file: reader.file })
    for (const line of ['one\n', 'two\n', 'six\n', 'ten\n']) stream.write(line)
    await eventually(() => assert.deepEqual(reader.taken, ['one\n', 'two\n', 'six\n']))
    stream.write('new\n')
    await eventually(() => assert.equal(reader.taken.at(-1), 'new\n'))
  })

  test('are forgotten for a reader that is gone, and later ones are tried', async () => {
    const reader = createReader()
    reader.fails = 'EPIPE'
    const stream = createLineStream({ fd: 2, maxWriteBytes: 4, file: reader.file })
    for (const line of ['one\n', 'two\n']) stream.write(line)
    await eventually(() => assert.equal(reader.refused, 1))
    reader.fails = undefined
    stream.write('six\n')
    await eventually(() => assert.deepEqual(reader.taken, ['six\n']))
  })
})

describe('at the exit', () => {
  test('what waits is written before anything else happens, but not what is on its way', () => {
    const reader = createReader({ roomBytes: 5 })
    const stream = createLineStream({ fd: 2, maxWriteBytes: 4, file: reader.file })
    for (const line of ['one\n', 'two\n', 'six\n']) stream.write(line)
    stream.flush()
    assert.equal(reader.taken.join(''), 'two\nsix\n')
  })

  test('what could not be written before is written first', async () => {
    const reader = createReader()
    reader.fails = 'EAGAIN'
    const stream = createLineStream({ fd: 2, maxWriteBytes: 4, file: reader.file })
    for (const line of ['one\n', 'two\n']) stream.write(line)
    await pause(0)
    reader.fails = undefined
    stream.flush()
    assert.deepEqual(reader.taken, ['one\n', 'two\n'])
  })

  for (const error of ['EAGAIN', 'EPIPE', 'EIO'] as const) {
    test(`a reader that answers ${error} holds nobody`, { timeout: 10_000 }, async () => {
      const reader = createReader()
      reader.fails = error
      const stream = createLineStream({ fd: 2, maxWriteBytes: 4, file: reader.file })
      for (const line of ['one\n', 'two\n', 'six\n']) stream.write(line)
      stream.flush()
      assert.deepEqual(reader.taken, [])
    })
  }
})

/** Takes so many bytes with each write, or fails as it is told. */
function createReader({ roomBytes = Number.POSITIVE_INFINITY } = {}) {
  const reader = {
    taken: [] as string[],
    refused: 0,
    fails: undefined as 'EAGAIN' | 'EPIPE' | 'EIO' | undefined,
  }
  function take(bytes: Buffer): number {
    if (reader.fails !== undefined) {
      reader.refused += 1
      throw Object.assign(new Error(reader.fails), { code: reader.fails })
    }
    const part = bytes.subarray(0, roomBytes)
    reader.taken.push(part.toString())
    return part.length
  }
  const file: Writable = {
    writeSync: (_fd, bytes) => take(bytes),
    write(_fd, bytes, done) {
      setImmediate(() => {
        try {
          done(null, take(bytes))
        } catch (error) {
          done(error as Error, 0)
        }
      })
    },
  }
  return Object.assign(reader, { file })
}
