import { Command } from 'commander'
import { version } from '../version.ts'
import { createAuditCommand } from './audit-command.ts'
import { createCallCommand, describeOperations } from './call-command.ts'
import { exitCodes } from './exit-codes.ts'
import { createGenerateTokenCommand } from './generate-token-command.ts'
import { createServeHttpCommand } from './serve-http-command.ts'
import { serveStdio } from './serve-stdio.ts'
import { homeOption, logLevelOption, storeOption } from './settings.ts'
import { createTokensCommand } from './tokens-command.ts'
import { createVerifyCommand } from './verify-command.ts'

const examples = `
Examples:
  In an MCP client's file, an entry that starts it over stdio:
    { "mcpServers": { "orchestration": { "command": "mcp-orchestration" } } }
  $ mcp-orchestration call list_clients
  $ mcp-orchestration call add_server_to_config --json '{"client_id":"cursor","profile_id":"default","server_id":"memory"}'
  $ mcp-orchestration serve-http --port 8000
  $ mcp-orchestration generate-token --name laptop
  $ mcp-orchestration tokens list
  $ mcp-orchestration audit --since 12h
  $ mcp-orchestration verify release.json --jwks keys.json --client cursor --profile default

Exit codes: ${exitCodes.done} done, ${exitCodes.failed} failed, ${exitCodes.wrongUsage} wrong usage; verify has its own from 10 up.`

export function createProgram(): Command {
  return new Command('mcp-orchestration')
    .description(
      "Keeps the MCP servers of every AI client as signed releases and deploys them into the clients' own files.\n" +
        'Without a command it serves MCP on stdin and stdout; clients start it that way.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .addOption(homeOption())
    .addOption(storeOption())
    .addOption(logLevelOption())
    .allowExcessArguments()
    .action((_options, command: Command) => serveUnlessMistyped(command))
    .addCommand(createCallCommand())
    .addCommand(createServeHttpCommand('serve-http'))
    .addCommand(createGenerateTokenCommand('generate-token'))
    .addCommand(createTokensCommand())
    .addCommand(createAuditCommand())
    .addCommand(createVerifyCommand())
    .hook('preSubcommand', (_program, command) => describeOperations(command))
    .addHelpText('after', examples)
}

/** A word that is no command must not start a server that then waits for a client in silence. */
function serveUnlessMistyped(program: Command): Promise<void> {
  const [word] = program.args
  const names = program.commands.map((command) => command.name())
  if (word !== undefined)
    program.error(`error: unknown command '${word}'. The commands are ${names.join(', ')}.`)
  return serveStdio(program.opts())
}
