import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { eventually } from '../../../test/support/eventually.ts'
import { groupMembers, groupsOf, hasConnection } from './processes.ts'

export interface GuideShellOptions {
  /** Where the shell begins. */
  readonly cwd: string
  /** Where it keeps what it runs and what that says. */
  readonly folder: string
  /** What it removes with all that stands there, where its owner is gone without having stopped it; the folder may stand in it. */
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  /** A script that takes longer has failed. Default: 60 s. */
  readonly timeoutMs?: number
  /** Within this a job in the background must listen or be connected. Default: 30 s. */
  readonly jobTimeoutMs?: number
}

/** How a piece of the guide ended. */
export interface Ending {
  /** 0 = every command of it ended well. */
  readonly exitCode: number
  /** What it wrote to both streams, as a terminal would show it; more of it, as long as its jobs in the background write. */
  output(): Promise<string>
  /** It left a job in the background. */
  readonly hasJobs: boolean
}

/** One bash that lives as long as its guide: variables, functions and jobs of a piece are there for the next. */
export interface GuideShell {
  /** Runs it as a script would be run that ends at the first failure; after one, the shell is gone. */
  run(script: string): Promise<Ending>
  /** Those of these variables that are set. */
  variables(names: readonly string[]): Promise<Readonly<Record<string, string>>>
  /** Ends what still runs of all that the guide has started. */
  stop(): Promise<void>
}

/** As the command `timeout` has it. */
const timedOut = 124
/** A code that commands don't use, for a piece that ends the shell and claims that all is well. */
const endedEarly = 125
const remarks: Readonly<Record<number, string>> = {
  [timedOut]: 'It took too long, or left a job that neither listens nor is connected.\n',
  [endedEarly]: 'It ended the shell of the guide, as "exit" does, so nothing can follow.\n',
}
const stopTimeoutMs = 5_000

/**
 * Job control gives each job a process group of its own, as in a terminal: `kill %1` ends npm and the server that it started. The
 * commands see neither the pipe that the scripts come through nor the one of their results. When that ends, the owner of the shell is gone
 * (Ctrl-C), and nobody else would tidy up; to tell it a result ends the process that tries, so that is one of its own.
 */
const driver = `
readonly GUIDE_FOLDER GUIDE_ROOT
set -m
trap 'jobs -p > "$GUIDE_FOLDER/jobs"; for job in $(jobs -p); do kill -- -$job || true; done 2> /dev/null' EXIT
while IFS= read -r -u 3 GUIDE_SCRIPT; do
  set -euo pipefail
  source "$GUIDE_SCRIPT" > "$GUIDE_SCRIPT.output" 2>&1 < /dev/null 3<&- 4>&-
  set +euo pipefail
  jobs -p > "$GUIDE_FOLDER/jobs"
  (echo 0 >&4)
done
for job in $(jobs -p); do kill -- -$job; done
wait
cd /
command rm -rf "$GUIDE_ROOT"
`

export async function startGuideShell(options: GuideShellOptions): Promise<GuideShell> {
  const { folder, timeoutMs = 60_000, jobTimeoutMs = 30_000 } = options
  const child = await startBash(options)
  const ended = once(child, 'exit').then(([code]) => Number(code ?? timedOut) || endedEarly)
  /** The process groups of all jobs that were ever left in the background. */
  const groups = new Set<number>()
  let count = 0
  return { run, variables, stop: () => stop(child, groups) }

  async function run(script: string): Promise<Ending> {
    count += 1
    const file = join(folder, `${count}.sh`)
    await writeFile(file, `${script}\n`)
    const exitCode = await exitCodeOf(file)
    const fresh = (await readIds(join(folder, 'jobs'))).filter((job) => !groups.has(job))
    for (const job of fresh) groups.add(job)
    const failures = exitCode === 0 ? await Promise.all(fresh.map(failureOf)) : []
    return toEnding(file, [exitCode, ...failures], fresh.length > 0)
  }

  async function exitCodeOf(file: string): Promise<number> {
    if (child.exitCode !== null) throw new Error('The shell of the guide is gone: a command failed before.')
    const done = once(child.stdio[4] as Readable, 'data').then(() => 0)
    ;(child.stdio[3] as Writable).write(`${file}\n`)
    const impatience = setTimeout(() => void stop(child, groups), timeoutMs)
    return Promise.race([done, ended]).finally(() => clearTimeout(impatience))
  }

  /** A job that has ended tells how; 0 as long as it runs. */
  async function failureOf(job: number): Promise<number> {
    const hasEnded = await eventually(() => endedOrReady(job), { withinMs: jobTimeoutMs }).catch(
      () => undefined,
    )
    if (hasEnded === undefined) return timedOut
    return hasEnded ? (await run(`wait ${job}`)).exitCode : 0
  }

  async function variables(names: readonly string[]): Promise<Readonly<Record<string, string>>> {
    const print = (name: string) => `if [ -n "\${${name}+x}" ]; then printf '%s=%s\\0' ${name} "$${name}"; fi`
    const { output } = await run(names.map(print).join('\n'))
    const pairs = (await output()).split('\0').filter((pair) => pair !== '')
    return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
  }
}

async function startBash({ cwd, folder, root, env }: GuideShellOptions): Promise<ChildProcess> {
  const script = join(folder, 'driver.sh')
  await writeFile(script, driver)
  const child = spawn('bash', ['--noprofile', '--norc', script], {
    cwd,
    env: { ...env, GUIDE_FOLDER: folder, GUIDE_ROOT: root },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  })
  await once(child, 'spawn')
  return child
}

function toEnding(file: string, codes: readonly number[], hasJobs: boolean): Ending {
  const exitCode = codes.find((code) => code !== 0) ?? 0
  return { exitCode, output: async () => (await outputOf(file)) + (remarks[exitCode] ?? ''), hasJobs }
}

/** What is said of jobs (`[1]+  Terminated  npm start`) comes when it comes, and belongs to no command. */
async function outputOf(file: string): Promise<string> {
  const text = await readFile(`${file}.output`, 'utf8').catch(() => '')
  return text.replace(
    /^\[\d+\][+-]? {1,2}(?:Running|Done|Terminated|Killed|Interrupt|Hangup|Exit \d+)\s.*\n/gm,
    '',
  )
}

/** True when the job has ended, false when it listens or is connected; throws as long as neither is so. */
async function endedOrReady(job: number): Promise<boolean> {
  const members = await groupMembers(job)
  if (members.length > 0 && !(await hasConnection(members))) throw new Error('The job is not ready.')
  return members.length === 0
}

async function readIds(file: string): Promise<readonly number[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean).map(Number)
}

/** What is left is asked to end, and made to. */
async function stop(child: ChildProcess, jobs: ReadonlySet<number>): Promise<void> {
  const { pid: shell, exitCode } = child
  if (shell === undefined) return
  const groups = await groupsOf(shell, jobs)
  // The shell goes first, so that it takes up nothing new.
  if (exitCode === null) child.kill('SIGKILL')
  for (const group of groups) signal(group, 'SIGTERM')
  await eventually(() => nobodyIn(groups), { withinMs: stopTimeoutMs }).catch(() => {
    for (const group of groups) signal(group, 'SIGKILL')
  })
}

async function nobodyIn(groups: readonly number[]): Promise<void> {
  const left = (await Promise.all(groups.map(groupMembers))).flat()
  if (left.length > 0) throw new Error(`The processes ${left.join(', ')} still run.`)
}

/** A group that is gone needs none. */
function signal(group: number, name: NodeJS.Signals): void {
  try {
    process.kill(-group, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
