import { Command, Option } from 'commander'
import { toBaseUrl } from '../http/address.ts'
import { version } from '../version.ts'
import { type JsonObject, scopes } from '../vocabulary.ts'
import { CommandError, toUsageError } from './complaint.ts'
import { type ExpirySettings, expiresAtOption, expiresInOption, toExpiryInput } from './expiry.ts'
import { tokenUsage } from './first-token.ts'
import { operate } from './operate.ts'
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
  readonly scope?: readonly string[]
  readonly client?: readonly string[]
  readonly profile?: readonly string[]
  readonly json?: true
}

const examples = `
Examples:
  $ mcp-orchestration-generate-token
  $ mcp-orchestration-generate-token --name "CI of the website" --scope read publish --expires-in 30d
  $ mcp-orchestration-generate-token --name "Ana's laptop" --profile cursor/work --profile claude-desktop/work
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
    .option(
      '--client <client...>',
      'limit it to this client and all its profiles; repeatable (default: no limits)',
    )
    .option('--profile <profile...>', 'limit it to this profile, such as cursor/work; repeatable')
    .addOption(expiresInOption())
    .addOption(expiresAtOption())
    .option('--json', 'print JSON: token, token_id, name, scopes, limits, created_at, expires_at')
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
  const answer = await operate(settings, 'create_token', toInput(settings)).catch((error) => {
    throw toUsageError(error)
  })
  process.stdout.write(settings.json ? toJson(answer) : toText(answer, settings))
}

function toInput(settings: TokenSettings): JsonObject {
  const { name, scope, client, profile } = settings
  const limits = { ...(client && { clients: client }), ...(profile && { profiles: profile }) }
  return {
    ...(name !== undefined && { name }),
    ...(scope && { scopes: [...new Set(scope)] }),
    ...((client || profile) && { limits }),
    ...toExpiryInput(settings),
  }
}

function toJson({ token, token_id, ...rest }: JsonObject): string {
  return `${JSON.stringify({ token, token_id, ...rest }, null, 2)}\n`
}

function toText({ token }: JsonObject, { host, port }: TokenSettings): string {
  const usage = tokenUsage(String(token), toBaseUrl(host, port))
  return `Generated token: ${token}\n\nIt is shown this once. ${usage}`
}
