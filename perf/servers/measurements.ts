/**
 * Loaded into every server under measurement (`--import`) before its own program: it answers, on the channel to the parent, what the
 * process has used. That way the product's own command is measured, as it is built, and no route of it.
 */
import cluster, { type Worker } from 'node:cluster'
import { readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

export type Question = 'usage' | 'vitals' | 'settled'

/** What the process has used since it began, all of its threads included. */
export interface Usage {
  readonly cpuMicroseconds: number
  readonly peakMemoryBytes: number
  readonly residentBytes: number
  /** Transactions that SQLite was told to commit, if they are counted. */
  readonly commits: number
}

/** How it is; the event loop's delay is that since the last time. */
export interface Vitals {
  readonly heapBytes: number
  readonly residentBytes: number
  readonly handles: number
  readonly loopDelayP99Ms: number
  readonly loopDelayMaxMs: number
}

const loopDelay = monitorEventLoopDelay({ resolution: 10 })
export const counted = { commits: 0 }

process.on('message', (question: unknown) => {
  if (isQuestion(question)) void answer(question).then((answered) => process.send?.(answered))
})
process.once('disconnect', () => process.exit())
// The channel alone is no reason to go on: a graceful stop ends the process.
process.channel?.unref()

/** Others use the same channel. */
function isQuestion(message: unknown): message is Question {
  return typeof message === 'string'
}

async function answer(question: Question): Promise<Usage | Vitals> {
  if (question === 'usage') return toSum([usage(), ...(await usageOfWorkers())])
  if (question === 'settled') collectGarbage()
  return vitals()
}

function usage(): Usage {
  const { user, system } = process.cpuUsage()
  return {
    cpuMicroseconds: user + system,
    peakMemoryBytes: peakMemoryBytes(),
    residentBytes: process.memoryUsage.rss(),
    commits: counted.commits,
  }
}

/** Of a server that has workers, each of which has loaded this file, too. */
function usageOfWorkers(): Promise<readonly Usage[]> {
  return Promise.all(
    Object.values(cluster.workers ?? {}).flatMap((worker) => (worker ? askWorker(worker) : [])),
  )
}

function askWorker(worker: Worker): Promise<Usage> {
  const { promise, resolve } = Promise.withResolvers<Usage>()
  const hear = (message: unknown) => {
    if (typeof message !== 'object' || message === null || !('cpuMicroseconds' in message)) return
    worker.off('message', hear)
    resolve(message as Usage)
  }
  worker.on('message', hear)
  worker.send('usage' satisfies Question)
  return promise
}

function toSum(all: readonly Usage[]): Usage {
  const sumOf = (figure: keyof Usage) => all.reduce((sum, each) => sum + each[figure], 0)
  return {
    cpuMicroseconds: sumOf('cpuMicroseconds'),
    peakMemoryBytes: sumOf('peakMemoryBytes'),
    residentBytes: sumOf('residentBytes'),
    commits: sumOf('commits'),
  }
}

function vitals(): Vitals {
  loopDelay.enable()
  const found = {
    heapBytes: process.memoryUsage().heapUsed,
    residentBytes: process.memoryUsage.rss(),
    handles: process.getActiveResourcesInfo().length,
    loopDelayP99Ms: loopDelay.percentile(99) / 1e6,
    loopDelayMaxMs: loopDelay.max / 1e6,
  }
  loopDelay.reset()
  return found
}

/** `maxRSS` counts the parent's memory from before the program was loaded, so Linux is asked for the program's own. */
function peakMemoryBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    if (kilobytes !== undefined) return Number(kilobytes) * 1024
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') for (let times = 0; times < 3; times += 1) collect()
}
