import type { Command, Option } from 'commander'
import { describeOperations } from '../../../src/cli/call-command.ts'
import { createProgram } from '../../../src/cli/program.ts'
import { anchor, code, link } from '../markdown.ts'

export interface DocumentedCommand {
  /** As it is typed: `mcp-orchestration tokens rotate`. */
  readonly path: string
  readonly command: Command
}

/** The command without a sub-command. */
export const programName = 'mcp-orchestration'

/** Sub-commands that are installed under a name of their own, too. */
const shortcuts: Readonly<Record<string, string>> = {
  'serve-http': `${programName}-serve-http`,
  'generate-token': `${programName}-generate-token`,
}

/** The program, its sub-commands and theirs, in the order of its help. */
export async function documentedCommands(): Promise<readonly DocumentedCommand[]> {
  const program = createProgram()
  for (const command of program.commands) await describeOperations(command)
  return flatten(program, '')
}

function flatten(command: Command, parent: string): readonly DocumentedCommand[] {
  const path = `${parent}${command.name()}`
  return [{ path, command }, ...command.commands.flatMap((each) => flatten(each, `${path} `))]
}

/** What a reader may give: neither what the help hides nor the help itself. */
export function documentedOptions(command: Command): readonly Option[] {
  return command.options.filter(({ hidden, long }) => !hidden && long !== '--version')
}

export function toCommandLink(path: string): string {
  return link(code(toTitle(path)), `cli.md${anchor(toTitle(path))}`)
}

/** A command with a name of its own is looked for under that. */
export function toTitle(path: string): string {
  return toShortcut(path) ?? path
}

export function toShortcut(path: string): string | undefined {
  return shortcuts[path.slice(programName.length + 1)]
}
