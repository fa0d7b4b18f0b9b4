import { isIP } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'
import { toHostName } from '../http/access/caller-origin.ts'
import { type CorsOrigins, toOrigin } from '../http/access/cors.ts'

/**
 * Every setting with its flag and its environment variable; a flag wins. Only the API key has no flag: a process list would show it.
 * A value that makes no sense is wrong usage, named with the flag or the variable that it came from.
 */
const stores = ['sqlite', 'memory'] as const
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

export interface CommonSettings {
  readonly home?: string
  readonly store: (typeof stores)[number]
  readonly logLevel: (typeof logLevels)[number]
}

export interface ServerSettings extends CommonSettings {
  readonly host: string
  readonly port: number
  readonly trustProxy?: TrustProxy
  readonly corsOrigins: CorsOrigins
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
  readonly failedAuthLimit?: number | false
  readonly maxDelay?: number | false
  readonly workers: number
}

/** Anyone, no one, or a list of addresses and ranges. (A number of hops can't tell a proxy from a caller, so there is none.) */
export type TrustProxy = boolean | string

export const homeOption = () =>
  new Option(
    '--home <folder>',
    'where keys, secrets, drafts and releases are kept (default: ~/.mcp-orchestration)',
  )
    .env('MCP_ORCHESTRATION_HOME')
    .argParser(toText)

export const storeOption = () =>
  new Option('--store <store>', 'sqlite keeps state in the home, memory forgets it at the end')
    .env('MCP_ORCHESTRATION_STORE')
    .choices(stores)
    .default('sqlite')

export const logLevelOption = () =>
  new Option('--log-level <level>', 'how much is said on stderr')
    .env('MCP_ORCHESTRATION_LOG_LEVEL')
    .choices(logLevels)
    .default('info')

export const hostOption = () =>
  new Option('--host <address>', 'the address to listen on')
    .env('MCP_ORCHESTRATION_HOST')
    .argParser(toText)
    .default('127.0.0.1')

export const portOption = () =>
  new Option('--port <number>', 'the port to listen on; 0 takes a free one')
    .env('MCP_ORCHESTRATION_PORT')
    .argParser(toPort)
    .default(8000)

export const trustProxyOption = () =>
  new Option(
    '--trust-proxy <proxies>',
    'whose X-Forwarded-* headers count: addresses or ranges separated by commas, loopback, or true for anyone',
  )
    .env('MCP_ORCHESTRATION_TRUST_PROXY')
    .argParser(toTrustProxy)

export const corsOriginsOption = () =>
  new Option(
    '--cors-origins <origins>',
    "whose pages may read answers in a browser: * for everybody's, or origins separated by commas",
  )
    .env('MCP_ORCHESTRATION_CORS_ORIGINS')
    .argParser(toCorsOrigins)
    .default('*')

export const allowedHostsOption = () =>
  new Option(
    '--allowed-hosts <names>',
    'under which names /mcp may be called besides those of this machine, separated by commas: mcp.example.com',
  )
    .env('MCP_ORCHESTRATION_ALLOWED_HOSTS')
    .argParser(toListOf(toHostName))
    .default([], 'none')

export const allowedOriginsOption = () =>
  new Option(
    '--allowed-origins <origins>',
    'whose pages may call /mcp besides those of its own host, separated by commas: https://app.example.com',
  )
    .env('MCP_ORCHESTRATION_ALLOWED_ORIGINS')
    .argParser(toListOf(toOrigin))
    .default([], 'none')

export const failedAuthLimitOption = () =>
  new Option(
    '--failed-auth-limit <count>',
    'how many wrong credentials an address may send in a minute before it is told to wait; off for any number (default: 20)',
  )
    .env('MCP_ORCHESTRATION_FAILED_AUTH_LIMIT')
    .argParser(toFailedAuthLimit)

export const maxDelayOption = () =>
  new Option(
    '--max-delay <ms>',
    'how long a request may have to wait for its turn before it is refused as overloaded; off for any time (default: 800)',
  )
    .env('MCP_ORCHESTRATION_MAX_DELAY')
    .argParser(toMaxDelay)

export const workersOption = () =>
  new Option(
    '--workers <count>',
    'how many processes share the work, on one port and one home; as many as the machine has cores is the most that helps',
  )
    .env('MCP_ORCHESTRATION_WORKERS')
    .argParser(toWorkers)
    .default(1)

export const apiKeyVariable = 'MCP_ORCHESTRATION_API_KEY'

/** The key that is accepted beside tokens, if there is one. */
export function apiKey(env: NodeJS.ProcessEnv): string | undefined {
  return env[apiKeyVariable]
}

/** Whether whoever runs this wants stacks rather than sentences. */
export function isDebugging(level: CommonSettings['logLevel']): boolean {
  return level === 'debug' || level === 'trace'
}

/** A variable that is set to nothing counts as not set: that is how compose files and CI systems write "not set". */
export function dropEmptyVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.startsWith('MCP_ORCHESTRATION_') && value === '') delete env[name]
  }
}

function toText(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.')
  return value
}

function toPort(value: string): number {
  const port = Number(value)
  if (!/^\d{1,5}$/.test(value) || port > 65_535)
    throw new InvalidArgumentError('A port is a whole number from 0 to 65535.')
  return port
}

function toFailedAuthLimit(value: string): number | false {
  if (value === 'off') return false
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('Give a whole number from 1 on, or off.')
}

/** The transport itself says from what on a delay can be measured. */
function toMaxDelay(value: string): number | false {
  if (value === 'off') return false
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('Give a whole number of milliseconds, or off.')
}

/** Each takes a core and some hundred megabytes: more than that is a slip. */
const mostWorkers = 128

function toWorkers(value: string): number {
  if (/^[1-9]\d{0,2}$/.test(value) && Number(value) <= mostWorkers) return Number(value)
  throw new InvalidArgumentError(`Give a whole number from 1 to ${mostWorkers}.`)
}

function toTrustProxy(value: string): TrustProxy {
  if (value === 'true' || value === 'false') return value === 'true'
  const proxies = value.split(',').map((proxy) => proxy.trim())
  if (proxies.every(isProxy)) return proxies.join(',')
  throw new InvalidArgumentError(
    'Give addresses or ranges such as 10.0.0.5,192.168.0.0/16, loopback, true or false.',
  )
}

function toCorsOrigins(value: string): CorsOrigins {
  return value === '*' ? value : toListOf(toOrigin)(value)
}

function toListOf(toEntry: (text: string) => string): (value: string) => readonly string[] {
  return (value) => {
    try {
      return value.split(',').map((entry) => toEntry(entry.trim()))
    } catch (error) {
      throw new InvalidArgumentError(error instanceof Error ? error.message : '')
    }
  }
}

/** An address, a range, or one of the names that Fastify knows for ranges. */
function isProxy(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const bits = { 4: 32, 6: 128 }[isIP(address)]
  return bits !== undefined && Number(prefix ?? bits) <= bits
}
