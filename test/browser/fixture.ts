import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createHttpTransport, type HttpTransport } from '../../src/http/transport.ts'
import type { HttpTransportOptions } from '../../src/http/transport-options.ts'
import { launchChromium } from '../support/chromium.ts'
import { createTestOrchestrator } from '../support/orchestrator.ts'
import { type Conduct, watchPage } from '../support/watched-page.ts'

export const apiKey = 'the key of the browser tests'

export interface Served {
  readonly transport: HttpTransport
  readonly url: string
  readonly token: string
}

/** The real transport on a socket of its own, with a token that may do everything but administer. */
export async function serve(context: TestContext, options: HttpTransportOptions = {}): Promise<Served> {
  const orchestrator = await createTestOrchestrator(context)
  const transport = createHttpTransport({ orchestrator, apiKey, logger: false, ...options })
  context.after(() => transport.close())
  const { token } = await orchestrator.tokens.generate()
  return { transport, token, url: await transport.listen({ port: 0 }) }
}

/** An empty page on an origin of its own: on the transport's host, unless another one is named, which the browser finds here too. */
export async function serveOtherOrigin(context: TestContext, host = '127.0.0.1'): Promise<string> {
  const origin = await listen(context, (_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Another origin</title>')
  })
  return origin.replace('127.0.0.1', host)
}

async function listen(context: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  context.after(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export interface Watched extends Conduct {
  readonly page: Page
}

/** One browser for all tests of a file, started when the first of them needs it. */
export function shareBrowser(): (context: TestContext, viewport?: Viewport) => Promise<Watched> {
  let browser: Promise<Browser> | undefined
  after(async () => (await browser)?.close())
  return async (context, viewport = { width: 1280, height: 900 }) => {
    browser ??= launchChromium()
    const page = await (await browser).newPage({ viewport })
    context.after(() => page.close())
    return { page, ...watchPage(page) }
  }
}

type Viewport = Readonly<Record<'width' | 'height', number>>

/** What a script says of a request. */
export interface Init {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly credentials?: 'include'
}

/** What a script in the page gets to see. */
export async function fetchIn(page: Page, url: string, init: Init) {
  return page.evaluate(
    async ([url, init]) => {
      const response = await fetch(url, { ...init })
      const headers: Readonly<Record<string, string>> = Object.fromEntries(response.headers)
      return { status: response.status, headers, text: await response.text() }
    },
    [url, init] as const,
  )
}
