import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Page } from 'playwright-core'
import { connect, dashboardOf, reopen } from '../support/dashboard/dashboard.ts'
import { faintTexts, namelessControls } from '../support/dashboard/legibility.ts'
import { takePicture } from '../support/dashboard/pictures.ts'
import { changeTeam, seedTeam } from '../support/dashboard/seed.ts'
import type { World } from '../support/world.ts'

const devices: Readonly<Record<string, { readonly width: number; readonly height: number }>> = {
  handset: { width: 360, height: 740 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 900 },
}

/** What was found on each screen, by its name. */
interface Screen {
  readonly name: string
  readonly width: unknown
  readonly faint: readonly string[]
  readonly nameless: readonly string[]
}

const screens = new WeakMap<World, Screen[]>()

Given<World>("a team's machine after some weeks of work", async function () {
  await seedTeam(dashboardOf(this))
})

When<World>(
  'Priya goes through every screen on a {word} in {word} colours',
  async function (device: string, theme: string) {
    const viewport = devices[device]
    assert.ok(viewport && (theme === 'light' || theme === 'dark'))
    const { page, user } = await reopen(this, { viewport, colorScheme: theme })
    await hideSandbox(page, user)
    const seen: Screen[] = []
    screens.set(this, seen)
    await walk(this, page, async (name) => {
      await takePicture(page, `${device}-${theme}-${name}`, name === 'profile')
      seen.push(await lookAt(page, name))
    })
  },
)

Then<World>('no screen is wider than the {word}', function (device: string) {
  for (const { name, width } of screensOf(this)) assert.equal(width, devices[device]?.width, name)
})

Then<World>('every text stands out from its ground as WCAG AA asks', function () {
  for (const { name, faint } of screensOf(this)) assert.deepEqual(faint, [], name)
})

Then<World>('every control has a name', function () {
  for (const { name, nameless } of screensOf(this)) assert.deepEqual(nameless, [], name)
})

/** How one comes to each screen from the one before, which Escape leaves if it is a dialog. */
const ways: readonly (readonly [name: string, go: (page: Page) => Promise<unknown>])[] = [
  ['profile', (page) => openAt(page, '#/cursor/work').then(() => validate(page))],
  ['catalogue', (page) => press(page, 'Add a server…').then(() => page.getByText('45 servers.').waitFor())],
  ['add', (page) => press(page, 'Add a server…').then(() => addNothing(page))],
  ['publish', (page) => press(page, 'Publish…').then(() => page.locator('.changes').waitFor())],
  ['deploy', (page) => press(page, 'Deploy…').then(() => page.locator('.diff').waitFor())],
  ['conflict', (page) => openAt(page, '#/vscode/team').then(() => deployOverEdit(page))],
  ['new-profile', (page) => openAt(page, '#/').then(() => press(page, 'New profile'))],
]

async function walk(world: World, page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const dashboard = dashboardOf(world)
  dashboard.expected.push(/status of (?:400|409)/)
  await look('connect')
  await connect(world)
  await changeTeam(dashboard)
  await page.locator('.activity').getByText('The file is edited.').waitFor()
  await look('overview')
  for (const [name, go] of ways) {
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    await go(page)
    await look(name)
  }
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).first().click()
}

async function openAt(page: Page, route: string): Promise<void> {
  await page.goto(new URL(route, page.url()).href)
}

async function validate(page: Page): Promise<void> {
  await press(page, 'Validate')
  await page.getByText('The draft can be published.').waitFor()
}

/** GitHub's server wants a token, which is not given. */
async function addNothing(page: Page): Promise<void> {
  await page.getByLabel('Search the catalogue').fill('ghcr.io/github')
  await page.getByText('1 server.', { exact: true }).waitFor()
  await page.locator('.catalogue button').click()
  await press(page, 'Add to cursor/work')
  await page.locator('.complaint').waitFor()
}

async function deployOverEdit(page: Page): Promise<void> {
  await page.getByRole('heading', { name: 'VS Code / team' }).waitFor()
  await press(page, 'Deploy…')
  await page.getByText('Configuration entry conflict').waitFor()
}

async function lookAt(page: Page, name: string): Promise<Screen> {
  const width = await page.evaluate('document.documentElement.scrollWidth')
  return { name, width, faint: await faintTexts(page), nameless: await namelessControls(page) }
}

/** So that the pictures (`desktop-light-profile.png` is the one in docs/images) show a person's folder, and not the one of this run. */
async function hideSandbox(page: Page, user: string): Promise<void> {
  await page.route('**/v1/**', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replaceAll(user, '/home/priya') })
  })
}

function screensOf(world: World): readonly Screen[] {
  const seen = screens.get(world) ?? []
  assert.ok(seen.length > 0, 'Nobody has gone through the screens.')
  return seen
}
