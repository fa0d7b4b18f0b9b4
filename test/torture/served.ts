import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { binPath } from '../support/sandbox.ts'

/** Where a server keeps its state, and where the clients' files are. */
export interface Ground {
  readonly home: string
  readonly user: string
}

/** The real command, in a process of its own. */
export interface Served {
  readonly url: string
  readonly child: ChildProcess
  /** From its start until `/ready` said yes. */
  readonly readyAfterMs: number
  /** SIGKILL, now; resolves when the process is gone. Calling it again does nothing more. */
  kill(): Promise<void>
  /** What it logged so far. */
  log(): string
}

/** Has every scope. */
export const apiKey = 'a-key-for-the-torture-of-this-very-run'

export interface ServeOptions extends Ground {
  /** What starts the server, with its own arguments at the end. */
  readonly enter?: readonly string[]
  /** Default: the command. */
  readonly program?: string
  /** Whether it must say that it is ready; else it is enough that it listens. Default true. */
  readonly mustBeReady?: boolean
}

const patienceMs = 30_000

/** Starts the server and waits until it is there; one that isn't in time is killed. */
export async function serve(options: ServeOptions): Promise<Served> {
  const startedAt = performance.now()
  const { child, kill, log } = launch(options)
  try {
    const url = await untilThere(child, log, options.mustBeReady ?? true)
    return { url, child, readyAfterMs: performance.now() - startedAt, kill, log }
  } catch (error) {
    await kill()
    throw error
  }
}

/** Kills a server that has only just begun to start. */
export async function killStarting(options: ServeOptions, afterMs: number): Promise<void> {
  const { kill } = launch(options)
  await pause(afterMs)
  await kill()
}

function launch({ home, user, enter = [], program = binPath('serve-http') }: ServeOptions) {
  const node = [process.execPath, program, '--port', '0', '--log-level', 'info']
  const [first = process.execPath, ...args] = [...enter, ...node]
  const env = {
    PATH: process.env.PATH,
    HOME: user,
    MCP_ORCHESTRATION_HOME: home,
    MCP_ORCHESTRATION_API_KEY: apiKey,
  }
  const child = spawn(first, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(child, 'close')
  const killNow = () => child.kill('SIGKILL')
  const kill = async () => {
    killNow()
    await ended
  }
  // Whatever ends this process: the server does not outlive it.
  process.once('exit', killNow)
  child.once('close', () => process.off('exit', killNow))
  return { child, kill, log: keepLog(child) }
}

/** The end of it is kept, which is what one looks at. */
function keepLog(child: ChildProcess): () => string {
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-longestLog)
  })
  return () => log
}

const longestLog = 100_000

async function untilThere(child: ChildProcess, log: () => string, mustBeReady: boolean): Promise<string> {
  const deadline = performance.now() + patienceMs
  let url: string | undefined
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    url ??= /Server running on (http:[^"\s]+)/.exec(log())?.[1]
    if (url !== undefined && (!mustBeReady || (await isReady(url)))) return url
    await pause(5)
  }
  throw new Error(`The server did not get ready:\n${log()}`)
}

export async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/ready`)).status === 200
}
