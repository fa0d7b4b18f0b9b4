import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { freePort } from '../../step_definitions/support/sockets.ts'
import type { Execution, NodeRun } from '../../value-scenarios/support/n8n/execution.ts'
import type { Credential, Workflow } from '../../value-scenarios/support/n8n/workflow.ts'

/** A real n8n with a scratch folder of its own, driven by its command line. */
export interface N8n {
  importCredentials(credentials: readonly Credential[]): Promise<void>
  importWorkflows(workflows: readonly Workflow[]): Promise<void>
  /** Executes a workflow that was imported, from its manual trigger to its end. */
  execute(workflowId: string): Promise<Execution>
  remove(): Promise<void>
}

/** What n8n prints of an execution, as far as it is looked at. */
interface Printed {
  readonly status: string
  readonly data: {
    readonly resultData: { readonly runData: Readonly<Record<string, readonly PrintedRun[]>> }
  }
}

interface PrintedRun {
  readonly executionIndex: number
  readonly data: { readonly main: NodeRun['outputs'] }
}

/** The signal ends whatever n8n is at. */
export async function createN8n(command: string, signal: AbortSignal): Promise<N8n> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-orchestration-n8n-'))
  const env = toEnvironment(folder, await freePort())
  const run = async (...args: readonly string[]): Promise<string> => {
    const options = { cwd: folder, env, signal, maxBuffer: 64 * 1024 * 1024, timeout: 120_000 }
    const ended = promisify(execFile)(process.execPath, [command, ...args], options)
    const { stdout } = await ended.catch(outputOfCrash)
    return stdout
  }
  const importAll = async (what: 'credentials' | 'workflow', values: readonly object[]): Promise<void> => {
    const file = join(folder, `${what}.json`)
    await writeFile(file, JSON.stringify(values))
    const said = await run(`import:${what}`, `--input=${file}`)
    // Its exit code is 0 even where it has imported nothing.
    if (!said.includes(`Successfully imported ${values.length} `)) throw new Error(said)
  }
  return {
    importCredentials: (credentials) => importAll('credentials', credentials),
    importWorkflows: (workflows) => importAll('workflow', workflows),
    execute: async (workflowId) => toExecution(await run('execute', `--id=${workflowId}`, '--rawOutput')),
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/**
 * Once in some sixty times the process of n8n 2.41.1 crashes while it ends, when its database is let go of. What it has printed by then
 * is complete; where it isn't, whoever reads it says so.
 */
function outputOfCrash(error: Error & { readonly signal?: string; readonly stdout?: string }) {
  if (error.signal === 'SIGSEGV') return { stdout: error.stdout ?? '' }
  throw error
}

/** Nothing of this machine's environment gets in, and n8n calls nobody. */
function toEnvironment(folder: string, brokerPort: number): Record<string, string> {
  return {
    HOME: folder,
    TMPDIR: folder,
    PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
    N8N_USER_FOLDER: folder,
    N8N_RUNNERS_BROKER_PORT: String(brokerPort),
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
  }
}

/** The JSON stands among what n8n says while it starts and ends; nothing in it but its own brackets stands alone at a line's start. */
function toExecution(said: string): Execution {
  const [json] = /^\{$.*?^\}$/ms.exec(said) ?? []
  if (json === undefined) throw new Error(`n8n printed no execution:\n${said}`)
  const { status, data } = JSON.parse(json) as Printed
  if (status !== 'success') throw new Error(`n8n says that the execution ended as ${status}.`)
  return Object.entries(data.resultData.runData)
    .flatMap(([node, runs]) => runs.map((each) => ({ node, each })))
    .toSorted((a, b) => a.each.executionIndex - b.each.executionIndex)
    .map(({ node, each }) => ({ node, outputs: each.data.main }))
}
