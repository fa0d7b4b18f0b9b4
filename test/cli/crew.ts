import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { eventually } from '../support/eventually.ts'
import { type Running, type Sandbox, start } from '../support/sandbox.ts'

/** A server of several workers. */
export interface ServedCrew {
  readonly server: Running
  readonly baseUrl: string
  /** Of the primary, which serves nothing itself. */
  readonly pid: number
}

export interface CrewSettings {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

export const apiKey = 'an-api-key-of-priya'

/** Resolves when two workers listen. */
export async function serveWithWorkers(
  sandbox: Sandbox,
  { args = [], env = {} }: CrewSettings = {},
): Promise<ServedCrew> {
  const server = start(sandbox, 'serve-http', ['--port', '0', '--workers', '2', ...args], {
    env: { MCP_ORCHESTRATION_API_KEY: apiKey, ...env },
  })
  const [, baseUrl = ''] = await server.says(/"msg":"Server running on (http:\/\/127\.0\.0\.1:\d+)"/)
  await server.says(/"msg":"2 workers share the work\."/)
  return { server, baseUrl, pid: server.child.pid ?? 0 }
}

export interface Reply {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Over a connection of its own, so that it goes to the worker whose turn it is. */
export async function ask(
  url: string,
  headers: Readonly<Record<string, string>> = { 'X-API-Key': apiKey },
): Promise<Reply> {
  const [response] = (await once(request(url, { agent: false, headers }).end(), 'response')) as [
    IncomingMessage,
  ]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** The lines of the log so far, as JSON. */
export function linesOf(server: Running): readonly Readonly<Record<string, unknown>>[] {
  return server
    .stderr()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
}

/** The workers that answer, seen by asking until so many have. */
export function workersOf({ server, baseUrl }: ServedCrew, count = 2): Promise<readonly number[]> {
  const from = linesOf(server).length
  return eventually(async () => {
    await ask(`${baseUrl}/health`)
    const answered = linesOf(server)
      .slice(from)
      .filter(({ msg }) => msg === 'request answered')
    const pids = [...new Set(answered.map(({ pid }) => Number(pid)))]
    assert.equal(pids.length, count, server.stderr())
    return pids
  })
}

/** A request whose body is not all there yet, so that one worker is busy with it. */
export async function beginRequest(baseUrl: string) {
  const { hostname, port, host } = new URL(baseUrl)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  const head = [
    'POST /v1/keys/initialize HTTP/1.1',
    `Host: ${host}`,
    `X-API-Key: ${apiKey}`,
    'Content-Type: application/json',
    'Content-Length: 2',
    'Expect: 100-continue',
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  await once(socket, 'data')
  return {
    async finish() {
      socket.write('{}')
      return await text(socket)
    },
  }
}

/** Resolves when nobody listens there any more. One that still gets a connection may wait on it until the last process has ended. */
export function untilRefused(baseUrl: string): Promise<void> {
  const { hostname: host, port } = new URL(baseUrl)
  return eventually(async () => {
    const socket = connect({ host, port: Number(port) })
    try {
      await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' })
    } finally {
      socket.destroy()
    }
  })
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Node's options for processes that first run some code of the test. */
export function preload(code: string): string {
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}
