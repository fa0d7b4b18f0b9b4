import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { eventually } from '../../../test/support/eventually.ts'
import { repository, type Stage } from '../stage.ts'
import type { Ending } from './guide-shell.ts'
import { isListening } from './processes.ts'

const timeoutMs = 30_000

/** A program in TypeScript must compile under the project's own rules, and run: to its end or, where it serves, until it says so. */
export async function runProgram(text: string, { home, env }: Pick<Stage, 'home' | 'env'>): Promise<Ending> {
  const folder = await mkdtemp(join(home, 'program-'))
  const file = join(folder, 'program.ts')
  await writeFile(file, `${text}\n`)
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const complaint = await compile(folder)
  if (complaint !== undefined) return toEnding(2, complaint)
  const child = spawn(execPath, [file], { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close').then(([code]) => Number(code ?? 1))
  let said = ''
  const hear = (chunk: Buffer) => {
    said += chunk
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const endedOrServes = async () => {
    if (child.exitCode !== null) return ended
    if (said !== '' && (await isListening(child.pid ?? 0))) return 0
    throw new Error('It neither ends nor serves.')
  }
  try {
    return toEnding(await eventually(endedOrServes, { withinMs: timeoutMs }), said)
  } catch (error) {
    return toEnding(1, `${said}${error}\n`)
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

function toEnding(exitCode: number, said: string): Ending {
  return { exitCode, output: async () => said, hasJobs: false }
}

/** What the compiler has against the program in the folder. */
async function compile(folder: string): Promise<string | undefined> {
  const typeRoots = [join(repository, 'node_modules', '@types')]
  const config = {
    extends: join(repository, 'tsconfig.json'),
    compilerOptions: { typeRoots },
    include: [join(folder, '*.ts')],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const compiler = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')
  return promisify(execFile)(execPath, [compiler, '--project', folder]).then(
    () => undefined,
    (error: { readonly stdout?: string }) => error.stdout ?? String(error),
  )
}
