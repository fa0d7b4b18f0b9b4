import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import { toDurationMs } from '../operations/times.ts'
import { isTokenId } from '../tokens/token.ts'
import type { JsonObject } from '../vocabulary.ts'
import { CommandError, UsageError } from './complaint.ts'
import { type ExpirySettings, expiresAtOption, expiresInOption, toExpiryInput } from './expiry.ts'
import { operate } from './operate.ts'
import { type CommonSettings, homeOption, logLevelOption, storeOption } from './settings.ts'
import { type ListedToken, toTokenTable } from './token-table.ts'

interface TokensSettings extends CommonSettings {
  readonly json?: true
}

interface RotateSettings extends TokensSettings, ExpirySettings {
  readonly overlap?: string
}

const examples = `
Examples:
  $ mcp-orchestration tokens list
  $ mcp-orchestration tokens rotate tok_4c1f0a9be27d5638 --overlap 1h
  $ mcp-orchestration tokens revoke tok_4c1f0a9be27d5638

A running server on the same home goes by it at the next request; sessions and streams of a token that ends are closed.
To make a token, use generate-token.`

export function createTokensCommand(): Command {
  return new Command('tokens')
    .summary('list, rotate and revoke the tokens of the HTTP server')
    .description(
      'Looks after the bearer tokens of the HTTP server. A token itself is stored nowhere and never shown again.',
    )
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addCommand(createListCommand())
    .addCommand(createRotateCommand())
    .addCommand(createRevokeCommand())
    .addHelpText('after', examples)
}

function createListCommand(): Command {
  return createCommand('list', 'list the tokens, the oldest first').action((_options, command: Command) =>
    list(command.optsWithGlobals<TokensSettings>()),
  )
}

function createRotateCommand(): Command {
  return createCommand(
    'rotate',
    'make a successor with the same rights; the former one ends after the overlap',
  )
    .addArgument(idArgument())
    .addOption(
      new Option(
        '--overlap <duration>',
        'how long the former one stays good: 0s, 90m, 12h (default: 24h)',
      ).argParser(toDuration),
    )
    .addOption(
      expiresInOption('how long the new one is good for: 12h, 30d, 8w (default: as long as the former one)'),
    )
    .addOption(expiresAtOption())
    .action((id: string, _options, command: Command) => rotate(id, command.optsWithGlobals<RotateSettings>()))
}

function createRevokeCommand(): Command {
  return createCommand('revoke', 'end a token at once')
    .addArgument(idArgument())
    .action((id: string, _options, command: Command) => revoke(id, command.optsWithGlobals<TokensSettings>()))
}

function createCommand(name: string, summary: string): Command {
  return new Command(name)
    .summary(summary)
    .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
    .helpOption('-h, --help', 'show this help')
    .option('--json', 'print the answer as JSON')
    .addOption(homeOption())
    .addOption(storeOption())
    .addOption(logLevelOption())
}

function idArgument(): Argument {
  return new Argument('<id>', 'the id of the token, as list shows it')
}

/** Not repeated in the refusal: it may be the token itself, and whoever keeps this output would have it. */
function refuseUnlessId(id: string): void {
  if (!isTokenId(id))
    throw new UsageError('That is not the id of a token: tok_ and 16 hex digits, as list shows.')
}

async function list(settings: TokensSettings): Promise<void> {
  refuseMemory(settings)
  const tokens: JsonObject[] = []
  let cursor: JsonObject = {}
  do {
    const page = await operate(settings, 'list_tokens', { limit: 1000, ...cursor })
    tokens.push(...(page.tokens as readonly JsonObject[]))
    cursor = page.next_cursor === undefined ? {} : { cursor: page.next_cursor }
  } while (cursor.cursor !== undefined)
  print(settings, { tokens, count: tokens.length }, toTokenTable(tokens as unknown as readonly ListedToken[]))
}

async function rotate(id: string, settings: RotateSettings): Promise<void> {
  refuseMemory(settings)
  refuseUnlessId(id)
  const { overlap } = settings
  const input = { token_id: id, ...(overlap !== undefined && { overlap }), ...toExpiryInput(settings) }
  const answer = await operate(settings, 'rotate_token', input)
  const { token, token_id, replaces } = answer
  const { expires_at } = replaces as JsonObject
  const text = `New token: ${token}\n\nIts id is ${token_id}. It is shown this once. ${id} is good until ${expires_at}.\n`
  print(settings, answer, text)
}

async function revoke(id: string, settings: TokensSettings): Promise<void> {
  refuseMemory(settings)
  refuseUnlessId(id)
  print(settings, await operate(settings, 'revoke_token', { token_id: id }), `Revoked ${id}.\n`)
}

function print({ json }: TokensSettings, answer: JsonObject, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(answer, null, 2)}\n` : text)
}

function refuseMemory({ store }: CommonSettings): void {
  if (store === 'memory')
    throw new CommandError(
      'The memory store of this command holds no tokens: they are in the process that made them.',
    )
}

/** As it was given: the operation reads it. */
function toDuration(text: string): string {
  if (toDurationMs(text) !== undefined) return text
  throw new InvalidArgumentError('Give a number and a unit, such as 0s, 90m, 12h or 30d.')
}
