import cluster, { type Worker } from 'node:cluster'
import { setTimeout as delay } from 'node:timers/promises'
import { exitCodes } from '../exit-codes.ts'
import { type FromWorker, type ToWorker, toTold } from './messages.ts'
import type { ReplacementPace } from './replacement-pace.ts'

export interface CrewOptions {
  readonly count: number
  /** 0 takes a free one, which is then everybody's. */
  readonly port: number
  readonly pace: ReplacementPace
  readonly onComplete: () => void
  /** Told of a worker that ended, and in how many milliseconds another takes its place. */
  readonly onReplaced: (end: WorkerEnd, waitMs: number) => void
  readonly onWarning: (sentence: string) => void
  /** A wrong credential came from the address; how many seconds it should wait, if at all. */
  readonly onFailure: (address: string) => number | undefined
}

/** How a worker ended. */
export interface WorkerEnd {
  readonly pid: number | undefined
  readonly code: number | null
  readonly signal: string | null
}

/** The workers: as many as there should be, on one port. */
export interface Crew {
  /** Resolves when the first has ended before it could listen: the next would fare no better. A crew that has served goes on trying. */
  readonly failed: Promise<WorkerEnd>
  /** The first alone, which says what keeps it from listening, if anything does; the others once it listens. */
  begin(): void
  /** Tells all of them to stop; resolves when none is left, with how those ended. */
  stop(): Promise<readonly WorkerEnd[]>
  /** Ends at once what is left. */
  kill(): void
}

export function createCrew(options: CrewOptions): Crew {
  const { count, pace, onComplete, onReplaced, onWarning, onFailure } = options
  const members = new Set<Worker>()
  const listening = new Set<Worker>()
  const ends: WorkerEnd[] = []
  const failed = Promise.withResolvers<WorkerEnd>()
  const stopping = new AbortController()
  const gone = Promise.withResolvers<void>()
  let port = options.port
  let taken: number | undefined

  return { failed: failed.promise, begin: start, stop, kill }

  function start(): void {
    // Port 0 is for all the same one as long as a worker listens there. After the last, it would be another.
    if (taken !== undefined && listening.size === 0) port = taken
    const worker = cluster.fork()
    members.add(worker)
    worker.on('message', (message) => hear(worker, toTold<FromWorker>(message)))
    worker.once('exit', (code, signal) => leave(worker, { pid: worker.process.pid, code, signal }))
    // The system could not start it; a process that lives fails otherwise.
    worker.on('error', () => {
      if (worker.process.pid === undefined) leave(worker, { pid: undefined, code: 1, signal: null })
    })
    tell(worker, { tell: 'begin', port, announces: taken === undefined })
  }

  function hear(worker: Worker, told: FromWorker | undefined): void {
    if (told?.tell === 'listening') welcome(worker, told.port)
    if (told?.tell === 'warning') onWarning(told.sentence)
    if (told?.tell === 'failure') answer(worker, told.question, onFailure(told.address))
  }

  function welcome(worker: Worker, at: number): void {
    // What it said last may be heard after it has ended.
    if (!members.has(worker)) return
    const isFirst = taken === undefined
    taken ??= at
    // The last of the others ended in the moment before it began to listen on port 0: nobody knows of this port.
    if (at !== taken) return void worker.process.kill('SIGKILL')
    listening.add(worker)
    if (stopping.signal.aborted) return
    if (isFirst) for (let more = 1; more < count; more += 1) start()
    if (listening.size === count) onComplete()
  }

  function leave(worker: Worker, end: WorkerEnd): void {
    if (!members.delete(worker)) return
    const hasServed = listening.delete(worker)
    if (stopping.signal.aborted) {
      // One that never listened had nothing to finish, however it ended.
      if (hasServed) ends.push(end)
      if (members.size === 0) gone.resolve()
    } else if (taken === undefined) failed.resolve(end)
    // One that was told to stop, and did, is no sign of trouble.
    else void replace(end, hasServed && end.code === exitCodes.done ? 0 : pace.next())
  }

  async function replace(end: WorkerEnd, waitMs: number): Promise<void> {
    if (!(await isWantedAfter(settleMs))) return
    onReplaced(end, waitMs)
    if (await isWantedAfter(waitMs)) start()
  }

  function isWantedAfter(ms: number): Promise<boolean> {
    return delay(ms, true, { signal: stopping.signal }).catch(() => false)
  }

  async function stop(): Promise<readonly WorkerEnd[]> {
    stopping.abort()
    for (const worker of members) {
      tell(worker, { tell: 'stop' })
      if (!listening.has(worker)) worker.process.kill('SIGTERM')
    }
    if (members.size > 0) await gone.promise
    return ends
  }

  function kill(): void {
    for (const { process } of members) process.kill('SIGKILL')
  }
}

/** A signal to the whole group, such as a terminal's Ctrl+C, may have ended a worker before the primary has heard of it. */
const settleMs = 200

function answer(worker: Worker, question: number, waitSeconds: number | undefined): void {
  tell(worker, { tell: 'verdict', question, ...(waitSeconds !== undefined && { waitSeconds }) })
}

/** To one that has just ended it can't be told, and needn't be. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => {})
}
