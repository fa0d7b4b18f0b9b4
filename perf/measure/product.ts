import { rmSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createOrchestrator, type Orchestrator, scopes } from 'mcp-orchestration'
import { type ServerProcess, startServer } from './server-process.ts'

/** A home folder with what a suite needs in it, and a token for it that may do everything. It is removed at the end. */
export interface Home extends AsyncDisposable {
  readonly folder: string
  readonly headers: Readonly<Record<string, string>>
  /** A file in it, and where that is. */
  write(name: string, content: object): Promise<string>
}

export async function createHome(
  fill: (orchestrator: Orchestrator, folder: string) => Promise<void>,
): Promise<Home> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-orchestration-perf-'))
  const removeNow = () => rmSync(folder, { recursive: true, force: true })
  process.once('exit', removeNow)
  const remove = async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    process.off('exit', removeNow)
  }
  try {
    await using orchestrator = createOrchestrator({ home: folder, env: { HOME: folder } })
    const { token } = await orchestrator.tokens.generate({ name: 'perf', scopes })
    await orchestrator.keys.initialize()
    await fill(orchestrator, folder)
    return {
      folder,
      headers: { authorization: `Bearer ${token}` },
      async write(name, content) {
        const file = join(folder, name)
        await writeFile(file, JSON.stringify(content))
        return file
      },
      [Symbol.asyncDispose]: remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

export interface ProductOptions {
  /** Whether it writes a line for each request, as it does unless told, into a file. */
  readonly logsRequests?: boolean
  readonly countsCommits?: boolean
  /** How many processes share the work. Default: one. */
  readonly workers?: number
  /** Whether everybody is answered, however late. Default: what can't be answered in time is refused, as it is unless told. */
  readonly refusesNobody?: boolean
  /** Where a CPU profile goes at the end. */
  readonly profileFolder?: string | undefined
}

/** The built package's own command, as users start it: authentication, CORS, request ids and docs pages on, its store on the disk. */
export async function startProduct(
  { folder }: Pick<Home, 'folder'>,
  options: ProductOptions = {},
): Promise<ServerProcess> {
  const { logsRequests = false, countsCommits = false, workers = 1, profileFolder } = options
  const log = await open(join(folder, 'server.log'), 'a')
  const level = logsRequests ? 'info' : 'warn'
  const profiler =
    profileFolder === undefined
      ? []
      : ['--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${profileFolder}`]
  try {
    return await startServer({
      script: new URL('cli/serve-http.js', import.meta.resolve('mcp-orchestration')),
      args: (port) => [
        '--port',
        String(port),
        '--home',
        folder,
        '--log-level',
        level,
        ...(workers > 1 ? ['--workers', String(workers)] : []),
        ...(options.refusesNobody ? ['--max-delay', 'off'] : []),
      ],
      env: { HOME: folder },
      preload: countsCommits ? ['count-commits.ts'] : [],
      execArgv: profiler,
      log: log.fd,
    })
  } finally {
    await log.close()
  }
}
