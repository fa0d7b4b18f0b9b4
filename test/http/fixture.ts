import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Agent, request } from 'undici'
import { createAudit } from '../../src/audit/audit.ts'
import { createAuthentication } from '../../src/http/access/authentication.ts'
import { type AppOptions, createApp } from '../../src/http/app.ts'
import { createLifecycle, type Lifecycle } from '../../src/http/lifecycle.ts'
import type { McpEndpoint } from '../../src/mcp/endpoint.ts'
import { defineOperation, type Operation } from '../../src/operations/operation.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import { createMemoryStore } from '../../src/store/memory-store.ts'
import type { Scope } from '../../src/vocabulary.ts'

export const readToken = 'read-token-of-the-tests-43-characters-long-'
export const writeToken = 'write-token-of-the-tests-43-characters-long'
export const fullToken = 'full-token-of-the-tests-43-characters-long-'
export const apiKey = 'Schlüssel-für-Priya'

export interface Served {
  readonly app: FastifyInstance
  readonly orchestrator: Orchestrator
  readonly lifecycle: Lifecycle
  readonly url: string
  readonly port: number
  /** The ids whose use was recorded. */
  readonly uses: readonly string[]
  /** What the operations were called with. */
  readonly inputs: readonly unknown[]
  /** Everything that was logged. */
  readonly log: () => string
}

export interface ServeOptions
  extends Partial<Omit<AppOptions, 'operations' | 'authentication' | 'lifecycle'>> {
  readonly operations?: (record: (input: unknown) => void) => readonly Operation[]
  readonly level?: string
  readonly fail?: Error
  readonly stallTimeoutMs?: number
  /** Whose pages may call `/mcp`; none is. */
  readonly allowedOrigins?: readonly string[]
}

