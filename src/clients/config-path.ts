import { lstatSync, readdirSync } from 'node:fs'
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
 * Finds the file that a client reads. A file that is there wins, in the order of the patterns; then the folder of an installed app, for
 * a pattern with a `*`; else the first pattern without one. What stands there need not be a file, nor readable.
 *
 * The disk is looked at synchronously, which costs a microsecond where a turn through the thread pool costs thirty. A home on a network
 * that hangs would hold up the process either way: the embedded store in it is read synchronously, and the looks of one request would
 * take all threads of the pool.
 */
export function createConfigFileLocator(platform: Platform, env: Environment): (client: Client) => string {
  const placesOf = createPlaces(platform, env)
  const { dirname } = pathOf(platform)
  return (client) => {
    const places = placesOf(client).map(({ isWild, find }) => ({ isWild, paths: find() }))
    const ofApps = places.filter(({ isWild }) => isWild).flatMap(({ paths }) => paths)
    const found =
      places.flatMap(({ paths }) => paths).find(isThere) ??
      ofApps.find((candidate) => isThere(dirname(candidate))) ??
      places.find(({ isWild }) => !isWild)?.paths[0]
    if (found === undefined) throw notHere(client, platform)
    return found
  }
}

/** Where one pattern leads: always to the same path, or to what then fits its `*`. */
interface Place {
  readonly isWild: boolean
  readonly find: () => readonly string[]
}

/** Worked out again only when a variable is another than before: a host may set one while it runs. */
function createPlaces(platform: Platform, env: Environment): (client: Client) => readonly Place[] {
  const known = new Map<Client, { readonly isCurrent: () => boolean; readonly places: readonly Place[] }>()
  const { join } = pathOf(platform)
  return (client) => {
    const former = known.get(client)
    if (former?.isCurrent()) return former.places
    const places = patternsOf(client, platform, env).map((pattern) => toPlace(pattern, join))
    const read = variablesOf(client, platform).map((name) => ({ name, value: env[name] }))
    known.set(client, { isCurrent: () => read.every(({ name, value }) => env[name] === value), places })
    return places
  }
}

function toPlace(pattern: Pattern, join: path.PlatformPath['join']): Place {
  if (hasWildcard(pattern)) return { isWild: true, find: () => expand(pattern, join) }
  const paths = [join(pattern.base, ...pattern.rest)]
  return { isWild: false, find: () => paths }
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

/** All that the client's patterns can depend on. */
function variablesOf(client: Client, platform: Platform): readonly string[] {
  const firsts = client.configPaths[platform].map((each) => each.split('/', 1).join())
  return [homeVariable(platform), ...firsts.filter((first) => first !== '~').map(toVariable)]
}

function toVariable(part: string): string {
  return part.replace(/[$%]/g, '')
}

function isOwnVariable(part: string): boolean {
  return part.startsWith('$') && part !== '$XDG_CONFIG_HOME'
}

function baseOf(part: string, client: Client, platform: Platform, env: Environment): string {
  if (part === '~') return homeOf(client, platform, env)
  const given = absolute(toVariable(part), platform, env)
  return given ?? pathOf(platform).join(homeOf(client, platform, env), ...(defaults[part] ?? []))
}

/** Below the home folder. */
const defaults: Readonly<Record<string, readonly string[]>> = {
  $XDG_CONFIG_HOME: ['.config'],
  '%APPDATA%': ['AppData', 'Roaming'],
  '%LOCALAPPDATA%': ['AppData', 'Local'],
}

function homeOf(client: Client, platform: Platform, env: Environment): string {
  const name = homeVariable(platform)
  const home = absolute(name, platform, env)
  if (home !== undefined) return home
  const found = env[name] ? `is "${env[name]}", which isn't an absolute path` : "isn't set"
  const lost = `so the config file of ${client.displayName} can't be found`
  throw new OrchestrationError(
    'config_file_unreadable',
    `${name} ${found}, ${lost}. Set it to your home folder.`,
  )
}

function homeVariable(platform: Platform): string {
  return platform === 'win32' ? 'USERPROFILE' : 'HOME'
}

function absolute(name: string, platform: Platform, env: Environment): string | undefined {
  const value = env[name]
  return value && pathOf(platform).isAbsolute(value) && !value.includes('\0') ? value : undefined
}

function pathOf(platform: Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix
}

function hasWildcard({ rest }: Pattern): boolean {
  return rest.some((part) => part.includes('*'))
}

function expand({ base, rest }: Pattern, join: path.PlatformPath['join']): readonly string[] {
  let found: readonly string[] = [base]
  for (const part of rest)
    found = found.flatMap((folder) => namesIn(folder, part).map((name) => join(folder, name)))
  return found
}

/** Sorted, so that of several the same one is always taken. */
function namesIn(folder: string, part: string): readonly string[] {
  const [start = '', end] = part.split('*')
  if (end === undefined) return [part]
  const fits = (name: string) =>
    name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end)
  return namesOf(folder).filter(fits).sort()
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** Of a place that can't be looked at one must suppose that something is there; whoever reads it says what. */
function isThere(place: string): boolean {
  try {
    return lstatSync(place, { throwIfNoEntry: false }) !== undefined
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOTDIR')
  }
}

function notHere(client: Client, platform: Platform): OrchestrationError {
  return new OrchestrationError(
    'config_file_unreadable',
    `${client.displayName} has no config file on ${platform}. Choose a client that list_clients gives for this platform.`,
  )
}
