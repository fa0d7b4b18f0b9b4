import assert from 'node:assert/strict'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Given, Then, When } from '@cucumber/cucumber'
import type { Page, Route } from 'playwright-core'
import type { ProfileRef } from '../../src/index.ts'
import { connect, type Dashboard, dashboardOf, openProfile } from '../support/dashboard/dashboard.ts'
import { takePicture } from '../support/dashboard/pictures.ts'
import { release } from '../support/dashboard/seed.ts'
import type { World } from '../support/world.ts'

Given<World>(
  'Priya has kept her token in the tab, and finds the server gone when she reloads the page',
  async function () {
    const { page, server, expected } = dashboardOf(this)
    expected.push(/net::ERR_/)
    await page.getByLabel('Keep it in this tab').check()
    await connect(this)
    await server.stop()
    await page.reload()
    await page.getByRole('alert').getByText('Server unreachable').waitFor()
    await server.start()
  },
)

Given<World>(
  'a release of {ref} is signed with a key that is no longer trusted',
  async function (ref: ProfileRef) {
    const { orchestrator, user } = dashboardOf(this)
    const folder = join(user, 'state', 'keys', 'trusted')
    await orchestrator.keys.initialize({ regenerate: false })
    await release(orchestrator, ref, 'Signed long ago', [['memory']])
    const trusted = await readdir(folder)
    await orchestrator.keys.initialize({ regenerate: true })
    for (const name of trusted) await rm(join(folder, name))
  },
)

When<World>('she connects anew without asking to keep her token', async function () {
  await connect(this)
})

When<World>('Priya connects at the address of {ref}', async function (ref: ProfileRef) {
  const { page, origin, expected } = dashboardOf(this)
  expected.push(/status of 5\d\d/)
  await page.goto(`${origin}#/${ref.clientId}/${ref.profileId}`)
  await connect(this)
})

When<World>(
  'Priya publishes {ref}, the answer is lost, and she publishes it with another changelog',
  async function (ref: ProfileRef) {
    const { page, expected } = dashboardOf(this)
    expected.push(/net::ERR_FAILED/)
    await page.route('**/publish', (route) => route.fetch().then(() => route.abort()), { times: 1 })
    await publish(this, ref)
    await page.getByRole('dialog').getByText('Server unreachable').waitFor()
    await page.getByLabel('Changelog').fill('In better words')
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
  },
)

When<World>(
  'Priya publishes {ref}, closes the dialog, and the answer is lost',
  async function (ref: ProfileRef) {
    const { page, expected } = dashboardOf(this)
    expected.push(/net::ERR_FAILED/)
    const held = holdNext(page, '**/publish')
    await publish(this, ref)
    const route = await held
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    await route.abort()
  },
)

When<World>(
  'Priya publishes {ref}, disconnects before the answer comes, and connects again',
  async function (ref: ProfileRef) {
    const { page } = dashboardOf(this)
    const held = holdNext(page, '**/publish')
    await publish(this, ref)
    const route = await held
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByLabel('Token').waitFor()
    await route.continue()
    await connect(this)
  },
)

When<World>(
  'Priya validates {ref}, and has gone to {ref} before the answer comes',
  async function (ref: ProfileRef, next: ProfileRef) {
    await connect(this)
    const page = await openProfile(this, ref)
    const held = holdNext(page, '**/validate')
    await page.getByRole('button', { name: 'Validate' }).click()
    const route = await held
    await page.getByRole('link', { name: next.profileId }).click()
    await page.locator('.servers').getByRole('heading', { name: 'time' }).waitFor()
    await route.continue()
    await page.locator('button[aria-disabled=false]').getByText('Validate').waitFor()
  },
)

When<World>(
  'Priya deploys release {int} of {ref}, chooses to overwrite, and another entry is edited before she does',
  async function (sequence: number, ref: ProfileRef) {
    const dashboard = dashboardOf(this)
    dashboard.expected.push(/status of 409/)
    await connect(this)
    const page = await openProfile(this, ref)
    await page.getByRole('button', { name: `Roll back to release ${sequence}…` }).click()
    await page.getByLabel('Replace deployed entries that were edited by hand').check()
    await page.getByLabel('Difference in the file').getByText('"uvx"').waitFor()
    const text = await readFile(cursorFile(dashboard), 'utf8')
    await writeFile(cursorFile(dashboard), text.replace('"uvx"', '"/opt/later"'))
    await page.getByRole('button', { name: 'Roll back', exact: true }).click()
  },
)

