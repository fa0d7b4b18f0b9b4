import { inspect } from 'node:util'
import { type VerificationFailure, verificationFailures } from '../artifacts/verification-failures.ts'
import { isFault, OrchestrationError } from '../errors.ts'
import { exitCodes } from './exit-codes.ts'
import { type CommonSettings, isDebugging } from './settings.ts'

/** A failure of a command that isn't a problem of the domain: one sentence that says what to do. */
export class CommandError extends Error {
  readonly exitCode: number = exitCodes.failed
}

/** A flag or a variable whose value makes no sense: wrong usage, though only the room that it is for could tell. */
export class UsageError extends CommandError {
  override readonly exitCode = exitCodes.wrongUsage
}

/** A release that isn't to be trusted, with an exit code for each reason. */
export class VerificationError extends CommandError {
  override readonly exitCode: number

  constructor(failure: VerificationFailure, message: string, options?: ErrorOptions) {
    super(`${failure}: ${message}`, options)
    this.exitCode = verificationFailures[failure].exitCode
  }
}

export function toUsageError(error: unknown): unknown {
  const isRefused = error instanceof OrchestrationError && error.code === 'invalid_request'
  return isRefused ? new UsageError(error.message, { cause: error }) : error
}

/**
 * What a person reads on stderr: one line; when debugging, the stack. Unlike a caller over the
 * network, whoever runs a command on this machine is told the reason of a fault, such as the path that could not be written.
 */
export function complaintLines(
  error: unknown,
  { logLevel }: Pick<CommonSettings, 'logLevel'>,
): readonly string[] {
  if (isDebugging(logLevel)) return [inspect(error)]
  if (error instanceof CommandError) return [oneLine(`error: ${error.message}`)]
  if (!(error instanceof OrchestrationError)) return [`error: internal_error: ${unexpected(error)}`]
  return [oneLine(`error: ${error.code}: ${error.message}${reason(error)}`)]
}

function unexpected(error: unknown): string {
  const message = error instanceof Error ? oneLine(error.message) : 'Something failed.'
  return `${message} (with --log-level debug the stack is shown)`
}

function reason({ code, cause }: OrchestrationError): string {
  return isFault(code) && cause instanceof Error ? ` (${messagesOf(cause).join(' ')})` : ''
}

/** Down to what the system said, for which there is no log beside a command. */
function messagesOf({ message, cause }: Error): readonly string[] {
  return cause instanceof Error ? [message, ...messagesOf(cause)] : [message]
}

/** Line breaks of a quoted value don't break the line. */
function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ')
}
