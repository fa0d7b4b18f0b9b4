import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What the value scenarios need beside Node: real proxies, a terminal, and the tools that the guides use. */
export const programs = ['bash', 'curl', 'openssl', 'nginx', 'caddy', 'script', 'systemd-analyze'] as const
export type Program = (typeof programs)[number]

/** Where programs are looked for and unpacked; the defaults are this machine's. */
export interface Places {
  readonly env?: NodeJS.ProcessEnv
  /** Looked into after the PATH, which may lack them for who isn't root. */
  readonly systemFolders?: readonly string[]
  readonly cache?: string
  readonly platform?: NodeJS.Platform
  /** Fetching a package that takes longer has failed. Default: 120 s. */
  readonly timeoutMs?: number
}

const execute = promisify(execFile)

/** Those that need nothing but their file, with the argument that makes them say their version. */
const unpackable: Readonly<Partial<Record<Program, string>>> = { nginx: '-v', caddy: 'version' }
/** The Debian package of a program, where it is called otherwise. */
const packages: Readonly<Partial<Record<Program, string>>> = {
  script: 'bsdutils',
  'systemd-analyze': 'systemd',
}
/**
 * systemd is Linux's own, and `script` takes other options elsewhere. There nobody can have them, and the scenarios that are tagged @linux
 * are not run.
 */
const linuxOnly: readonly Program[] = ['script', 'systemd-analyze']

/**
 * Where a program stands: on the machine or, on Debian and its kin, unpacked from its package into node_modules/.cache/programs, which
 * installs nothing and starts no service. Throws sentences that say what to install, and why it could not be unpacked.
 */
export async function programPath(program: Program, places: Places = {}): Promise<string> {
  const { env = process.env, systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'] } = places
  const onPath = (env.PATH ?? '').split(path.delimiter)
  return (await findIn([...onPath, ...systemFolders], program)) ?? (await unpacked(program, places))
}

/** One sentence for each program that is missing and can't be fetched. */
export async function missingPrograms(places: Places = {}): Promise<readonly string[]> {
  const { platform = process.platform } = places
  const missing: string[] = []
  // One after the other: what is unpacked comes over the network, through one package manager.
  for (const program of programs.filter((each) => platform === 'linux' || !linuxOnly.includes(each)))
    await programPath(program, places).catch((error: Error) => missing.push(error.message))
  return missing
}

const isMissing = 'is not there; the value scenarios run it.'

function howToInstall(program: Program, platform: NodeJS.Platform): string {
  const command =
    platform === 'darwin' ? `brew install ${program}` : `apt-get install ${packages[program] ?? program}`
  return `Install it, with "${command}" for example.`
}

async function findIn(folders: readonly string[], program: Program): Promise<string | undefined> {
  for (const folder of folders) {
    const file = path.join(folder, program)
    const isExecutable = await succeeds(access(file, constants.X_OK))
    if (isExecutable) return file
  }
  return undefined
}

const ownCache = fileURLToPath(new URL('../../node_modules/.cache/programs/', import.meta.url))

/** Unpacked once. What is unpacked may still lack a library of the system; then the next one who asks tries anew. */
async function unpacked(program: Program, places: Places): Promise<string> {
  const { cache = ownCache, platform = process.platform } = places
  const advice = howToInstall(program, platform)
  const argument = unpackable[program]
  if (argument === undefined || platform !== 'linux') throw new Error(`${program} ${isMissing} ${advice}`)
  const folder = path.join(cache, program)
  if (!existsSync(folder))
    await unpackInto(folder, program, places).catch((cause: Error) => {
      const why = `Its Debian package could not be unpacked: ${cause.message}`
      throw new Error(`${program} ${isMissing} ${advice} ${why}`, { cause })
    })
  return startable(program, argument, folder).catch(async (cause: Error) => {
    await rm(folder, { recursive: true, force: true })
    const why = `${program} was unpacked and does not start: ${cause.message.trim()}`
    throw new Error(`${why}\n${advice}`, { cause })
  })
}

async function startable(program: Program, argument: string, folder: string): Promise<string> {
  const file = await findIn([path.join(folder, 'usr/sbin'), path.join(folder, 'usr/bin')], program)
  if (file === undefined) throw new Error('It is not in its package.')
  await execute(file, [argument])
  return file
}

/** The folder appears in one step, so that tests in other processes find all of it or nothing. */
async function unpackInto(
  folder: string,
  program: Program,
  { env = process.env, timeoutMs = 120_000 }: Places,
): Promise<void> {
  const seconds = timeoutMs / 1000
  console.error(`Fetching the Debian package of ${program} with apt-get, for ${seconds} s at the most …`)
  await mkdir(path.dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const archive = await download(program, { cwd: draft, env, signal })
    await execute('dpkg-deb', ['--extract', archive, draft], { env })
    await rm(archive)
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    // Another process was faster.
    if (existsSync(folder)) return
    throw signal.aborted ? new Error(`it took longer than ${seconds} s.`, { cause: error }) : error
  }
}

interface Fetching {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
}

/** A list of packages that is missing or out of date is fetched first, which takes root. */
async function download(program: Program, options: Fetching): Promise<string> {
  const aptGet = (...args: readonly string[]) => execute('apt-get', ['--quiet', ...args], options)
  const fetchIt = () => aptGet('download', packages[program] ?? program)
  await fetchIt().catch(() => aptGet('update').then(fetchIt))
  const [archive = ''] = (await readdir(options.cwd)).filter((name) => name.endsWith('.deb'))
  return path.join(options.cwd, archive)
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}
