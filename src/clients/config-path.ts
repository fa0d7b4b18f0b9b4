import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { OrchestrationError } from '../errors.ts'
import type { Client } from './client.ts'
import type { Platform } from './client-table.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** A pattern of the table with its first part resolved: only `rest` can hold a `*`, whatever the user's folders are called. */
interface Pattern {
  readonly base: string
  readonly rest: readonly string[]
}

/**
 * Where the client's configuration may be, in order of preference: absolute, with `*` standing for any part of one folder's name. Pure.
 *
 * A variable that is empty or not absolute is ignored, as the XDG Base Directory Specification says for its own. A variable of the
 * client's own leaves only what it names: the client looks nowhere else then. Without a home folder it is `config_file_unreadable`.
 */
export function configPathPatterns(client: Client, platform: Platform, env: Environment): readonly string[] {
  const { join } = pathOf(platform)
  return patternsOf(client, platform, env).map(({ base, rest }) => join(base, ...rest))
}

/**
 * The file that the client reads. A file that is there wins, in the order of the patterns; then the folder of an installed app, for
 * a pattern with a `*`; else the first pattern without one. What stands there need not be a file, nor readable.
 */
export async function locateConfigFile(
  client: Client,
  platform: Platform,
  env: Environment,
): Promise<string> {
  const { join, dirname } = pathOf(platform)
  const patterns = patternsOf(client, platform, env)
  const places = await Promise.all(patterns.map((pattern) => expand(pattern, join)))
  const ofApps = places.filter((_, index) => hasWildcard(patterns[index]))
  const [fixed] = places.filter((_, index) => !hasWildcard(patterns[index]))
  const found = (await firstThere(places.flat())) ?? (await firstThere(ofApps.flat(), dirname)) ?? fixed?.[0]
  if (found === undefined) throw notHere(client, platform)
  return found
}

function patternsOf(client: Client, platform: Platform, env: Environment): readonly Pattern[] {
  const known: readonly string[] | undefined = client.configPaths[platform]
  if (!known?.length) throw notHere(client, platform)
  const paths = known.map((each) => each.split('/'))
  const own = paths.find(([first = '']) => isOwnVariable(first) && absolute(first.slice(1), platform, env))
  const chosen = own
    ? paths.filter(([first]) => first === own[0])
    : paths.filter(([first = '']) => !isOwnVariable(first))
  return chosen.map(([first = '', ...rest]) => ({ base: baseOf(first, client, platform, env), rest }))
}

function isOwnVariable(part: string): boolean {
  return part.startsWith('$') && part !== '$XDG_CONFIG_HOME'
}

function baseOf(part: string, client: Client, platform: Platform, env: Environment): string {
  if (part === '~') return homeOf(client, platform, env)
  const given = absolute(part.replace(/[$%]/g, ''), platform, env)
  return given ?? pathOf(platform).join(homeOf(client, platform, env), ...(defaults[part] ?? []))
}

/** Below the home folder. */
const defaults: Readonly<Record<string, readonly string[]>> = {
  $XDG_CONFIG_HOME: ['.config'],
  '%APPDATA%': ['AppData', 'Roaming'],
  '%LOCALAPPDATA%': ['AppData', 'Local'],
}

function homeOf(client: Client, platform: Platform, env: Environment): string {
  const name = platform === 'win32' ? 'USERPROFILE' : 'HOME'
  const home = absolute(name, platform, env)
  if (home !== undefined) return home
  const found = env[name] ? `is "${env[name]}", which isn't an absolute path` : "isn't set"
  const lost = `so the config file of ${client.displayName} can't be found`
  throw new OrchestrationError(
    'config_file_unreadable',
    `${name} ${found}, ${lost}. Set it to your home folder.`,
  )
}

function absolute(name: string, platform: Platform, env: Environment): string | undefined {
  const value = env[name]
  return value && pathOf(platform).isAbsolute(value) && !value.includes('\0') ? value : undefined
}

function pathOf(platform: Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix
}

function hasWildcard(pattern: Pattern | undefined): boolean {
  return pattern?.rest.some((part) => part.includes('*')) ?? false
}

async function expand({ base, rest }: Pattern, join: path.PlatformPath['join']): Promise<readonly string[]> {
  let found: readonly string[] = [base]
  for (const part of rest) {
    const steps = await Promise.all(
      found.map(async (folder) => (await namesIn(folder, part)).map((name) => join(folder, name))),
    )
    found = steps.flat()
  }
  return found
}

/** Sorted, so that of several the same one is always taken. */
async function namesIn(folder: string, part: string): Promise<readonly string[]> {
  const [start = '', end] = part.split('*')
  if (end === undefined) return [part]
  const names = await readdir(folder).catch((): string[] => [])
  const fits = (name: string) =>
    name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end)
  return names.filter(fits).sort()
}

async function firstThere(
  paths: readonly string[],
  toPlace = (candidate: string) => candidate,
): Promise<string | undefined> {
  for (const candidate of paths) if (await isThere(toPlace(candidate))) return candidate
  return undefined
}

/** Of a place that can't be looked at one must suppose that something is there; whoever reads it says what. */
async function isThere(place: string): Promise<boolean> {
  const absent = new Set(['ENOENT', 'ENOTDIR'])
  return await lstat(place).then(
    () => true,
    (error: NodeJS.ErrnoException) => !absent.has(error.code ?? ''),
  )
}

function notHere(client: Client, platform: Platform): OrchestrationError {
  return new OrchestrationError(
    'config_file_unreadable',
    `${client.displayName} has no config file on ${platform}. Choose a client that list_clients gives for this platform.`,
  )
}
