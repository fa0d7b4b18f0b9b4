import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { eventually } from '../../test/support/eventually.ts'

/** How a command ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From its start to its end. */
  readonly afterMs: number
}

/** A command that runs. */
export interface Running {
  readonly pid: number
  /** What it has written to both streams so far. */
  output(): string
  kill(signal: NodeJS.Signals): void
  readonly exit: Promise<Exit>
}

export type Environment = Readonly<Record<string, string>>

const root = new URL('../../', import.meta.url)
const stopWithinMs = 5000

/** The source of a command that package.json's `bin` names: what `dist/*.js` is built from. */
export async function sourceOf(command: string): Promise<string> {
  const { bin } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))
  const built = (bin as Record<string, string> | undefined)?.[command]
  if (!built) throw new Error(`package.json has no bin "${command}".`)
  return fileURLToPath(new URL(built.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts'), root))
}

export async function start(command: string, args: readonly string[], env: Environment): Promise<Running> {
  const startedAt = performance.now()
  const child = spawn(execPath, [await sourceOf(command), ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  const exit = once(child, 'close').then(([code, signal]) => ({
    code,
    signal,
    stdout: stdout(),
    stderr: stderr(),
    afterMs: performance.now() - startedAt,
  }))
  await once(child, 'spawn')
  return {
    pid: child.pid ?? 0,
    output: () => stdout() + stderr(),
    kill: (signal) => child.kill(signal),
    exit,
  }
}

const compileCache = fileURLToPath(new URL('node_modules/.cache/node-compile/', root))

/**
 * A process for each scenario spends most of its time on compiling what the one before has compiled already. Coverage forbids to keep
 * that, and is measured where the other scenarios start the command.
 */
export function quickly({ NODE_V8_COVERAGE: _, ...env }: Environment): Environment {
  return { ...env, NODE_COMPILE_CACHE: compileCache }
}

/** Asks it to stop and makes sure that it has. */
export async function stop(running: Running): Promise<Exit> {
  running.kill('SIGTERM')
  const impatience = setTimeout(() => running.kill('SIGKILL'), stopWithinMs)
  return running.exit.finally(() => clearTimeout(impatience))
}

/** The first match in what the command writes; fails with all that it wrote when it ends or takes too long. */
export function outputMatch(running: Running, expected: RegExp, withinMs = 10_000): Promise<RegExpExecArray> {
  return eventually(
    () => {
      const match = expected.exec(running.output())
      if (!match) throw new Error(`${expected} is not in the output:\n${running.output()}`)
      return match
    },
    { withinMs },
  )
}

function collect(stream: ChildProcess['stdout']): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  return () => text
}
