import { execFileSync, spawn } from 'node:child_process'
import { type Bin, binPath, type Running, type Sandbox, watch } from './sandbox.ts'

/** Why a test that needs a terminal can't run here, or false: util-linux's `script` lends one, and Node has none of its own. */
export const noTerminal = hasScript() ? false : 'needs the script command of util-linux'

export const controlC = '\x03'

/** Starts a command on a terminal of its own, as a person would; what it says on any of the three streams comes as `stdout()`. */
export function startOnTerminal(sandbox: Sandbox, bin: Bin, args: readonly string[]): Running {
  const { env, folder } = sandbox
  const command = ['"$NODE"', '"$BIN"', ...args].join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', `exec ${command}`, '/dev/null'], {
    env: { ...env, NODE: process.execPath, BIN: binPath(bin), SHELL: '/bin/sh', TERM: 'xterm' },
    cwd: folder,
  })
  child.stdin.on('error', () => {})
  return watch(sandbox, child, () => child.stdin.write(controlC))
}

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).includes('util-linux')
  } catch {
    return false
  }
}
