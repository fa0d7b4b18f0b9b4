import type { Logger } from 'pino'
import { createFailedAttempts } from '../../http/access/failed-attempts.ts'
import { CommandError } from '../complaint.ts'
import { endAfter } from '../end-after.ts'
import { exitCodes } from '../exit-codes.ts'
import { createLog } from '../log.ts'
import type { ServerSettings } from '../settings.ts'
import { firstSignal } from '../signals.ts'
import { type Crew, type CrewOptions, createCrew, type WorkerEnd } from './crew.ts'
import { createReplacementPace } from './replacement-pace.ts'

/** The primary's part of `--workers`: it starts processes that serve, replaces those that end, and stops them when it is told to stop. */
export async function superviseWorkers(settings: ServerSettings, stopTimeoutMs: number): Promise<void> {
  const { signal, release } = firstSignal()
  const logging = Promise.withResolvers<Logger>()
  const crew = createCrew(
    toCrewOptions(settings, (sentence, level = 'warn') => {
      void logging.promise.then((log) => log[level](sentence))
    }),
  )
  // However this process ends, none of them is left behind.
  process.once('exit', crew.kill)
  crew.begin()
  // While the first worker starts.
  const log = await createLog({ level: settings.logLevel, isShared: true })
  logging.resolve(log)
  const failure = await Promise.race([crew.failed, signal.then(() => undefined)])
  // Each worker gives up by itself before.
  endAfter(stopTimeoutMs + 300, log)
  if (failure) endAs(failure)
  else await stopAll(crew, log)
  release()
}

type Say = (sentence: string, level?: 'info' | 'warn') => void

function toCrewOptions({ workers, port, failedAuthLimit }: ServerSettings, say: Say): CrewOptions {
  const attempts = createFailedAttempts(typeof failedAuthLimit === 'number' ? { limit: failedAuthLimit } : {})
  const isNews = createNewsFilter()
  return {
    count: workers,
    port,
    pace: createReplacementPace(workers),
    onComplete: () => say(`${workers} workers share the work.`, 'info'),
    onReplaced: (end, waitMs) =>
      say(`${describe(end)} Another takes its place${waitMs > 0 ? ` in ${waitMs / 1000} s` : ''}.`),
    onWarning(sentence) {
      if (isNews(sentence)) say(sentence)
    },
    onFailure: (address) => attempts.note(address),
  }
}

/** The first has said itself what was wrong, unless it had no time to; there is no other yet. */
function endAs(failure: WorkerEnd): void {
  if (failure.code === null) throw new CommandError(`${describe(failure)} It did not listen yet.`)
  // Nobody was ever served, whatever it says.
  process.exitCode = failure.code || exitCodes.failed
}

async function stopAll(crew: Crew, log: Logger): Promise<void> {
  log.info('Shutting down gracefully...')
  const ends = await crew.stop()
  if (ends.every(({ code }) => code === exitCodes.done)) log.info('Server shut down gracefully')
  else process.exitCode = exitCodes.failed
}

function describe({ pid, code, signal }: WorkerEnd): string {
  if (pid === undefined) return 'A worker could not be started.'
  return `The worker ${pid} ended${signal === null ? ` with ${code}` : ` by ${signal}`}.`
}

/** Workers meet the same trouble, such as a file that can't be read: what one of them has said in the last minute is no news. */
function createNewsFilter(): (sentence: string) => boolean {
  const saidAt = new Map<string, number>()
  return (sentence) => {
    const now = performance.now()
    for (const [said, at] of saidAt) if (now - at > 60_000) saidAt.delete(said)
    const isNews = !saidAt.has(sentence)
    if (isNews) saidAt.set(sentence, now)
    return isNews
  }
}
