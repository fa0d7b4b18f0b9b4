import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { MockAgent, request, setGlobalDispatcher } from 'undici'

/** What came back for one request: what Priya's program gets to see. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Request {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  /** A value goes out as JSON, a string as it is. */
  readonly body?: object | string
}

/** One real request on a real socket. */
export async function send(
  url: string,
  { method = 'GET', headers = {}, body }: Request = {},
): Promise<Answer> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await request(url, {
    method,
    headers: { ...json, ...headers },
    body: typeof body === 'object' ? JSON.stringify(body) : (body ?? null),
  })
  return { status: response.statusCode, headers: response.headers, text: await response.body.text() }
}

/** The answer's JSON, in the shape that the step is about to look at. */
export function jsonOf<T>(answer: Answer): T {
  assert.match(String(answer.headers['content-type']), /^application\/([a-z-]+\+)?json\b/, answer.text)
  return JSON.parse(answer.text) as T
}

/** As `jsonOf`, for an answer that must be a success. */
export function resultOf<T>(answer: Answer): T {
  assert.equal(answer.status, 200, answer.text)
  return jsonOf<T>(answer)
}

/** From here on a request that would leave this machine fails. */
export function forbidForeignHosts(): { close(): Promise<void> } {
  const agent = new MockAgent()
  agent.disableNetConnect()
  agent.enableNetConnect(/^(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?$/)
  setGlobalDispatcher(agent)
  return agent
}
