import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Question, Usage, Vitals } from '../servers/measurements.ts'
import { toPlainScript } from './plain-script.ts'

/** A server that runs as a process of its own, so that its CPU time is its own too. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  /** From the process's start to its first 200 on `/health`. */
  readonly startMs: number
  usage(): Promise<Usage>
  vitals(): Promise<Vitals>
  /** The same after a full garbage collection. */
  settled(): Promise<Vitals>
}

export interface Program {
  readonly script: URL
  /** Its arguments, with the port where it is to listen on 127.0.0.1. */
  args(port: number): readonly string[]
  readonly env?: NodeJS.ProcessEnv
  /** Files of `servers/` to load before it, besides the one that answers what was used. */
  readonly preload?: readonly string[]
  /** Options for Node, such as a profiler's. */
  readonly execArgv?: readonly string[]
  /** Where its log goes: an open file. Default: nowhere. */
  readonly log?: number
}

const startWithinMs = 30_000
const stopWithinMs = 10_000

/** Twice if need be: until it listens, somebody else may take the port that was free a moment ago. */
export async function startServer(program: Program): Promise<ServerProcess> {
  return startOnce(program).catch(() => startOnce(program))
}

async function startOnce(program: Program): Promise<ServerProcess> {
  const port = await freePort()
  const preload = await Promise.all(
    ['measurements.ts', ...(program.preload ?? [])].map((file) => toPlainScript(`servers/${file}`)),
  )
  const startedAt = performance.now()
  const child = fork(fileURLToPath(program.script), [...program.args(port)], {
    execArgv: [...preload.flatMap(({ href }) => ['--import', href]), ...(program.execArgv ?? [])],
    env: { ...cleanEnvironment(), ...program.env },
    stdio: ['ignore', 'ignore', program.log ?? 'inherit', 'ipc'],
  })
  const url = `http://127.0.0.1:${port}`
  const ended = once(child, 'exit')
  try {
    await Promise.race([untilHealthy(url, startedAt + startWithinMs), ended.then(refuseEnd)])
  } catch (error) {
    await stop(child)
    throw error
  }
  const startMs = performance.now() - startedAt
  return {
    url,
    startMs,
    usage: () => ask<Usage>(child, 'usage'),
    vitals: () => ask<Vitals>(child, 'vitals'),
    settled: () => ask<Vitals>(child, 'settled'),
    [Symbol.asyncDispose]: () => stop(child),
  }
}

function refuseEnd([code]: readonly unknown[]): never {
  throw new Error(`A server under measurement ended with ${code} before it answered.`)
}

async function untilHealthy(url: string, deadline: number): Promise<void> {
  while (!(await isHealthy(url))) {
    if (performance.now() > deadline) throw new Error(`${url}/health did not answer in ${startWithinMs} ms.`)
    await pause(2)
  }
}

function isHealthy(url: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  get(`${url}/health`, { agent: false }, (response) => {
    response.resume()
    resolve(response.statusCode === 200)
  }).on('error', () => resolve(false))
  return promise
}

async function ask<T>(child: ChildProcess, question: Question): Promise<T> {
  const done = new AbortController()
  const signal = AbortSignal.any([done.signal, AbortSignal.timeout(startWithinMs)])
  try {
    const answer = once(child, 'message', { signal }).then(([message]): T => message)
    child.send(question)
    return await answer
  } finally {
    done.abort()
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  const hard = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
  await ended
  clearTimeout(hard)
}

async function freePort(): Promise<number> {
  const server = createServer().listen({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || !address) throw new Error('This machine gives no port.')
  return address.port
}

/** What is configured on this machine must not reach what is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(MCP_ORCHESTRATION_|NODE_OPTIONS|NODE_V8_)/.test(name)),
  )
}
