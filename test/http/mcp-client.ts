import { request as ask, type IncomingMessage } from 'node:http'
import type { TestContext } from 'node:test'
import { createHttpTransport, type HttpTransport, type HttpTransportOptions } from '../../src/index.ts'
import type { Orchestrator } from '../../src/orchestrator.ts'
import type { Scope } from '../../src/vocabulary.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { type Answer, call } from './fixture.ts'

/** A transport on a real socket, in front of an orchestrator with nothing in it. */
export interface ServedMcp {
  readonly url: string
  readonly transport: HttpTransport
  readonly orchestrator: Orchestrator
  /** What was logged, a line for each. */
  readonly log: () => readonly LogLine[]
}

export type LogLine = Readonly<Record<string, unknown>>

export interface Credential {
  readonly id: string
  readonly token: string
}

export async function serveMcp(
  t: TestContext,
  options: HttpTransportOptions = {},
  host = '127.0.0.1',
): Promise<ServedMcp> {
  const orchestrator = options.orchestrator ?? (await createTestOrchestrator(t))
  const lines: string[] = []
  const stream = { write: (line: string) => lines.push(line) }
  const transport = createHttpTransport({ logger: { level: 'warn', stream }, ...options, orchestrator })
  t.after(() => transport.close())
  const url = await transport.listen({ host, port: 0 })
  return { url, transport, orchestrator, log: () => lines.map((line) => JSON.parse(line)) }
}

export async function credential(
  { orchestrator }: Pick<ServedMcp, 'orchestrator'>,
  ...scopes: readonly Scope[]
): Promise<Credential> {
  const { token, record } = await orchestrator.tokens.generate(scopes.length > 0 ? { scopes } : {})
  return { id: record.id, token }
}

/** What a client of a 2025 revision sends along. */
export const accept = { accept: 'application/json, text/event-stream' }

export interface Message {
  readonly jsonrpc: '2.0'
  readonly id?: number | string
  readonly method: string
  readonly params?: Readonly<Record<string, unknown>>
}

export function message(method: string, params: Message['params'] = {}, id: number | string = 1): Message {
  return { jsonrpc: '2.0', id, method, params }
}

const modernRevision = '2026-07-28'

const envelope = {
  'io.modelcontextprotocol/protocolVersion': modernRevision,
  'io.modelcontextprotocol/clientInfo': { name: 'a-test', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** A request of 2026-07-28: what is in its headers is in its body, too. */
export function modern(method: string, params: Readonly<Record<string, unknown>> = {}) {
  const name = params.name ?? params.uri
  return {
    body: message(method, { ...params, _meta: { ...envelope, ...(params._meta as object) } }),
    headers: {
      ...accept,
      'mcp-protocol-version': modernRevision,
      'mcp-method': method,
      ...(typeof name === 'string' && { 'mcp-name': name }),
    },
  }
}

export function initialize(protocolVersion = '2025-11-25'): Message {
  return message('initialize', {
    protocolVersion,
    capabilities: {},
    clientInfo: { name: 'a-test', version: '1.0.0' },
  })
}

export interface PostOptions {
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: string
}

export async function post(served: Pick<ServedMcp, 'url'>, body: unknown, options: PostOptions = {}) {
  const { token = null, headers = {}, path = '/mcp' } = options
  return call(served, path, { method: 'POST', token, body, headers: { ...accept, ...headers } })
}

export async function postModern(
  served: Pick<ServedMcp, 'url'>,
  method: string,
  params: Readonly<Record<string, unknown>>,
  { token = null, headers = {}, path = '/mcp' }: PostOptions = {},
): Promise<Answer> {
  const sent = modern(method, params)
  return call(served, path, { token, body: sent.body, headers: { ...sent.headers, ...headers } })
}

/** The id of a session that is ready for use. */
export async function openSession(
  served: Pick<ServedMcp, 'url'>,
  { token }: Pick<Credential, 'token'>,
  { revision = '2025-11-25', path = '/mcp' } = {},
): Promise<string> {
  const { headers, status, text } = await post(served, initialize(revision), { token, path })
  const id = headers['mcp-session-id']
  if (status !== 200 || typeof id !== 'string') throw new Error(`No session: ${status} ${text}`)
  return id
}

/** The messages of an answer, of either content type. */
export function messagesOf({ headers, text }: Pick<Answer, 'headers' | 'text'>): readonly RpcAnswer[] {
  if (!String(headers['content-type']).startsWith('text/event-stream')) return [JSON.parse(text)].flat()
  return eventsOf(text).flatMap(({ data }) => (data ? [JSON.parse(data)] : []))
}

export interface RpcAnswer {
  readonly id?: unknown
  readonly method?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly result?: Readonly<Record<string, unknown>>
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data?: Readonly<Record<string, unknown>>
  }
}

/** The last message, which is the answer proper. */
export function answerOf(answer: Pick<Answer, 'headers' | 'text'>): RpcAnswer {
  return messagesOf(answer).at(-1) ?? {}
}

/** What a list holds, by its name. */
export function listOf(
  answer: Pick<Answer, 'headers' | 'text'>,
  list: 'tools' | 'resources',
): readonly { readonly name: string; readonly uri: string }[] {
  return (answerOf(answer).result?.[list] ?? []) as ReturnType<typeof listOf>
}

export function textOf(answer: Pick<Answer, 'headers' | 'text'>): string {
  const [content] = (answerOf(answer).result?.content ?? []) as readonly { readonly text: string }[]
  return content?.text ?? ''
}

/** Events of a stream (HTML standard, section 9.2.6): those that are whole. */
export function eventsOf(text: string): readonly { readonly id?: string; readonly data?: string }[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .map((block) =>
      Object.fromEntries(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
      ),
    )
}

export interface OpenStream {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** What has come so far. */
  readonly text: () => string
  /** Whether it came to a proper end, once it is over. */
  readonly ended: Promise<boolean>
  leave(): void
}

export interface StreamOptions {
  readonly method?: string
  readonly token: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly path?: string
}

/** Opens what may go on for long, on a connection of its own. */
export async function openStream(
  served: Pick<ServedMcp, 'url'>,
  options: StreamOptions,
): Promise<OpenStream> {
  const { body, method = body === undefined ? 'GET' : 'POST', token, headers, path = '/mcp' } = options
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = ask(served.url + path, {
    method,
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      ...accept,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  })
  sent.once('response', resolve).once('error', reject)
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const response = await promise
  let text = ''
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  const ended = new Promise<boolean>((done) => {
    response.on('error', () => {})
    sent.on('error', () => {})
    response.once('close', () => done(response.complete))
  })
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    text: () => text,
    ended,
    leave: () => void sent.destroy(),
  }
}

export function listenTo(
  served: Pick<ServedMcp, 'url'>,
  { token }: Pick<Credential, 'token'>,
  path = '/mcp',
) {
  return openStream(served, {
    token,
    path,
    ...modern('subscriptions/listen', { notifications: { toolsListChanged: true } }),
  })
}

export function openSessionStream(
  served: Pick<ServedMcp, 'url'>,
  { token }: Pick<Credential, 'token'>,
  sessionId: string,
  headers: Readonly<Record<string, string>> = {},
) {
  return openStream(served, { token, headers: { 'mcp-session-id': sessionId, ...headers } })
}