When<World>('Priya opens the dialog to deploy {ref}', async function (ref: ProfileRef) {
  await connect(this)
  const page = await openProfile(this, ref)
  await page.getByRole('button', { name: 'Deploy…', exact: true }).click()
})

When<World>(
  'the server stops, starts again but leaves a try without an answer, and Priya presses "Try now"',
  async function () {
    const { page, server, expected } = dashboardOf(this)
    expected.push(/net::ERR_/)
    await server.stop()
    await page.locator('.banner').getByText('Server unreachable').waitFor()
    const held = holdNext(page, '**/events')
    await server.start()
    await held
    await page.getByRole('button', { name: 'Try now' }).click()
  },
)

Then<World>('the dashboard is live', async function () {
  await dashboardOf(this).page.getByText('Live', { exact: true }).waitFor()
})

Then<World>('the dashboard says that release {int} is published', async function (sequence: number) {
  await dashboardOf(this).page.getByText(`Release ${sequence} is published.`).first().waitFor()
})

Then<World>('the page says {string}', async function (title: string) {
  await dashboardOf(this).page.locator('main').getByRole('alert').getByText(title).waitFor()
})

Then<World>('the page says nothing of it', async function () {
  const { page } = dashboardOf(this)
  await page.getByRole('button', { name: 'Publish…' }).waitFor()
  assert.equal((await page.locator('.notice-area').innerText()).trim(), '')
})

Then<World>('nothing is said of what was found', async function () {
  assert.equal(await dashboardOf(this).page.locator('.findings').count(), 0)
})

Then<World>('the dialog says {string}, and shows the difference anew', async function (title: string) {
  const { page } = dashboardOf(this)
  await page.getByRole('dialog').getByRole('alert').getByText(title).waitFor()
  await takePicture(page, 'edited-meanwhile')
  // What somebody has edited is masked, since it may be a secret.
  await page.getByLabel('Difference in the file').getByText('"uvx"').waitFor({ state: 'detached' })
})

Then<World>('the file of Cursor holds the later edit', async function () {
  assert.match(await readFile(cursorFile(dashboardOf(this)), 'utf8'), /\/opt\/later/)
})

Then<World>(
  'it tells that what is removed is of {ref}',
  async function ({ clientId, profileId }: ProfileRef) {
    const { page } = dashboardOf(this)
    await page.getByRole('dialog').getByText(`What is removed is of ${clientId}/${profileId}`).waitFor()
    await takePicture(page, 'another-profile')
  },
)

Then<World>("the list says so at Cursor, and the page in the profile's place", async function () {
  const { page } = dashboardOf(this)
  await page.locator('main').getByRole('alert').getByText('signature_invalid').waitFor()
  const group = page.locator('.client').filter({ has: page.getByRole('heading', { name: 'Cursor' }) })
  await group.getByRole('alert').getByText('signature_invalid').waitFor()
  await takePicture(page, 'untrusted')
})

Then<World>('{ref} can be looked at', async function ({ profileId }: ProfileRef) {
  const { page } = dashboardOf(this)
  await page.getByRole('link', { name: profileId }).click()
  await page.locator('.servers').getByRole('heading', { name: 'time' }).waitFor()
})

/** Fills in the dialog and sends it. */
async function publish(world: World, ref: ProfileRef): Promise<void> {
  await dashboardOf(world).orchestrator.keys.initialize({ regenerate: false })
  await connect(world)
  const page = await openProfile(world, ref)
  await page.getByRole('button', { name: 'Publish…' }).click()
  await page.getByLabel('Changelog').fill('In a few words')
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
}

/** The next such request, which is left without an answer until somebody says what becomes of it. */
function holdNext(page: Page, pattern: string): Promise<Route> {
  const { promise, resolve } = Promise.withResolvers<Route>()
  void page.route(
    pattern,
    (route) => {
      if (route.request().method() === 'OPTIONS') return route.continue()
      resolve(route)
    },
    { times: 1 },
  )
  return promise
}

function cursorFile({ user }: Dashboard): string {
  return join(user, '.cursor', 'mcp.json')
}
