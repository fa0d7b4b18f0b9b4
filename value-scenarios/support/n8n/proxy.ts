import { createServer, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Office } from './office.ts'

/** What a proxy answers itself while the server behind it restarts, or is too slow for it. */
export interface ProxyFailure {
  /** How the paths end for which it does; all else is passed on. */
  readonly path: string
  readonly answer: keyof typeof answers
}

const answers = {
  '502 and a page': { status: 502, type: 'text/html', text: '<html><h1>502 Bad Gateway</h1></html>\r\n' },
  '504 and nothing else': { status: 504, type: undefined, text: '' },
} as const

/** The office with such a proxy between it and the workflows. */
export async function behindProxy(office: Office, { path, answer }: ProxyFailure): Promise<Office> {
  const server = createServer((incoming, outgoing) => {
    const target = new URL(incoming.url ?? '/', office.url)
    if (target.pathname.endsWith(path)) return fail(outgoing, answer)
    const { method, headers } = incoming
    const onward = request(target, { method, headers: { ...headers, host: target.host } }, (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    onward.on('error', (error) => outgoing.destroy(error))
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...office,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close()
      await office.close()
    },
  }
}

function fail(outgoing: ServerResponse, answer: ProxyFailure['answer']): void {
  const { status, type, text } = answers[answer]
  outgoing.writeHead(status, type && { 'content-type': type }).end(text)
}
