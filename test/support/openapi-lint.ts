import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** A second opinion on an OpenAPI document. */
export interface LintProblem {
  readonly ruleId: string
  readonly severity: string
  readonly message: string
}

const redocly = fileURLToPath(new URL('../../node_modules/@redocly/cli/bin/cli.js', import.meta.url))

/** What Redocly's recommended rules find, warnings too. They hold the document against the specification and its examples against it. */
export async function lintOpenApi(document: string): Promise<readonly LintProblem[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-openapi-'))
  try {
    await writeFile(path.join(folder, 'openapi.json'), document)
    const { problems } = JSON.parse(await run(folder)) as { readonly problems: readonly LintProblem[] }
    return problems
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** It tells its maker of each use and asks for newer versions, unless told otherwise. It exits with 1 when it finds something. */
function run(folder: string): Promise<string> {
  const args = [redocly, 'lint', '--extends=recommended', '--format=json', 'openapi.json']
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      stdout.trimStart().startsWith('{') ? resolve(stdout) : reject(error ?? new Error(stderr)),
    )
  })
}
