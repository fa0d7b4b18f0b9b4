import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { eventually } from '../../../test/support/eventually.ts'
import { programPath } from '../../../test/support/programs.ts'

export interface Terminal {
  /** What it shows so far, without colours. */
  text(): string
  /** Waits until it shows this. */
  shows(pattern: RegExp): Promise<RegExpExecArray>
  /** Presses Ctrl-C and waits for the command to end. */
  interrupt(): Promise<void>
}

interface TerminalOptions {
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

const showsWithinMs = 20_000
const controlC = '\x03'

/** A command on a terminal of its own, which the `script` of util-linux lends. */
export async function startOnTerminal(command: string, { cwd, env }: TerminalOptions): Promise<Terminal> {
  const child = spawn(
    await programPath('script'),
    ['--quiet', '--return', '--command', command, '/dev/null'],
    {
      cwd,
      env: { ...env, SHELL: '/bin/sh', TERM: 'xterm' },
    },
  )
  await once(child, 'spawn')
  const ended = once(child, 'close')
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    shown += chunk
  })
  const text = () => stripVTControlCharacters(shown).replaceAll('\r\n', '\n')
  return { text, shows, interrupt }

  function shows(pattern: RegExp): Promise<RegExpExecArray> {
    const look = () => {
      const match = pattern.exec(text())
      if (!match) throw new Error(`${pattern} is not on the terminal:\n${text()}`)
      return match
    }
    return eventually(look, { withinMs: showsWithinMs })
  }

  async function interrupt(): Promise<void> {
    child.stdin.on('error', () => {})
    child.stdin.write(controlC)
    const impatience = setTimeout(() => child.kill('SIGKILL'), showsWithinMs)
    await ended.finally(() => clearTimeout(impatience))
  }
}
