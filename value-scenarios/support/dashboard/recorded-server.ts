import type { IncomingHttpHeaders } from 'node:http'
import { createHttpTransport, type Orchestrator } from '../../../src/index.ts'

/** A server that can be stopped and started at the same address, and what it was asked. */
export interface RecordedServer {
  readonly url: string
  readonly requests: readonly RecordedRequest[]
  stop(): Promise<void>
  start(): Promise<void>
}

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** As soon as it is answered. */
  status?: number
}

export async function serveRecorded(
  orchestrator: Orchestrator,
  stops: (() => unknown)[],
): Promise<RecordedServer> {
  const requests: RecordedRequest[] = []
  let transport = create()
  stops.push(() => transport.close())
  const url = await transport.listen({ port: 0 })
  const port = Number(new URL(url).port)
  return {
    url,
    requests,
    stop: () => transport.close(),
    async start() {
      transport = create()
      await transport.listen({ port })
    },
  }

  function create() {
    const made = createHttpTransport({ orchestrator, logger: false })
    made.app.server.prependListener('request', ({ method = '', url = '', headers }, response) => {
      const request: RecordedRequest = { method, path: url, headers }
      requests.push(request)
      response.once('finish', () => {
        request.status = response.statusCode
      })
    })
    return made
  }
}
