import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import {
  createHttpTransport,
  type HttpTransport,
  type HttpTransportOptions,
} from '../../src/http/transport.ts'
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

/** An empty page on an origin of its own. */
export async function serveOtherOrigin(context: TestContext): Promise<string> {
  return listen(context, (_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>Another origin</title>')
  })
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
