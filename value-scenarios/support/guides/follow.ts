import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { eventually } from '../../../test/support/eventually.ts'
import type { Stage } from '../stage.ts'
import { runInBrowser } from './browser.ts'
import { commandsOf, type Kind, kindsOf } from './fences.ts'
import { type Fence, fileOf, type Guide } from './guide.ts'
import { createGuideRun, type FenceRun, type GuideRun, type OperatingSystemAct } from './guide-run.ts'
import { type Ending, type GuideShell, type GuideShellOptions, startGuideShell } from './guide-shell.ts'
import { runProgram } from './program.ts'
import { differenceOf } from './shown-output.ts'

export interface FollowOptions {
  readonly guide: Guide
  readonly stage: Stage
  readonly acts?: readonly OperatingSystemAct[]
  /** Where the person stands at first; default: at home. */
  readonly cwd?: string
  /** What one fence may take, and a job in the background to be ready; the shell's defaults else. */
  readonly limits?: Pick<GuideShellOptions, 'timeoutMs' | 'jobTimeoutMs'>
  /** Called before the first command, so that the shell can be stopped whatever happens. */
  readonly onShell?: (shell: GuideShell) => void
}

/** What one fence finds. */
interface Circumstances {
  readonly run: GuideRun
  readonly acts: readonly OperatingSystemAct[]
  /** Of the fence that was run last. */
  readonly last: Ending | undefined
}

/** What comes of a fence; of one that is run its ending too, whose output may grow. */
interface Outcome extends Omit<FenceRun, 'fence' | 'kind'> {
  readonly ending?: Ending
}

/** A guide's server needs this long at most to say what the guide shows of it. */
const outputTimeoutMs = 10_000
/** Commands of the operating system that a feature must play, since the tests have the programs. */
const played = ['nginx', 'caddy']

/** Runs all fences in order, up to the first that fails. Throws where a fence is of no known kind, before anything is run. */
export async function follow({ guide, stage, acts = [], ...options }: FollowOptions): Promise<GuideRun> {
  const kinds = kindsOf(guide)
  const folder = join(stage.root, 'scripts')
  await mkdir(folder)
  const { cwd = stage.home, limits, onShell } = options
  const shell = await startGuideShell({ cwd, folder, root: stage.root, env: stage.env, ...limits })
  onShell?.(shell)
  const run = createGuideRun(guide, stage, shell)
  let last: Ending | undefined
  for (const [fence, kind] of kinds) {
    const { ending, ...outcome } = await fenceActs[kind](fence, { run, acts, last })
    last = ending ?? last
    run.fences.push({ fence, kind, ...outcome })
    if (outcome.exitCode) break
  }
  return run
}

const fenceActs: Readonly<Record<Kind, (fence: Fence, circumstances: Circumstances) => Promise<Outcome>>> = {
  run: ({ text }, { run }) => toOutcome(run, run.shell.run(run.stage.toStage(text))),
  browser: ({ text }, { run }) => toOutcome(run, runInBrowser(run.stage.toStage(text), run)),
  program: ({ text }, { run }) => toOutcome(run, runProgram(run.stage.toStage(text), run.stage)),
  shown: compare,
  file: write,
  'operating-system': play,
  'not-compared': async () => ({}),
}

async function toOutcome({ stage }: GuideRun, running: Promise<Ending>): Promise<Outcome> {
  const ending = await running
  return { ending, exitCode: ending.exitCode, output: stage.fromStage(await ending.output()) }
}

async function compare({ text }: Fence, { run, last }: Circumstances): Promise<Outcome> {
  const look = async (): Promise<Outcome> => {
    const output = run.stage.fromStage((await last?.output()) ?? '')
    const difference = differenceOf(text, output, run.pairs)
    return { output, ...(difference !== undefined && { difference }) }
  }
  // What a job in the background says comes a little later.
  const settled = async () => {
    if ((await look()).difference !== undefined) throw new Error('It differs so far.')
  }
  if (last?.hasJobs) await eventually(settled, { withinMs: outputTimeoutMs }).catch(() => {})
  return look()
}

async function write(fence: Fence, { run: { stage } }: Circumstances): Promise<Outcome> {
  const place = stage.at(fileOf(fence) ?? '')
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, `${stage.toStage(fence.text)}\n`)
  return {}
}

async function play({ text }: Fence, { run, acts }: Circumstances): Promise<Outcome> {
  const fitting = acts.filter(({ command }) => command.test(text))
  for (const { act } of fitting) await act(run)
  const isMissed = fitting.length === 0 && commandsOf(text).some((command) => played.includes(command))
  return isMissed ? { exitCode: 1, output: 'No step of the feature does what this would do.\n' } : {}
}