/** The API on a real socket, over operations of the tests' own and an orchestrator that has no more than HTTP itself uses. */
export async function serve(context: TestContext, options: ServeOptions = {}): Promise<Served> {
  const {
    operations = sampleOperations,
    level = 'silent',
    fail,
    stallTimeoutMs = 30_000,
    allowedOrigins = [],
    ...rest
  } = options
  const uses: string[] = []
  const inputs: unknown[] = []
  const lines: string[] = []
  const orchestrator = createOrchestrator(uses, fail)
  const lifecycle = createLifecycle({ stallTimeoutMs })
  const app = createApp({
    orchestrator,
    operations: operations((input) => inputs.push(input)),
    authentication: createAuthentication({ orchestrator, apiKey }),
    lifecycle,
    mcp: { endpoint: noMcp, methods: ['POST'], rules: { allowedHosts: [], allowedOrigins } },
    bodyLimitBytes: 64 * 1024,
    requestTimeoutMs: 60_000,
    logger: { level, stream: { write: (line: string) => lines.push(line) } },
    ...rest,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  context.after(async () => {
    lifecycle.stop()
    await app.close()
  })
  const { port } = app.server.address() as AddressInfo
  return { app, orchestrator, lifecycle, url, port, uses, inputs, log: () => lines.join('') }
}

const noMcp: McpEndpoint = {
  answerPlain: () => undefined,
  answer: async () => new Response(null, { status: 204 }),
  endStreams() {},
  async close() {},
}

export function createOrchestrator(uses: string[] = [], fail?: Error): Orchestrator {
  const tokens: Record<string, { id: string; scopes: readonly Scope[] }> = {
    [readToken]: { id: 'tok_read', scopes: ['read'] },
    [writeToken]: { id: 'tok_write', scopes: ['write'] },
    [fullToken]: { id: 'tok_full', scopes: ['read', 'write', 'publish', 'deploy'] },
  }
  const fake = {
    tokens: {
      async verify(token: string) {
        if (fail) throw fail
        return tokens[token]
      },
      // None was verified before.
      verifiedIn: () => undefined,
      recordUse: (id: string) => uses.push(id),
    },
    keys: { jwks: async () => ({ keys: [{ kty: 'OKP', kid: 'one' }] }) },
    audit: createAudit({ store: createMemoryStore(), clock: () => new Date() }),
    epoch: async () => performance.now(),
    async ready() {
      if (fail) throw fail
    },
  }
  return fake as unknown as Orchestrator
}

/** A read, a change and a removal, with each kind of field. */
function sampleOperations(record: (input: unknown) => void): readonly Operation[] {
  const shared = { tool: 'none', summary: 'For tests', description: 'For tests.', errors: [] }
  const closed = { additionalProperties: false }
  const id = Type.String({ pattern: '^[a-z0-9][a-z0-9._-]{0,63}$' })
  const echo = Type.Object({ input: Type.Record(Type.String(), Type.Unknown()) })
  const handler = async (_context: unknown, input: unknown) => {
    record(input)
    return { input: input as Record<string, unknown> }
  }
  const filter = {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    ratio: Type.Optional(Type.Number()),
    all: Type.Optional(Type.Boolean()),
    search: Type.Optional(Type.String({ maxLength: 200 })),
  }
  const change = {
    text: Type.Optional(Type.String()),
    params: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }
  return [
    defineOperation({
      ...shared,
      id: 'list',
      method: 'GET',
      path: '/v1/notes',
      scope: 'read',
      input: Type.Object(filter, closed),
      output: echo,
      handler,
    }),
    defineOperation({
      ...shared,
      id: 'get',
      method: 'GET',
      path: '/v1/notes/{note_id}',
      scope: 'read',
      input: Type.Object({ note_id: id, ...filter }, closed),
      output: echo,
      handler,
    }),
    defineOperation({
      ...shared,
      id: 'change',
      method: 'POST',
      path: '/v1/notes/{note_id}/change',
      scope: 'publish',
      input: Type.Object({ note_id: id, ...change }, closed),
      output: echo,
      handler,
    }),
    defineOperation({
      ...shared,
      id: 'remove',
      method: 'DELETE',
      path: '/v1/notes/{note_id}',
      scope: 'write',
      input: Type.Object({ note_id: id }, closed),
      output: echo,
      handler,
    }),
  ]
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** The body as JSON; an empty object if it is none. */
  readonly json: Readonly<Record<string, unknown>>
}

export interface Call {
  readonly method?: string
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** A request by undici, with the full token unless told otherwise. What is no string or bytes is sent as JSON. */
export async function call(served: Pick<Served, 'url'>, path: string, options: Call = {}): Promise<Answer> {
  const {
    method = options.body === undefined ? 'GET' : 'POST',
    token = fullToken,
    headers = {},
    body,
  } = options
  const isRaw = body === undefined || typeof body === 'string' || body instanceof Uint8Array
  const dispatcher = new Agent({ connections: 1, pipelining: 0 })
  try {
    const answer = await request(served.url + path, {
      method: method as 'GET',
      dispatcher,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: (isRaw ? body : JSON.stringify(body)) ?? null,
    })
    return toAnswer(answer.statusCode, answer.headers, await answer.body.text())
  } finally {
    await dispatcher.close()
  }
}

/** Bytes as they are, and all that comes back until the server closes. */
export async function exchange(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<Answer> {
  const socket = await open(port)
  const answer = readAll(socket)
  for (const part of parts) socket.write(part)
  return parseAnswer(await answer)
}

export async function open(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

export async function readAll(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

/** A request's head, closed after the answer. */
export function head(method: string, target: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = { host: 'localhost', connection: 'close', authorization: `Bearer ${fullToken}`, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`
}

export function parseAnswer(raw: string): Answer {
  const [top = '', ...body] = raw.split('\r\n\r\n')
  const [first = '', ...lines] = top.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return toAnswer(Number(first.split(' ')[1]), headers, body.join('\r\n\r\n'))
}

function toAnswer(status: number, headers: Answer['headers'], text: string): Answer {
  // More may follow on the same connection.
  const body = Buffer.from(text).subarray(0, Number(headers['content-length'] ?? text.length))
  return { status, headers, text, json: text.startsWith('{') ? JSON.parse(body.toString()) : {} }
}
