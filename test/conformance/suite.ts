import { spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Outcome, type Sandbox, watch } from '../support/sandbox.ts'

export interface Check {
  readonly id: string
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO'
  readonly errorMessage?: string
}

export interface Report extends Outcome {
  /** What each scenario checked, by the scenario's name. */
  readonly checks: ReadonlyMap<string, readonly Check[]>
}

export interface SuiteOptions {
  /** Of the endpoint under test. */
  readonly url: string
  /** Which scenarios, in the words of the suite's command line. */
  readonly selection: readonly string[]
  /** Sent with each request; without one the suite is nobody. */
  readonly token?: string
}

/** Runs the official suite as the program that it is. */
export async function runSuite(sandbox: Sandbox, { url, selection, token }: SuiteOptions): Promise<Report> {
  const results = path.join(sandbox.folder, 'results')
  const { PATH = '', HOME = '' } = sandbox.env
  const child = spawn(
    process.execPath,
    [
      ...(token === undefined ? [] : ['--import', preload]),
      fileURLToPath(program),
      ...['server', '--url', url, '--output-dir', results],
      ...selection,
    ],
    {
      cwd: sandbox.folder,
      // Not the whole environment: what the suite covers of itself is nobody's concern.
      env: { PATH, HOME, CONFORMANCE_ORIGIN: new URL(url).origin, CONFORMANCE_TOKEN: token },
    },
  )
  const outcome = await watch(sandbox, child, () => child.kill()).ended
  return { ...outcome, checks: await readResults(results) }
}

/** The names of the scenarios that the suite's own list for a revision requires of a server. */
export async function requiredScenarios(revision: string): Promise<readonly string[]> {
  const requirements = await readFile(new URL(`../requirements/${revision}.yaml`, program), 'utf8')
  const [, list = ''] = /^server:\n((?: {2}- \S+\n)+)/m.exec(requirements) ?? []
  return [...list.matchAll(/- (\S+)/g)].map(([, name = '']) => name)
}

const program = new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url)
const preload = new URL('./with-credentials.ts', import.meta.url).href

/** A folder for each scenario, named after it and the time; none where the suite didn't get so far. */
async function readResults(folder: string): Promise<Report['checks']> {
  const names = await readdir(folder).catch(() => [])
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, readonly Check[]]> => {
        const [, scenario = name] = /^server-(.+)-\d{4}-\d\d-\d\dT[\d-]+Z$/.exec(name) ?? []
        return [scenario, JSON.parse(await readFile(path.join(folder, name, 'checks.json'), 'utf8'))]
      }),
    ),
  )
}
