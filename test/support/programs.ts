import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { access, constants, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** What the value scenarios need beside Node: real proxies, and the tools that the guides use. */
export const programs = ['bash', 'curl', 'openssl', 'nginx', 'caddy', 'systemd-analyze'] as const
export type Program = (typeof programs)[number]

/** Where programs are looked for and unpacked; the defaults are this machine's. */
export interface Places {
  readonly env?: NodeJS.ProcessEnv
  /** Looked into after the PATH, which may lack them for who isn't root. */
  readonly systemFolders?: readonly string[]
  readonly cache?: string
  readonly platform?: NodeJS.Platform
}

const execute = promisify(execFile)

/** Those that need nothing but their file, with the argument that makes them say their version. */
const unpackable: Readonly<Partial<Record<Program, string>>> = { nginx: '-v', caddy: 'version' }
/** The Debian package of a program, where it is called otherwise. */
const packages: Readonly<Partial<Record<Program, string>>> = { 'systemd-analyze': 'systemd' }
/** systemd is Linux's own. Elsewhere nobody can have it, and the scenarios that are tagged @linux are not run. */
const linuxOnly: readonly Program[] = ['systemd-analyze']

/**
 * Where a program stands: on the machine or, on Debian and its kin, unpacked from its package into node_modules/.cache/programs, which
 * installs nothing and starts no service. Throws a sentence that says what to install.
 */
export async function programPath(program: Program, places: Places = {}): Promise<string> {
  const { env = process.env, systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin'], platform } = places
  const onPath = (env.PATH ?? '').split(path.delimiter)
  const found = (await findIn([...onPath, ...systemFolders], program)) ?? (await unpacked(program, places))
  if (found === undefined) throw new Error(howToInstall(program, platform))
  return found
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

function howToInstall(program: Program, platform: NodeJS.Platform = process.platform): string {
  const command =
    platform === 'darwin' ? `brew install ${program}` : `apt-get install ${packages[program] ?? program}`
  return `${program} is not there; the value scenarios run it. Install it, with "${command}" for example.`
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

/** Unpacked once. What is unpacked may still lack a library of the system. */
async function unpacked(program: Program, { env = process.env, cache = ownCache }: Places) {
  const argument = unpackable[program]
  if (argument === undefined) return undefined
  const folder = path.join(cache, program)
  if (!existsSync(folder)) await unpackInto(folder, program, env)
  const file = await findIn([path.join(folder, 'usr/sbin'), path.join(folder, 'usr/bin')], program)
  return file !== undefined && (await succeeds(execute(file, [argument]))) ? file : undefined
}

/** The folder appears in one step, so that tests in other processes find all of it or nothing. */
async function unpackInto(folder: string, program: Program, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true })
  const draft = await mkdtemp(`${folder}-`)
  try {
    const archive = await download(program, draft, env)
    await execute('dpkg-deb', ['--extract', archive, draft], { env })
    await rm(archive)
    await rename(draft, folder)
  } catch {
    // There is no apt-get, no network, or another process was faster.
    await rm(draft, { recursive: true, force: true })
  }
}

/** A list of packages that is missing or out of date is fetched first, which takes root. */
async function download(program: Program, folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const aptGet = (...args: readonly string[]) =>
    execute('apt-get', ['--quiet', ...args], { cwd: folder, env })
  const fetchIt = () => aptGet('download', packages[program] ?? program)
  await fetchIt().catch(() => aptGet('update').then(fetchIt))
  const [archive = ''] = (await readdir(folder)).filter((name) => name.endsWith('.deb'))
  return path.join(folder, archive)
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}
