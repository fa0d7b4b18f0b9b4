import path from 'node:path'
import { execPath } from 'node:process'
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttp,
} from '@modelcontextprotocol/client'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JsonObject } from '../../../src/index.ts'

/** What both lines of the SDK's client have. */
interface Connected {
  listTools(): Promise<{ readonly tools: readonly { readonly name: string }[] }>
  close(): Promise<void>
}

/** Where a command is started: the user's folder, and the first folder in which programs are looked for. */
interface Place {
  readonly home: string
  readonly bin: string
}

const identity = { name: 'priyas-client', version: '1.0.0' }

/** The names of the tools that clients find by an entry: one that starts its command, or one of each line of the SDK at its address. */
export async function toolsByEntry(entry: JsonObject, place: Place): Promise<readonly (readonly string[])[]> {
  const connect =
    'command' in entry ? [() => byCommand(entry, place)] : [() => byAddress(entry), () => byAddressNow(entry)]
  const offered: (readonly string[])[] = []
  for (const connectOne of connect) {
    const client = await connectOne()
    const { tools } = await client.listTools().finally(() => client.close())
    offered.push(tools.map(({ name }) => name))
  }
  return offered
}

/** As Claude Desktop would: the command from the PATH, with the entry's environment. */
async function byCommand({ command, args, env }: JsonObject, { home, bin }: Place): Promise<Connected> {
  const { PATH = '' } = process.env
  const ours = { HOME: home, PATH: [bin, path.dirname(execPath), PATH].join(path.delimiter) }
  const transport = new StdioClientTransport({
    command: String(command),
    args: (args as readonly string[]).map(String),
    env: { ...ours, ...(env as Readonly<Record<string, string>>) },
    stderr: 'ignore',
  })
  const client = new Client(identity)
  await client.connect(transport)
  return client
}

async function byAddress(entry: JsonObject): Promise<Connected> {
  const client = new Client(identity)
  const transport = new StreamableHTTPClientTransport(addressOf(entry), { requestInit: headersOf(entry) })
  // The SDK's own transport doesn't fit its interface under exactOptionalPropertyTypes.
  await client.connect(transport as Transport)
  return client
}

async function byAddressNow(entry: JsonObject): Promise<Connected> {
  const client = new ModernClient(identity, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
  await client.connect(new ModernHttp(addressOf(entry), { requestInit: headersOf(entry) }))
  return client
}

function addressOf({ url, serverUrl, httpUrl }: JsonObject): URL {
  return new URL(String(url ?? serverUrl ?? httpUrl))
}

function headersOf({ headers }: JsonObject) {
  return { headers: headers as Readonly<Record<string, string>> }
}
