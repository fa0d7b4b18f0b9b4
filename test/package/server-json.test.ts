import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { before, describe, test } from 'node:test'
import { callOperation, createHttpTransport, getOperation } from '../../src/index.ts'
import type { Remote, ServerJson } from '../../src/servers/server-json.ts'
import { compileServerJsonCheck } from '../../src/servers/server-json-check.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { root } from './installation.ts'

interface Manifest {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly private?: boolean
  readonly mcpName?: string
}

describe("the product's own server.json", () => {
  let json: ServerJson
  let manifest: Manifest
  let remote: Remote

  before(async () => {
    json = await readJson('server.json')
    manifest = await readJson('package.json')
    const [only, ...others] = json.remotes ?? []
    assert.ok(only && others.length === 0)
    remote = only
  })

  test("has the registry's shape, and no field that its API would refuse", () => {
    assert.deepEqual(compileServerJsonCheck()(json), { ok: true, json })
  })

  test('has the name, the version and the first sentence of the package', () => {
    assert.equal(json.name, `io.github.mcp-orchestration/${manifest.name}`)
    assert.equal(json.version, manifest.version)
    assert.ok(manifest.description.startsWith(`${json.description}. `), manifest.description)
  })

  test('names a package from the day on which there is one that anybody can install', () => {
    const isPublished = manifest.private !== true
    assert.equal(json.packages !== undefined, isPublished)
    assert.equal(manifest.mcpName, isPublished ? json.name : undefined)
  })

  test('leads to /mcp with a header that lets in, and without which nobody gets in', async (context) => {
    const orchestrator = await createTestOrchestrator(context)
    const { token } = await orchestrator.tokens.generate({ name: 'reader', scopes: ['read'] })
    const transport = createHttpTransport({ orchestrator, logger: false })
    context.after(() => transport.close())
    const { host } = new URL(await transport.listen({ port: 0 }))
    const url = fill(remote.url, { host })
    assert.equal((await ping(url, headersOf(remote, { token }))).status, 200)
    assert.equal((await ping(url, {})).status, 401)
  })

  test('asks for the host and for the token, and for the token as a secret', async (context) => {
    const { parameters } = await inCatalogue(context)
    const asked = parameters.map(({ name, required, secret }) => ({ name, required, secret }))
    assert.deepEqual(asked, [
      { name: 'host', required: true, secret: false },
      { name: 'token', required: true, secret: true },
    ])
  })

  test('makes an entry of the catalogue, whose token stays out of the draft', async (context) => {
    const { call } = await inCatalogue(context)
    const params = { host: 'mcp.example.com', token: 'Priya-keeps-this' }
    const { draft } = await call('add_server_to_config', { ...cursor, server_id: 'orchestration', params })
    assert.deepEqual(draft, {
      mcpServers: {
        orchestration: {
          type: 'streamable-http',
          url: 'https://mcp.example.com/mcp',
          headers: { Authorization: 'Bearer ${secret:cursor/default/orchestration/token}' },
        },
      },
    })
  })
})

const cursor = { client_id: 'cursor', profile_id: 'default' }

async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(root, file), 'utf8'))
}

/** As whoever reads the file fills it in; in front of the server, a proxy speaks the TLS that it names. */
function fill(template: string, values: Readonly<Record<string, string>>): string {
  const filled = template.replace(/\{(\w+)\}/g, (placeholder, name) => values[name] ?? placeholder)
  return filled.replace(/^https:/, 'http:')
}

function headersOf({ headers = [] }: Remote, values: Readonly<Record<string, string>>) {
  return Object.fromEntries(headers.map(({ name, value = '' }) => [name, fill(value, values)]))
}

function ping(url: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
  const accept = 'application/json, text/event-stream'
  return fetch(url, {
    method: 'POST',
    headers: { ...headers, accept, 'content-type': 'application/json' },
    body,
  })
}

/** The file as a user's own server, from which the product configures clients to reach another installation of itself. */
async function inCatalogue(context: Parameters<typeof createTestOrchestrator>[0]) {
  const orchestrator = await createTestOrchestrator(context)
  const folder = path.join(orchestrator.home, 'servers')
  await mkdir(folder, { recursive: true })
  await copyFile(path.join(root, 'server.json'), path.join(folder, 'orchestration.json'))
  const { parameters } = await call('describe_server', { server_id: 'orchestration' })
  return { call, parameters: parameters as readonly Asked[] }

  async function call(id: string, input: object) {
    const operation = getOperation(id)
    assert.ok(operation)
    const principal = { id: 'test', scopes: ['admin'], limits: null } as const
    return (await callOperation(operation, { orchestrator, principal, door: 'library' }, input)) as Record<
      string,
      unknown
    >
  }
}

interface Asked {
  readonly name: string
  readonly required: boolean
  readonly secret: boolean
}
