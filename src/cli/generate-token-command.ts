import { Command, Option } from 'commander'
import { toBaseUrl } from '../http/address.ts'
import type { Token } from '../tokens/tokens.ts'
import { version } from '../version.ts'
import { type Scope, scopes } from '../vocabulary.ts'
import { CommandError, toUsageError } from './complaint.ts'
import { type ExpirySettings, expiresAtOption, expiresInOption, toExpiry } from './expiry.ts'
import { tokenUsage } from './first-token.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import {
  homeOption,
  hostOption,
  logLevelOption,
  portOption,
  type ServerSettings,
  storeOption,
} from './settings.ts'

interface TokenSettings extends ServerSettings, ExpirySettings {
  readonly name?: string
  readonly scope?: readonly Scope[]
  readonly json?: true
}

const examples = `
Examples:
  $ mcp-orchestration-generate-token
  $ mcp-orchestration-generate-token --name "CI of the website" --scope read publish --expires-in 30d
  $ TOKEN=$(mcp-orchestration-generate-token --json | jq -r .token)

A running server on the same home accepts the token at once. Only its SHA-256 is stored, so it can't be shown again.`

export function createGenerateTokenCommand(name: string): Command {
  return new Command(name)
    .summary('make a token for the HTTP server')
    .description('Makes a bearer token for the HTTP server and prints it, this once.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .option('--name <name>', 'what it is for, so that you know it again')
    .addOption(
      new Option('--scope <scope...>', 'what it may do; repeatable (default: all but admin)').choices(scopes),
    )
    .addOption(expiresInOption())
    .addOption(expiresAtOption())
    .option('--json', 'print JSON: token, id, name, scopes, created_at, expires_at')
    .addOption(homeOption())
    .addOption(storeOption())
    .addOption(logLevelOption())
    .addOption(hostOption().hideHelp())
    .addOption(portOption().hideHelp())
    .action((_options, command: Command) => generateToken(command.optsWithGlobals<TokenSettings>()))
    .addHelpText('after', examples)
}

async function generateToken(settings: TokenSettings): Promise<void> {
  if (settings.store === 'memory') {
    throw new CommandError(
      'A token in the memory store ends with this command, and no server would ever see it. Use --store sqlite, or give the server ' +
        'an API key with MCP_ORCHESTRATION_API_KEY.',
    )
  }
  await using orchestrator = await openOrchestrator(settings)
  const { token, record } = await orchestrator.tokens.generate(toRequest(settings)).catch((error) => {
    throw toUsageError(error)
  })
  process.stdout.write(settings.json ? toJson(token, record) : toText(token, settings))
}

function toRequest(settings: TokenSettings) {
  const { name, scope } = settings
  const expiresAt = toExpiry(settings)
  return {
    ...(name !== undefined && { name }),
    ...(scope !== undefined && { scopes: [...new Set(scope)] }),
    ...(expiresAt !== undefined && { expiresAt }),
  }
}

function toJson(token: string, { id, name, scopes, createdAt, expiresAt }: Token): string {
  const answer = { token, id, name, scopes, created_at: createdAt, expires_at: expiresAt }
  return `${JSON.stringify(answer, null, 2)}\n`
}

function toText(token: string, { host, port }: TokenSettings): string {
  return `Generated token: ${token}\n\nIt is shown this once. ${tokenUsage(token, toBaseUrl(host, port))}`
}
