import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execPath } from 'node:process'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js'
import { freePort } from '../../../step_definitions/support/sockets.ts'
import { eventually } from '../../../test/support/eventually.ts'
import { fileOf, readGuide } from '../guides/guide.ts'
import { repository } from '../stage.ts'
import { addMcpHub } from './programs-on-path.ts'
import type { ServedProduct } from './served-product.ts'

const gatewayGuide = 'docs/how-to/connect-a-gateway.md'

export interface Gateway {
  /** A client of the one endpoint that the gateway has for all servers. */
  readonly client: Client
}

/** The real mcp-hub, in a folder of its own, with the configuration and the other server of the guide. */
export async function startGateway(
  product: ServedProduct,
  { token, stops }: { readonly token: string; readonly stops: (() => unknown)[] },
): Promise<Gateway> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mcp-orchestration-gateway-'))
  stops.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }))
  await installMcpHub({ bin: path.join(folder, 'bin'), home: folder })
  await writeGuideFiles(folder, product)
  const port = await freePort()
  const env = {
    HOME: folder,
    PATH: [path.join(folder, 'bin'), path.dirname(execPath), process.env.PATH].join(path.delimiter),
    ORCHESTRATION_TOKEN: token,
  }
  const args = ['--port', `${port}`, '--config', 'hub.json']
  const child = spawn(path.join(folder, 'bin/mcp-hub'), args, { cwd: folder, env, stdio: 'ignore' })
  const ended = once(child, 'exit')
  stops.push(() => child.kill() && ended)
  const url = new URL(`http://127.0.0.1:${port}`)
  await eventually(() => assertReady(url), { withinMs: 20_000 })
  return { client: await connect(new URL('/mcp', url), stops) }
}

/** With a list of servers to choose from that is fresh, so that it asks for none on the internet. */
export async function installMcpHub({ bin, home }: { readonly bin: string; readonly home: string }) {
  await addMcpHub(bin)
  const cache = path.join(home, '.local/share/mcp-hub/cache')
  await mkdir(cache, { recursive: true })
  const registry = { version: '1', generatedAt: Date.now(), totalServers: 1, servers: [{ id: 'none' }] }
  const marketplace = { registry, lastFetchedAt: Date.now(), serverDocumentation: {} }
  await writeFile(path.join(cache, 'registry.json'), JSON.stringify(marketplace))
}

async function writeGuideFiles(folder: string, { origin }: ServedProduct): Promise<void> {
  const { fences } = await readGuide(path.join(repository, gatewayGuide))
  for (const name of ['hub.json', 'clock.mjs']) {
    const fence = fences.find((each) => fileOf(each) === name)
    assert.ok(fence, `${gatewayGuide} has no ${name}.`)
    await writeFile(path.join(folder, name), fence.text.replace('http://127.0.0.1:8000', origin))
  }
}

async function assertReady(url: URL): Promise<void> {
  const answer = await fetch(new URL('/api/health', url))
  const { state } = (await answer.json()) as { readonly state: string }
  assert.equal(state, 'ready')
}

async function connect(url: URL, stops: (() => unknown)[]): Promise<Client> {
  const client = new Client({ name: 'priyas-client', version: '1.0.0' })
  stops.push(() => client.close())
  await client.connect(new SSEClientTransport(url))
  return client
}
