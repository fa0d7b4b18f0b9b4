import * as fs from 'node:fs'
import { errorCode } from '../private-file.ts'

/** Takes lines and writes them to a file descriptor, without anybody having to wait for whoever reads them. */
export interface LineStream {
  write(line: string): void
  /** Writes what still waits before it returns, for a process that is about to exit. A reader that takes nothing loses it. */
  flush(): void
}

export interface LineStreamOptions {
  readonly fd: number
  /** Lines go out together, as many as fit; a longer line goes out alone. In bytes. */
  readonly maxWriteBytes: number
  /** What comes while more than that waits is dropped. Default: 16 MiB. */
  readonly maxWaitingBytes?: number
  readonly file?: Writable
}

/** What of `node:fs` is used. */
export interface Writable {
  write(fd: number, bytes: Buffer, done: (error: Error | null, written: number) => void): void
  writeSync(fd: number, bytes: Buffer): number
}

/**
 * Node's own stream for a pipe or a file blocks the process until all is written. Nothing here does, and nothing here keeps it running:
 * pino's, which is asynchronous too, would try for ever, even at the exit, to write to a reader that has stopped.
 */
export function createLineStream(options: LineStreamOptions): LineStream {
  const { fd, maxWriteBytes, maxWaitingBytes = 16 * 1024 ** 2, file = fs } = options
  let waiting: Batch[] = []
  let waitingBytes = 0
  /** What is being written, or to be written again. */
  let current: Buffer | undefined
  let isUnderWay = false

  return { write, flush }

  function write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (waitingBytes + bytes > maxWaitingBytes) return
    waitingBytes += bytes
    const last = waiting.at(-1)
    if (last && last.bytes + bytes <= maxWriteBytes) {
      last.text += line
      last.bytes += bytes
    } else {
      waiting.push({ text: line, bytes })
    }
    if (!current) begin()
  }

  function begin(): void {
    current = next()
    if (current) send(current)
  }

  function next(): Buffer | undefined {
    const batch = waiting.shift()
    waitingBytes -= batch?.bytes ?? 0
    return batch && Buffer.from(batch.text)
  }

  function send(bytes: Buffer): void {
    isUnderWay = true
    file.write(fd, bytes, (error, written) => {
      isUnderWay = false
      if (isFull(error)) return void setTimeout(send, againMs, bytes).unref()
      if (error) return giveUp()
      current = bytes.subarray(written)
      if (current.length > 0) send(current)
      else begin()
    })
  }

  /** Nobody reads any more, or nobody can. */
  function giveUp(): void {
    waiting = []
    waitingBytes = 0
    current = undefined
  }

  function flush(): void {
    const deadline = performance.now() + flushMs
    // What the system has been given already is on its way.
    let rest = isUnderWay ? next() : (current ?? next())
    while (rest && performance.now() < deadline) rest = writeNow(rest)
    giveUp()
  }

  /** Answers what is to be written next; undefined when nothing is, or can be. */
  function writeNow(bytes: Buffer): Buffer | undefined {
    try {
      const left = bytes.subarray(file.writeSync(fd, bytes))
      return left.length > 0 ? left : next()
    } catch (error) {
      if (!isFull(error)) return undefined
      sleep(againMs)
      return bytes
    }
  }
}

/** Lines that go out together. */
interface Batch {
  text: string
  bytes: number
}

/** How soon a reader that has no room is tried again. */
const againMs = 20
/** Long against what a reader takes that reads at all, short against the time in which a process has to stop. */
const flushMs = 500

/** The reader has taken nothing for a while, and a pipe holds only so much. */
function isFull(error: unknown): boolean {
  return errorCode(error) === 'EAGAIN'
}

function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
