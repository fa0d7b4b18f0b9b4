import type { Socket } from 'node:net'
import { createTally, type Found } from '../failures.ts'
import type { Message } from './messages.ts'
import { createResponseReader, type ResponseReader } from './response-reader.ts'

const timeoutMs = 30_000

export interface Questions {
  readonly amount: number
  /** The message with that number, counted from 0. */
  message(index: number): Message
  /** What is done before each, outside of its time. */
  readonly prepare?: (() => Promise<void>) | undefined
}

export interface Answers extends Found {
  readonly timesMs: readonly number[]
}

/** One request after the other on a connection. What stays unanswered, and what it could not send any more, has failed. */
export async function askOneByOne(socket: Socket, { amount, message, prepare }: Questions): Promise<Answers> {
  const timesMs: number[] = []
  const tally = createTally()
  const reader = createResponseReader(socket)
  for (let index = 0; index < amount; index += 1) {
    await prepare?.()
    const { tookMs, isAnswered, reason } = await ask(socket, reader, message(index))
    if (isAnswered) timesMs.push(tookMs)
    if (reason !== undefined) tally.add(reason, isAnswered ? 1 : amount - index)
    if (!isAnswered) break
  }
  reader.detach()
  return { timesMs, ...tally.found() }
}

interface Answered {
  readonly tookMs: number
  readonly isAnswered: boolean
  /** Why it failed, if it did. */
  readonly reason?: string | undefined
}

async function ask(socket: Socket, reader: ResponseReader, message: Message): Promise<Answered> {
  const startedAt = performance.now()
  const answer = reader.read(timeoutMs)
  socket.write(message.bytes)
  const response = await answer
  const tookMs = performance.now() - startedAt
  if (response) return { tookMs, isAnswered: true, reason: message.reasonAgainst(response) }
  const reason = tookMs < timeoutMs ? 'the connection broke' : `no answer within ${timeoutMs / 1000} s`
  return { tookMs, isAnswered: false, reason }
}
