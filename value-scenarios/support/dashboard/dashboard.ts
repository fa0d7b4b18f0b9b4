import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { createOrchestrator, type Orchestrator, type ProfileRef, type Scope } from '../../../src/index.ts'
import { launchChromium } from '../../../test/support/chromium.ts'
import { type Conduct, watchPage } from '../../../test/support/watched-page.ts'
import { repository } from '../stage.ts'
import type { World } from '../world.ts'
import { type RecordedServer, serveRecorded } from './recorded-server.ts'

/** The example as a reader runs it, in a real browser, and the server that it talks to. */
export interface Dashboard {
  /** Of the page, which the browser finds on this machine: another site than the server's. */
  readonly origin: string
  readonly server: RecordedServer
  /** The back door: what others do. */
  readonly orchestrator: Orchestrator
  /** The folder of the machine's user, in which the clients have their files. */
  readonly user: string
  readonly page: Page
  readonly conduct: Conduct
  /** What was on the screen before something was done. */
  readonly sights: Sight[]
  /** When it is for the back door; it can be set back, so that there is a past. */
  readonly time: { daysAgo: number }
  /** What others have written. */
  readonly texts: string[]
  /** What the browser may complain of: it tells of every refusal. */
  readonly expected: RegExp[]
}

export interface Sight {
  readonly text: string
  /** Whether anything was published at that moment, and what the client's file held. */
  readonly isPublished: boolean
  readonly file: string
}

const dashboards = new WeakMap<World, Dashboard>()
let browser: Promise<Browser> | undefined

export async function openDashboard(world: World, options: BrowserContextOptions = {}): Promise<Dashboard> {
  const user = await mkdtemp(join(tmpdir(), 'mcp-orchestration-dashboard-'))
  world.stops.push(() => rm(user, { recursive: true, force: true }))
  const time = { daysAgo: 0 }
  const clock = () => new Date(Date.now() - time.daysAgo * dayMs)
  const env = { HOME: user, GITHUB_TOKEN: 'not looked at' }
  const orchestrator = createOrchestrator({
    home: join(user, 'state'),
    store: 'memory',
    env,
    platform: 'linux',
    clock,
  })
  world.stops.push(() => orchestrator.close())
  const server = await serveRecorded(orchestrator, world.stops)
  const origin = await serveExample(world, server.url)
  const opened = await openPage(world, origin, options)
  const dashboard = {
    origin,
    time,
    server,
    orchestrator,
    user,
    sights: [],
    texts: [],
    expected: [],
    ...opened,
  }
  dashboards.set(world, dashboard)
  return dashboard
}

export function dashboardOf(world: World): Dashboard {
  const dashboard = dashboards.get(world)
  assert.ok(dashboard, 'Nobody has opened the dashboard.')
  return dashboard
}

export function hasDashboard(world: World): boolean {
  return dashboards.has(world)
}

/** The same dashboard on another screen, as most see it: from their own machine, which browsers trust with the clipboard. */
export async function reopen(world: World, options: BrowserContextOptions): Promise<Dashboard> {
  const dashboard = dashboardOf(world)
  await dashboard.page.close()
  const origin = dashboard.origin.replace('page.example', '127.0.0.1')
  const reopened = { ...dashboard, origin, ...(await openPage(world, origin, options)) }
  dashboards.set(world, reopened)
  return reopened
}

/** With a token of these scopes, typed and sent as a person does. */
export async function connect(world: World, scopes: readonly Scope[] = all): Promise<Page> {
  const { page, orchestrator } = dashboardOf(world)
  const { token } = await orchestrator.tokens.generate({ name: 'Priya', scopes })
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByText('Live', { exact: true }).waitFor()
  return page
}

/** By its address, as by a bookmark. */
export async function openProfile(world: World, { clientId, profileId }: ProfileRef): Promise<Page> {
  const { page, origin } = dashboardOf(world)
  await page.goto(`${origin}#/${clientId}/${profileId}`)
  await page.getByRole('button', { name: 'Publish…' }).waitFor()
  return page
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}

const dayMs = 86_400_000
const all: readonly Scope[] = ['read', 'write', 'publish', 'deploy']

/** One browser for all scenarios of a thread; a context, and so a storage, for each page. */
async function openPage({ stops }: World, origin: string, options: BrowserContextOptions) {
  browser ??= launchChromium()
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options,
  })
  stops.push(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const conduct = watchPage(page)
  await page.goto(origin)
  return { page, conduct }
}

async function serveExample({ stops }: World, apiServer: string): Promise<string> {
  const file = join(repository, 'examples/web-app/serve.ts')
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, apiServer], {
    env: { PATH: process.env.PATH, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  stops.push(() => child.kill())
  const [said] = await once(child.stdout, 'data')
  const [, port] = /^Listening at http:\/\/127\.0\.0\.1:(\d+), /.exec(String(said)) ?? []
  assert.ok(port, String(said))
  return `http://page.example:${port}`
}
