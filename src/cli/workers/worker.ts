import cluster from 'node:cluster'
import type { FailedAttempts } from '../../http/access/failed-attempts.ts'
import { firstSignal } from '../signals.ts'
import { type FromWorker, type ToWorker, toTold } from './messages.ts'
import { createSharedAttempts } from './shared-attempts.ts'

/** What the primary told this worker, and what it can be told. */
export interface WorkerPart {
  readonly port: number
  readonly announces: boolean
  /** Resolves when it is to stop: told by the primary or by a signal, or because there is no primary any more. */
  readonly stopped: Promise<unknown>
  readonly failedAttempts: FailedAttempts
  warn(sentence: string): void
  listening(port: number): void
  /** From now on nothing but work holds the process. */
  release(): void
}

export async function joinWorkers(): Promise<WorkerPart> {
  const { signal, release } = firstSignal()
  const stop = Promise.withResolvers<void>()
  const begin = Promise.withResolvers<Extract<ToWorker, { tell: 'begin' }>>()
  const questions = createQuestions()
  let isListening = false

  process.channel?.ref()
  process.on('message', (message) => {
    const told = toTold<ToWorker>(message)
    if (told?.tell === 'begin') begin.resolve(told)
    if (told?.tell === 'stop') stop.resolve()
    if (told?.tell === 'verdict') questions.answer(told.question, told.waitSeconds)
  })
  cluster.worker?.once('disconnect', () => {
    questions.giveUp()
    stop.resolve()
    // Else Node would end the process at once, in the middle of what is in flight.
    if (isListening && cluster.worker) cluster.worker.exitedAfterDisconnect = true
  })

  const { port, announces } = await begin.promise
  return {
    port,
    announces,
    stopped: Promise.race([signal, stop.promise]),
    failedAttempts: createSharedAttempts(questions.ask),
    warn: (sentence) => tellPrimary({ tell: 'warning', sentence }),
    listening(port) {
      isListening = true
      tellPrimary({ tell: 'listening', port })
    },
    release() {
      process.channel?.unref()
      release()
    },
  }
}

/** Without a primary there is nobody who counts, and the worker is about to stop. */
function createQuestions() {
  const open = new Map<number, (waitSeconds: number | undefined) => void>()
  let last = 0
  return {
    ask(address: string): Promise<number | undefined> {
      if (!process.connected) return Promise.resolve(undefined)
      const { promise, resolve } = Promise.withResolvers<number | undefined>()
      last += 1
      open.set(last, resolve)
      tellPrimary({ tell: 'failure', question: last, address })
      return promise
    },
    answer(question: number, waitSeconds: number | undefined): void {
      open.get(question)?.(waitSeconds)
      open.delete(question)
    },
    giveUp(): void {
      for (const resolve of open.values()) resolve(undefined)
      open.clear()
    },
  }
}

/** A primary that is gone hears nothing; `disconnect` tells of that. */
function tellPrimary(message: FromWorker): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
}
