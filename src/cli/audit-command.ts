import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Command, InvalidArgumentError, Option } from 'commander'
import type { AuditEntry, ChainEnd } from '../audit/audit.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { CommandError } from './complaint.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import { type CommonSettings, homeOption, logLevelOption, storeOption } from './settings.ts'

interface AuditSettings extends CommonSettings {
  readonly since?: string
  readonly json?: true
}

interface VerifySettings extends CommonSettings {
  readonly expect?: ChainEnd
}

const examples = `
Examples:
  $ mcp-orchestration audit --since 12h
  $ mcp-orchestration audit --since 2026-11-01 --json > audit.jsonl
  $ mcp-orchestration audit verify
  $ mcp-orchestration audit verify --expect "$(cat head.txt)"

An entry is written when a change begins and one when it ends. Nothing that may be a secret is in the log.`

export function createAuditCommand(): Command {
  return createCommand('audit')
    .summary('read the log of who changed what, and prove it')
    .description('Prints the audit log, the oldest entry first, a line for each.')
    .helpCommand(false)
    .option(
      '--since <start>',
      'where to begin: 2026-11-01 (UTC), 2026-11-01T18:00:00Z, 12h ago, or the sequence of an entry',
    )
    .option('--json', 'print each entry as a line of JSON, as it is stored and hashed')
    .action((_options, command: Command) => show(command))
    .addCommand(createVerifyCommand())
    .addHelpText('after', examples)
}

function createVerifyCommand(): Command {
  return createCommand('verify')
    .summary('prove that the log is whole')
    .description(
      'Computes the chain of the log again and names the first entry that does not fit. Prints the head, for the next time.',
    )
    .addOption(
      new Option('--expect <head>', 'the head that an earlier verification printed: HASH@SEQUENCE').argParser(
        toChainEnd,
      ),
    )
    .action((_options, command: Command) => verify(command.optsWithGlobals<VerifySettings>()))
}

function createCommand(name: string): Command {
  return new Command(name)
    .helpOption('-h, --help', 'show this help')
    .addOption(homeOption())
    .addOption(storeOption())
    .addOption(logLevelOption())
}

async function show(command: Command): Promise<void> {
  const settings = command.optsWithGlobals<AuditSettings>()
  const start = await toStart(settings, command)
  await using orchestrator = await openOrchestrator(settings)
  try {
    await pipeline(Readable.from(toLines(orchestrator, start, settings)), process.stdout, { end: false })
  } catch (error) {
    // Whoever reads this may have seen enough.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  }
}

type Start = Exclude<Parameters<Orchestrator['audit']['read']>[0], undefined>

async function toStart({ since }: AuditSettings, command: Command): Promise<Start> {
  if (since === undefined) return {}
  const { toStart: read } = await import('../operations/audit.ts')
  return (
    read(since) ??
    command.error(
      `error: option '--since <start>' argument '${since}' is invalid. Give a date such as 2026-11-01 or 2026-11-01T18:00:00Z, a duration such as 12h, or a sequence.`,
    )
  )
}

/** A page at a time, so that a long log is never in memory as a whole. */
async function* toLines({ audit }: Orchestrator, start: Start, { json }: AuditSettings) {
  for (let query: Start | undefined = { ...start, limit: 1000 }; query; ) {
    const { entries, next } = await audit.read(query)
    yield entries.map((entry) => `${json ? JSON.stringify(entry) : toLine(entry)}\n`).join('')
    query = next === undefined ? undefined : { ...query, after: next }
  }
}

async function verify(settings: VerifySettings): Promise<void> {
  await using orchestrator = await openOrchestrator(settings)
  const verification = await orchestrator.audit.verify(settings.expect)
  if (!verification.ok) throw new CommandError(`${verification.fault}: ${verification.message}`)
  const { end, unknownOutcomes } = verification
  const lines = [
    `The audit log is whole: ${end.sequence} entries, head ${end.hash}@${end.sequence}`,
    ...unknownOutcomes.map((entry) => `outcome unknown: ${toLine(entry)}`),
  ]
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

function toLine(entry: AuditEntry): string {
  const { sequence, at, principal, door, operation, target, before, after, request_id, left_out } = entry
  const values = [
    `#${sequence}`,
    at,
    `${principal} (${door})`,
    operation,
    target ?? '-',
    toResult(entry),
    ...(before === after ? [] : [`${shortened(before)} -> ${shortened(after)}`]),
    ...(request_id === null ? [] : [`request ${request_id}`]),
    ...(left_out === undefined ? [] : [`${left_out} more left out before`]),
  ]
  return values.map((value) => plain(value)).join('  ')
}

function toResult({ phase, outcome, code }: AuditEntry): string {
  return phase === 'begun' ? 'begun' : [outcome, code].filter((word) => word !== null).join(': ')
}

function shortened(digest: string | null): string {
  return digest === null ? 'nothing' : String(digest).slice(0, 12)
}

/** Whoever can write to the store could otherwise write over what the terminal shows. */
function plain(value: unknown): string {
  return String(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`
  })
}

function toChainEnd(text: string): ChainEnd {
  const [, hash, sequence] = /^([0-9a-f]{64})@(\d{1,15})$/.exec(text.trim()) ?? []
  if (hash !== undefined) return { hash, sequence: Number(sequence) }
  throw new InvalidArgumentError('Give it as it was printed: 64 hex digits, @ and a number.')
}
