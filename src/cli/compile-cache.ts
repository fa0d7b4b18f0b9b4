import { lstatSync, mkdirSync } from 'node:fs'
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { homedir } from 'node:os'
import path from 'node:path'
import { errorCode } from '../private-file.ts'

/**
 * Has V8 keep what it compiles, so that the next start is spared that work. It is for the commands that serve, which programs start over
 * and over; the others leave nothing behind. `NODE_COMPILE_CACHE` and `NODE_DISABLE_COMPILE_CACHE` overrule it.
 */
export function keepCompiled({ env } = process): void {
  if (getCompileCacheDir() !== undefined || env.NODE_DISABLE_COMPILE_CACHE !== undefined) return
  const home = cacheHome(env)
  const folder = home === undefined ? undefined : makeCacheFolder(home)
  if (folder !== undefined) enableCompileCache(folder)
}

/**
 * Where this system keeps what its user's programs can do without; undefined for a user who has no home. The XDG specification takes
 * absolute paths only.
 */
export function cacheHome(
  env: NodeJS.ProcessEnv,
  platform = process.platform,
  homeOf = homedir,
): string | undefined {
  const { XDG_CACHE_HOME = '' } = env
  try {
    if (platform === 'win32') return env.LOCALAPPDATA || path.join(homeOf(), 'AppData', 'Local')
    if (platform === 'darwin') return path.join(homeOf(), 'Library', 'Caches')
    return path.isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : path.join(homeOf(), '.cache')
  } catch {
    return undefined
  }
}

/**
 * The product's own folder in there; undefined if it can't be made, or if somebody else could write into it or put another in its place:
 * whoever can do so decides what runs here, with the rights of who holds the keys. Node's own choice, below /tmp, anybody could be first to.
 */
export function makeCacheFolder(home: string, uid = process.geteuid?.()): string | undefined {
  const folder = path.join(home, 'mcp-orchestration')
  try {
    return [home, folder].every((each) => isOurs(each, uid)) ? folder : undefined
  } catch {
    return undefined
  }
}

/** Made step by step, and so never more of the path than its last two folders. Windows keeps a user's folders from others by itself. */
function isOurs(folder: string, uid: number | undefined): boolean {
  makeFolder(folder)
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) return false
  return uid === undefined || ([uid, 0].includes(stats.uid) && (stats.mode & 0o022) === 0)
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error
  }
}
