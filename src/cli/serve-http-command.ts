import { Command } from 'commander'
import type { HttpTransport } from '../http/transport.ts'
import type { HttpTransportOptions } from '../http/transport-options.ts'
import type { Orchestrator } from '../orchestrator.ts'
import { version } from '../version.ts'
import { toUsageError, UsageError } from './complaint.ts'
import { endAfter } from './end-after.ts'
import { handleFirstStart } from './first-start.ts'
import { toListenError } from './listen-error.ts'
import { logToStderr } from './log.ts'
import { openOrchestrator } from './open-orchestrator.ts'
import {
  allowedHostsOption,
  allowedOriginsOption,
  apiKey,
  corsOriginsOption,
  failedAuthLimitOption,
  homeOption,
  hostOption,
  logLevelOption,
  maxDelayOption,
  portOption,
  type ServerSettings,
  storeOption,
  trustProxyOption,
  workersOption,
} from './settings.ts'
import { firstSignal } from './signals.ts'
import type { WorkerPart } from './workers/worker.ts'

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
    .addOption(maxDelayOption())
    .addOption(workersOption())
    .action((_options, command: Command) => serve(command.optsWithGlobals<ServerSettings>()))
    .addHelpText('after', examples)
}

/** Alone, as the process that keeps several of its kind at work, or as one of those. */
async function serve(settings: ServerSettings): Promise<void> {
  const { keepCompiled } = await import('./compile-cache.ts')
  keepCompiled()
  if (settings.workers === 1) return await serveHttp(settings, alone(settings))
  if (settings.store === 'memory') throw new UsageError(unshareable)
  const { default: cluster } = await import('node:cluster')
  if (cluster.isPrimary) {
    const { superviseWorkers } = await import('./workers/primary.ts')
    return await superviseWorkers(settings, stopTimeoutMs)
  }
  const { joinWorkers } = await import('./workers/worker.ts')
  const part = await joinWorkers()
  await serveHttp(settings, part).finally(part.release)
}

const unshareable =
  'The memory store is the memory of one process, so workers cannot share it. Choose --store sqlite, or --workers 1.'

/** What a process has to know beyond its settings; a worker is told it by the one that started it. */
type Part = Pick<WorkerPart, 'port' | 'announces' | 'stopped' | 'listening' | 'release'> &
  Partial<Pick<WorkerPart, 'warn' | 'failedAttempts'>>

function alone({ port }: ServerSettings): Part {
  const { signal, release } = firstSignal()
  return { port, announces: true, stopped: signal, listening() {}, release }
}

async function serveHttp(settings: ServerSettings, part: Part): Promise<void> {
  const isWorker = part.warn !== undefined
  const warn = part.warn ?? ((sentence) => transport.app.log.warn(sentence))
  await using orchestrator = await openOrchestrator(settings, warn)
  await orchestrator.ready()
  const key = apiKey(process.env)
  const transport = await createTransport(settings, orchestrator, {
    key,
    failedAttempts: part.failedAttempts,
    isWorker,
  })
  const { log } = transport.app
  const tell = isWorker ? 'debug' : 'info'
  try {
    const baseUrl = await listen(transport, settings, part)
    if (part.announces) {
      log.info(`API docs: ${baseUrl}/docs`)
      await handleFirstStart(settings, orchestrator, { hasApiKey: key !== undefined, baseUrl, log })
    }
    part.listening(portOf(transport))
    await part.stopped
    log[tell]('Shutting down gracefully...')
    endAfter(stopTimeoutMs, log)
  } finally {
    await transport.close()
  }
  await orchestrator.close()
  log[tell]('Server shut down gracefully')
  part.release()
}

interface Circumstances {
  readonly key: string | undefined
  readonly failedAttempts: Part['failedAttempts']
  readonly isWorker: boolean
}

async function createTransport(
  settings: ServerSettings,
  orchestrator: Orchestrator,
  { key, failedAttempts, isWorker }: Circumstances,
) {
  const { createHttpTransport } = await import('../http/transport.ts')
  const { trustProxy, corsOrigins, allowedHosts, allowedOrigins, failedAuthLimit, maxDelay, logLevel } =
    settings
  const options = {
    orchestrator,
    cors: corsOrigins,
    allowedHosts,
    allowedOrigins,
    logger: await logToStderr({ level: logLevel, isShared: isWorker }),
    ...(key !== undefined && { apiKey: key }),
    ...(trustProxy !== undefined && { trustProxy }),
    ...toFailedAuthentications(failedAuthLimit, failedAttempts),
    ...(maxDelay !== undefined && { overload: maxDelay === false ? maxDelay : { maxDelayMs: maxDelay } }),
  }
  try {
    return createHttpTransport(options)
  } catch (error) {
    throw toUsageError(error)
  }
}

function toFailedAuthentications(
  limit: ServerSettings['failedAuthLimit'],
  shared: Part['failedAttempts'],
): Pick<HttpTransportOptions, 'failedAuthentications'> {
  if (limit === false) return { failedAuthentications: false }
  if (shared) return { failedAuthentications: shared }
  return limit === undefined ? {} : { failedAuthentications: { limit } }
}

async function listen(
  transport: HttpTransport,
  { host }: ServerSettings,
  { port, announces }: Part,
): Promise<string> {
  const { log } = transport.app
  const { level } = log
  // Where several listen at one address, one of them says so.
  if (!announces) log.level = 'silent'
  try {
    return await transport.listen({ host, port })
  } catch (error) {
    throw toListenError(error, { host, port })
  } finally {
    log.level = level
  }
}

function portOf({ app }: HttpTransport): number {
  const address = app.server.address()
  if (typeof address !== 'object' || !address) throw new Error('A server that listens has a port.')
  return address.port
}
