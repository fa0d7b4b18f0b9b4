import { reasonAgainst } from '../failures.ts'
import type { Target } from './load.ts'
import type { Response } from './response-reader.ts'
import { nextIndex, type Shot } from './traffic.ts'

/** A request as it goes over the wire. */
export interface Message {
  readonly bytes: Buffer
  /** Why the answer to it is no success; undefined for one. */
  reasonAgainst(response: Response): string | undefined
}

/** The requests of the traffic in turn; what doesn't vary is made once. */
export function toMessages({ server, headers, traffic }: Target): (index: number) => Message {
  const { host } = new URL(server.url)
  const make = (shot: Shot) => toMessage(shot, { host, ...headers })
  const messages = traffic.map((each) => {
    if (typeof each === 'function') return () => make(each(nextIndex()))
    const message = make(each)
    return () => message
  })
  return (index) => {
    const next = messages[index % messages.length]
    if (!next) throw new Error('There is nothing to send.')
    return next()
  }
}

function toMessage({ method, path, headers, body, status = 200, mark }: Shot, common: object): Message {
  const text = body ? JSON.stringify(body) : ''
  const all = {
    ...common,
    ...headers,
    ...(body && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return {
    bytes: Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`),
    reasonAgainst: (response) => reasonAgainst({ status, mark }, response),
  }
}
