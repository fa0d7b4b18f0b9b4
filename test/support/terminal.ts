import { execFileSync, spawn } from 'node:child_process'
import type { TestContext } from 'node:test'
import { type Bin, binPath, type Running, type Sandbox, watch } from './sandbox.ts'

/** Why a test that needs a terminal can't run here, or false: util-linux's `script` lends one, and Node has none of its own. */
export const noTerminal = hasScript() ? false : 'needs the script command of util-linux'

/** Starts a command on a terminal of its own, as a person would; what it says on any of the three streams comes as `stdout()`. */
export function startOnTerminal(
  context: TestContext,
  { env, folder }: Sandbox,
  bin: Bin,
  args: readonly string[],
): Running {
  const command = ['"$NODE"', '"$BIN"', ...args].join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', `exec ${command}`, '/dev/null'], {
    env: { ...env, NODE: process.execPath, BIN: binPath(bin), SHELL: '/bin/sh', TERM: 'xterm' },
    cwd: folder,
  })
  child.stdin.on('error', () => {})
  return watch(context, child)
}

function hasScript(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8', stdio: 'pipe' }).includes('util-linux')
  } catch {
    return false
  }
}
