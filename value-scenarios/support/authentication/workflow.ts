import { spawn } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { parse } from 'yaml'
import type { Stage } from '../stage.ts'

/** A workflow of GitHub Actions, as far as this repository's guides use them: commands only, so nothing is skipped here. */
export interface Workflow {
  readonly env: Readonly<Record<string, string>>
  readonly steps: readonly WorkflowStep[]
}

export interface WorkflowStep {
  readonly name: string
  readonly run: string
}

/** How a step ended. */
export interface StepRun extends WorkflowStep {
  readonly exitCode: number | null
  /** Of both streams. */
  readonly output: string
}

/** What the owner of the repository has set, by the names of its expressions: `secrets.TOKEN`. */
export type WorkflowSettings = Readonly<Record<string, string>>

interface Source {
  readonly defaults: { readonly run: { readonly shell: string } }
  readonly jobs: Readonly<Record<string, Workflow>>
}

/** The only job of a workflow. */
export function parseWorkflow(source: string): Workflow {
  const { defaults, jobs } = parse(source) as Source
  const [job, ...others] = Object.values(jobs)
  if (!job || others.length > 0) throw new Error('The workflow must have one job.')
  if (defaults.run.shell !== 'bash')
    throw new Error('Without "shell: bash" a failure within a pipe is missed.')
  for (const step of job.steps) refuseUnknown(step)
  return job
}

/** Carries the steps out as GitHub's runner does, in order, up to the first that fails. */
export async function carryOut(
  { env, steps }: Workflow,
  settings: WorkflowSettings,
  stage: Stage,
): Promise<readonly StepRun[]> {
  const folder = await mkdtemp(join(stage.home, 'workflow-'))
  const own = Object.entries(env).map(([name, value]) => [name, fillIn(value, settings)])
  const variables = { ...stage.env, ...runnersOwn, ...Object.fromEntries(own) }
  const runs: StepRun[] = []
  for (const step of steps) {
    const run = await carryOutStep(step, folder, variables)
    runs.push(run)
    if (run.exitCode !== 0) break
  }
  return runs
}

const runnersOwn = { CI: 'true', GITHUB_RUN_ID: '1658821493', GITHUB_ACTOR: 'priya' }

/** With the options that the runner gives to `shell: bash`. */
async function carryOutStep(
  step: WorkflowStep,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<StepRun> {
  const script = join(folder, 'step.sh')
  await writeFile(script, step.run)
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], { cwd: folder, env })
  const exit = new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  )
  child.stdin.end()
  const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { ...step, exitCode, output: stdout + stderr }
}

/** Also an expression in a command: its value would become part of the command, where a shell reads it and a process list shows it. */
function refuseUnknown(step: WorkflowStep): void {
  const fields = Object.keys(step).filter((field) => !['name', 'run'].includes(field))
  if (fields.length > 0) throw new Error(`Nothing here carries out "${fields.join(', ')}" of a step.`)
  if (step.run.includes('${{')) throw new Error(`"${step.name}" has an expression in its command. Use env.`)
}

function fillIn(value: string, settings: WorkflowSettings): string {
  return value.replace(/\$\{\{(.*?)\}\}/g, (_, expression: string) => {
    const setting = settings[expression.trim()]
    if (setting === undefined) throw new Error(`Nobody has set the${expression}that the workflow asks for.`)
    return setting
  })
}
