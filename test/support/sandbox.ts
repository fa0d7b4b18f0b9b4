import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { toPassedOn } from './passed-on.ts'

export type Bin = 'mcp-orchestration' | 'serve-http' | 'generate-token'

export interface Sandbox {
  /** A folder of its own, gone after the test. */
  readonly folder: string
  /** The product's home, not made yet. */
  readonly home: string
  /** The whole environment of child processes: nothing of the user's is in it, nor in reach of it. */
  readonly env: Readonly<Record<string, string>>
  /** What is to be done at the end of the test, before the folder goes; the last one first. */
  atEnd(act: () => Promise<unknown>): void
}

export interface Outcome {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** What it has said on stderr so far. */
  stderr(): string
  stdout(): string
  /** The match, as soon as either output has it; fails with the output when the process ends or the time is up before. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<Outcome>
}

const patienceMs = 20_000
const stopMs = 10_000

export async function createSandbox(context: TestContext): Promise<Sandbox> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-'))
  const acts: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  context.after(async () => {
    for (const act of acts.reverse()) await act()
  })
  const home = path.join(folder, 'state')
  await mkdir(path.join(folder, 'user'))
  const { PATH = '' } = process.env
  return {
    folder,
    home,
    env: {
      PATH,
      HOME: path.join(folder, 'user'),
      MCP_ORCHESTRATION_HOME: home,
      ...toPassedOn(process.env),
    },
    atEnd: (act) => void acts.push(act),
  }
}

export function binPath(bin: Bin): string {
  return fileURLToPath(new URL(`../../src/cli/${bin}.ts`, import.meta.url))
}

/** Runs a command to its end. */
export async function run(
  { env, folder }: Sandbox,
  bin: Bin,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>>; readonly input?: string | Uint8Array } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [binPath(bin), ...args], {
    env: { ...env, ...options.env },
    cwd: folder,
  })
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return await outcomeOf(child)
}

/** Starts a command that stays, and ends it after the test if it is still there. */
export function start(
  sandbox: Sandbox,
  bin: Bin,
  args: readonly string[],
  options: { readonly env?: Readonly<Record<string, string>> } = {},
): Running {
  const child = spawn(process.execPath, [binPath(bin), ...args], {
    env: { ...sandbox.env, ...options.env },
    cwd: sandbox.folder,
  })
  return watch(sandbox, child, () => child.kill('SIGTERM'))
}

/** Keeps what a child says, lets a test wait for it, and stops it at the end if it is still there. */
export function watch({ atEnd }: Sandbox, child: ChildProcess, stop: () => void): Running {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      said[name] += chunk
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, ...said }))
  atEnd(async () => {
    stop()
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMs)
    await ended.finally(() => clearTimeout(timer))
  })
  return {
    child,
    ended,
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    says: (pattern) => untilSaid(child, pattern, () => `${said.stdout}\n${said.stderr}`),
  }
}

async function untilSaid(child: ChildProcess, pattern: RegExp, said: () => string): Promise<RegExpExecArray> {
  const signal = AbortSignal.timeout(patienceMs)
  for (;;) {
    const match = pattern.exec(said())
    if (match) return match
    if (child.exitCode !== null || signal.aborted) throw new Error(`It never said ${pattern}:\n${said()}`)
    const events = [child.stdout, child.stderr, child].flatMap((emitter) => emitter ?? [])
    const heard = new AbortController()
    const either = { signal: AbortSignal.any([signal, heard.signal]) }
    await Promise.race(
      events.map((emitter) => once(emitter, emitter === child ? 'close' : 'data', either)),
    ).catch(() => {})
    heard.abort()
  }
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const [stdout, stderr, [code, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ])
  return { code, signal, stdout, stderr }
}
