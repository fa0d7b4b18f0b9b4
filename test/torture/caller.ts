import { apiKey } from './served.ts'

/** What came back, whole. A request that was cut off throws instead. */
export interface Answer {
  readonly status: number
  /** Under which the log and the audit log have it. */
  readonly requestId: string
  readonly body: Readonly<Record<string, unknown>>
}

export type Call = (method: string, path: string, body?: object) => Promise<Answer>

/** Calls with the key of the server's owner. `onSent` hears of each request as it goes out, and what it answers of its answer. */
export function createCaller(url: string, onSent: (path: string) => () => void = () => () => {}): Call {
  return async (method, path, body) => {
    const response = fetch(`${url}${path}`, {
      method,
      headers: { 'x-api-key': apiKey, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(longestMs),
    })
    const onAnswered = onSent(path)
    const came = await response
    onAnswered()
    const requestId = came.headers.get('x-request-id') ?? ''
    return { status: came.status, requestId, body: (await came.json()) as Answer['body'] }
  }
}

/** Nothing takes nearly as long; a server that hangs must not hang whoever tortures it. */
const longestMs = 30_000
