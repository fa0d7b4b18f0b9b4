import { execFile } from 'node:child_process'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import type { Answer } from '../../../step_definitions/support/http.ts'
import { eventually } from '../../../test/support/eventually.ts'
import type { Stage } from '../stage.ts'
import { type Caller, createCaller } from './caller.ts'
import { hostName } from './installation.ts'
import { systemUnit } from './machine.ts'
import type { Site } from './site.ts'

/** One line of a guide's table: what its reader sees, in its words. */
export interface TroubleRow {
  readonly status: string | undefined
  readonly text: string
}

/** The rows whose first cell quotes something; what is only described can't be compared. */
export function readTroubleTable(markdown: string): readonly TroubleRow[] {
  const [, section = ''] = markdown.split(/^## Troubleshooting$/m)
  const cells = [...section.matchAll(/^\| (?:(\d{3}) )?`([^`]+)` \|/gm)]
  return cells.map(([, status, text = '']) => ({ status, text }))
}

/** Whether this is what the row tells of: an answer begins with its status, what a command says with its text. */
export function isSeenAs({ status, text }: TroubleRow, seen: string): boolean {
  return seen.startsWith(status ?? '') && seen.includes(status === undefined ? text : `"code":"${text}"`)
}

/** Runs into everything that the table tells of, and answers what is seen each time, in the guide's words. */
export async function runIntoTroubles(site: Site, stage: Stage): Promise<readonly string[]> {
  const caller = await createCaller(stage, '127.0.0.2')
  try {
    const seen = [
      ...(await ofCommands(site, stage)),
      ...(await ofCallers(site, caller)),
      await ofForeignName(site, stage),
      await ofLostStore(site, stage),
      await ofStoppedService(site, caller),
    ]
    return seen.map(stage.fromStage)
  } finally {
    await caller.agent.close()
  }
}

async function ofCommands({ machine, home }: Site, stage: Stage): Promise<readonly string[]> {
  const foreign = join(stage.root, 'of-another-version')
  await makeStoreOfAnotherVersion(foreign, stage)
  return [
    machine.serviceOf(systemUnit).log(),
    await complaintOf(['--home', home], stage),
    await complaintOf(['--port', '0'], stage, { MCP_ORCHESTRATION_TRUST_PROXY: 'nginx' }),
    // Nobody may make a folder there, root neither.
    await complaintOf(['--port', '0', '--home', '/sys/mcp-orchestration'], stage),
    await complaintOf(['--port', '0', '--home', foreign], stage),
  ]
}

async function ofCallers({ token }: Site, { call }: Caller): Promise<readonly string[]> {
  const url = `https://${hostName}/v1/config/diff`
  const send = async (headers: Record<string, string>, body = '{}') =>
    toSeen(await call(url, { method: 'POST', headers, body }))
  const wrong = { authorization: 'Bearer a-guess' }
  const guesses: string[] = []
  for (let index = 0; index < 20; index += 1) guesses.push(await send(wrong))
  return [
    await send({}),
    guesses.at(-1) ?? '',
    await send(wrong),
    await send({ authorization: `Bearer ${token}` }, ' '.repeat(1.5 * 1024 ** 2)),
  ]
}

/** As a proxy calls that passes on a name which nobody has listed. */
async function ofForeignName({ token }: Site, stage: Stage): Promise<string> {
  const caller = await createCaller(stage)
  const headers = { authorization: `Bearer ${token}`, host: 'other.example.com' }
  try {
    return toSeen(await caller.call(`https://${hostName}/mcp`, { method: 'POST', headers, body: '{}' }))
  } finally {
    await caller.agent.close()
  }
}

async function ofLostStore({ home }: Site, stage: Stage): Promise<string> {
  const aside = `${home}.aside`
  await rename(home, aside)
  await writeFile(home, '')
  // For half a second it tells whoever asks the same.
  return eventually(async () => {
    const response = await fetch(`http://127.0.0.1:${stage.port(8000)}/ready`)
    if (response.ok) throw new Error('It is ready without a store.')
    return `${response.status} ${await response.text()}`
  })
}

async function ofStoppedService({ machine }: Site, { call }: Caller): Promise<string> {
  await machine.stop(systemUnit)
  return (await call(`https://${hostName}/ready`)).text
}

function toSeen({ status, text }: Answer): string {
  return `${status} ${text}`
}

/** What the server says on its way out. */
async function complaintOf(
  args: readonly string[],
  stage: Stage,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const command = join(stage.root, 'bin/mcp-orchestration-serve-http')
  const options = { env: { ...stage.env, ...env }, timeout: 20_000 }
  try {
    await promisify(execFile)(command, args, options)
  } catch (error) {
    return String((error as { readonly stderr?: unknown }).stderr)
  }
  throw new Error(`${command} ${args.join(' ')} ended well.`)
}

async function makeStoreOfAnotherVersion(home: string, stage: Stage): Promise<void> {
  const command = join(stage.root, 'bin/mcp-orchestration-generate-token')
  await promisify(execFile)(command, ['--home', home], { env: stage.env })
  const database = new DatabaseSync(join(home, 'store.sqlite'))
  database.exec('PRAGMA user_version = 99')
  database.close()
}
