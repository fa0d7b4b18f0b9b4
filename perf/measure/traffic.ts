import type autocannon from 'autocannon'
import { reasonAgainst } from '../failures.ts'

/** One request, and how its success is told from everything else. */
export interface Shot {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  /** Default: 200. */
  readonly status?: number
  /** Stands in the body of a success and of nothing else; none where a success has no body. */
  readonly mark: string
}

/** What is sent over and over: requests in turn, and each may differ from every other by its number. */
export type Traffic = readonly (Shot | ((index: number) => Shot))[]

/** No two requests of a run share a number, whichever server they go to; 0 to 99 are for samples. */
let sent = 100

export function nextIndex(): number {
  return sent++
}

/** As the load generator wants it; `onFailure` hears of each answer that was no success, and why. */
export function toRequests(
  traffic: Traffic,
  headers: Readonly<Record<string, string>>,
  onFailure: (reason: string) => void,
): autocannon.Request[] {
  return traffic.map((each) => {
    const { status = 200, mark, ...first } = typeof each === 'function' ? each(0) : each
    return {
      ...toMessage(first, headers),
      ...(typeof each === 'function' && {
        setupRequest: (request: autocannon.Request) => ({
          ...request,
          ...toMessage(each(nextIndex()), headers),
        }),
      }),
      onResponse: (answered: number, text: string) => {
        const reason = reasonAgainst({ status, mark }, { status: answered, text })
        if (reason !== undefined) onFailure(reason)
      },
    }
  })
}

function toMessage(
  { method, path, headers, body }: Pick<Shot, 'method' | 'path' | 'headers' | 'body'>,
  common: Readonly<Record<string, string>>,
) {
  const json = body ? { 'content-type': 'application/json' } : {}
  return {
    method,
    path,
    headers: { ...common, ...json, ...headers },
    ...(body && { body: JSON.stringify(body) }),
  }
}
