import { execFile } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { Agent, buildConnector, request } from 'undici'
import type { Answer } from '../../../step_definitions/support/http.ts'
import { programPath } from '../../../test/support/programs.ts'
import type { Stage } from '../stage.ts'
import { hostName } from './installation.ts'

export const certificate = '/etc/ssl/mcp-orchestration/cert.pem'
const key = '/etc/ssl/mcp-orchestration/key.pem'

export interface Call {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Somebody on the network who trusts the guide's certificate, and to whom the guide's name leads to the stage. */
export interface Caller {
  call(url: string, call?: Call): Promise<Answer>
  readonly agent: Agent
}

/** `from` is the caller's own address: all of 127.0.0.0/8 is this machine. */
export async function createCaller(stage: Stage, from = '127.0.0.1'): Promise<Caller> {
  const ca = await readFile(stage.at(certificate))
  const connect = buildConnector({ ca })
  const agent = new Agent({
    connect: (options, callback) => {
      const port = String(stage.port(options.protocol === 'https:' ? 443 : 80))
      connect({ ...options, hostname: '127.0.0.1', port, servername: hostName, localAddress: from }, callback)
    },
  })
  return {
    agent,
    async call(url, { method = 'GET', headers = {}, body } = {}) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const answer = await request(url, {
        method,
        headers: { ...json, ...headers },
        body: body ?? null,
        dispatcher: agent,
      })
      return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
    },
  }
}

/** For a client that brings no network of its own; what it asks for is answered in one piece. */
export function toFetch({ call }: Caller): (url: string | URL, init?: RequestInit) => Promise<Response> {
  return async (url, init = {}) => {
    const { status, headers, text } = await call(String(url), {
      method: init.method === 'POST' ? 'POST' : 'GET',
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(typeof init.body === 'string' && { body: init.body }),
    })
    const pairs = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
    return new Response(text, { status, headers: pairs })
  }
}

/** As the guide makes it. */
export async function makeCertificate(stage: Stage): Promise<void> {
  await mkdir(dirname(stage.at(certificate)), { recursive: true })
  await promisify(execFile)(await programPath('openssl'), [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${hostName}`, '-addext', `subjectAltName=DNS:${hostName}`],
    ...['-keyout', stage.at(key), '-out', stage.at(certificate)],
  ])
}
