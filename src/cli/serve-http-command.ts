import { Command } from 'commander'
import type { HttpTransport } from '../http/transport.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { version } from '../version.ts'
import { toUsageError } from './complaint.ts'
import { adviseOnCredentials, firstTokenText, howToGetIn } from './first-token.ts'
import { toListenError } from './listen-error.ts'
import { logToStderr } from './log.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import { cliPrincipal } from './principal.ts'
import {
  allowedHostsOption,
  allowedOriginsOption,
  apiKey,
  corsOriginsOption,
  failedAuthLimitOption,
  homeOption,
  hostOption,
  logLevelOption,
  portOption,
  type ServerSettings,
  storeOption,
  trustProxyOption,
} from './settings.ts'
import { firstSignal } from './signals.ts'

const examples = `
Examples:
  $ mcp-orchestration-serve-http
  $ mcp-orchestration-serve-http --port 9000 --log-level warn
  $ mcp-orchestration-serve-http --host 0.0.0.0 --trust-proxy 10.0.0.5   (behind a reverse proxy that speaks TLS)

A key that is accepted beside tokens comes from MCP_ORCHESTRATION_API_KEY. The log goes to stderr, as JSON lines unless that is a
terminal. SIGINT and SIGTERM stop it gracefully: requests in flight are answered first.`

/** How long a graceful stop may take before the process ends anyway. */
const stopTimeoutMs = 4_500

export function createServeHttpCommand(name: string): Command {
  return new Command(name)
    .summary('serve the REST operations and MCP over HTTP')
    .description(
      'Serves every operation and MCP (at /mcp) over HTTP, with tokens or an API key, until it is told to stop.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addOption(hostOption())
    .addOption(portOption())
    .addOption(logLevelOption())
    .addOption(storeOption())
    .addOption(homeOption())
    .addOption(trustProxyOption())
    .addOption(corsOriginsOption())
    .addOption(allowedHostsOption())
    .addOption(allowedOriginsOption())
    .addOption(failedAuthLimitOption())
    .action((_options, command: Command) => serveHttp(command.optsWithGlobals<ServerSettings>()))
    .addHelpText('after', examples)
}

async function serveHttp(settings: ServerSettings): Promise<void> {
  const warn = (sentence: string) => transport.app.log.warn(sentence)
  await using orchestrator = await openOrchestrator(settings, warn)
  await orchestrator.ready()
  const key = apiKey(process.env)
  const transport = await createTransport(settings, orchestrator, key)
  const { log } = transport.app
  const { signal, release } = firstSignal()
  try {
    const baseUrl = await listen(transport, settings)
    log.info(`API docs: ${baseUrl}/docs`)
    await handleFirstStart(settings, orchestrator, { hasApiKey: key !== undefined, baseUrl, log })
    await signal
    log.info('Shutting down gracefully...')
    endAfter(stopTimeoutMs, log)
  } finally {
    await transport.close()
  }
  await orchestrator.close()
  log.info('Server shut down gracefully')
  release()
}

type Log = HttpTransport['app']['log']

async function createTransport(
  settings: ServerSettings,
  orchestrator: Orchestrator,
  key: string | undefined,
) {
  const { createHttpTransport } = await import('../http/transport.ts')
  const { trustProxy, corsOrigins, allowedHosts, allowedOrigins, failedAuthLimit, logLevel } = settings
  const options = {
    orchestrator,
    cors: corsOrigins,
    allowedHosts,
    allowedOrigins,
    logger: await logToStderr(logLevel),
    ...(key !== undefined && { apiKey: key }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...toFailedAuthentications(failedAuthLimit),
  }
  try {
    return createHttpTransport(options)
  } catch (error) {
    throw toUsageError(error)
  }
}

function toFailedAuthentications(limit: ServerSettings['failedAuthLimit']) {
  if (limit === undefined) return {}
  return { failedAuthentications: limit === false ? limit : { limit } } as const
}

async function listen(transport: HttpTransport, { host, port }: ServerSettings): Promise<string> {
  try {
    return await transport.listen({ host, port })
  } catch (error) {
    throw toListenError(error, { host, port })
  }
}

interface FirstStart {
  readonly hasApiKey: boolean
  readonly baseUrl: string
  readonly log: Log
}

async function handleFirstStart(
  { store }: ServerSettings,
  orchestrator: Orchestrator,
  { hasApiKey, baseUrl, log }: FirstStart,
): Promise<void> {
  const { tokens, home } = orchestrator
  const advice = adviseOnCredentials({
    hasApiKey,
    hasToken: !(await tokens.isEmpty()),
    isOnTerminal: isOnTerminal(),
  })
  if (advice === 'tell') log.warn(howToGetIn(store, home))
  if (advice !== 'show') return
  process.stdout.write(firstTokenText(await makeFirstToken(orchestrator), baseUrl))
}

async function makeFirstToken(orchestrator: Orchestrator): Promise<string> {
  const { callOperation } = await import('../operations/operation.ts')
  const { createToken } = await import('../operations/tokens.ts')
  const context = { orchestrator, principal: cliPrincipal, door: 'cli' as const }
  const { token } = await callOperation(createToken, context, { name: 'first token' })
  return String(token)
}

function isOnTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY)
}

/** Whatever still holds the process then, it ends: a supervisor would kill it anyway. */
function endAfter(timeoutMs: number, log: Log): void {
  setTimeout(() => {
    log.error('Not everything could be stopped in time; ending anyway.')
    process.exit(1)
  }, timeoutMs).unref()
}
