import { type Command, CommanderError } from 'commander'
import { CommandError, complaintLines } from './complaint.ts'
import { exitCodes } from './exit-codes.ts'
import { type CommonSettings, dropEmptyVariables } from './settings.ts'

/** Runs a command to its end: results on stdout, at most one complaint on stderr, an exit code, never a stack unless debugging. */
export async function run(command: Command, argv: readonly string[] = process.argv): Promise<void> {
  survivePipes()
  dropEmptyVariables(process.env)
  tame(command)
  process.on('uncaughtException', (error) => {
    // The log writes what it still holds when the process exits. Only what is on its way just then can come after the complaint.
    process.once('exit', () => {
      process.exitCode = complain(command, error)
    })
    process.exit()
  })
  try {
    await command.parseAsync(argv)
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExitCode(error) : complain(command, error)
  }
}

/** Whoever reads our output may stop reading (`… | head -1`): that is no failure. A full disk under `> file` is one. */
function survivePipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return
    process.exitCode = exitCodes.failed
    process.stderr.write(`error: The answer could not be written. (${error.message})\n`)
  })
  process.stderr.on('error', () => {})
}

/** Commander would exit with 1 for wrong usage and put its suggestion on a second line. */
function tame(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')} (--help shows the usage)\n`),
  })
  for (const each of command.commands) tame(each)
}

function usageExitCode({ exitCode }: CommanderError): number {
  return exitCode === 0 ? exitCodes.done : exitCodes.wrongUsage
}

function complain(command: Command, error: unknown): number {
  process.stderr.write(`${complaintLines(error, command.opts<CommonSettings>()).join('\n')}\n`)
  return error instanceof CommandError ? error.exitCode : exitCodes.failed
}
