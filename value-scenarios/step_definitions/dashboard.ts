import assert from 'node:assert/strict'
import { After, AfterAll, Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import { eventually } from '../../test/support/eventually.ts'
import {
  closeBrowser,
  connect,
  dashboardOf,
  hasDashboard,
  openDashboard,
  openProfile,
} from '../support/dashboard/dashboard.ts'
import { takePicture } from '../support/dashboard/pictures.ts'
import type { World } from '../support/world.ts'

AfterAll(closeBrowser)

/** What the browser complains of in any scenario: nothing but the refusals that the scenario is about. */
After<World>(function ({ result }) {
  if (result?.status !== 'PASSED' || !hasDashboard(this)) return
  const { conduct, expected } = dashboardOf(this)
  const unexpected = conduct.complaints.filter((each) => !expected.some((pattern) => pattern.test(each)))
  assert.deepEqual(unexpected, [])
})

Given<World>(
  "Priya has the dashboard in a browser, from another origin than the server's",
  async function () {
    const { origin, server } = await openDashboard(this)
    assert.notEqual(new URL(origin).hostname, new URL(server.url).hostname)
  },
)

Given<World>('the draft of {ref} holds {string}', async function (ref: ProfileRef, serverId: string) {
  await dashboardOf(this).orchestrator.drafts.add(ref, { serverId })
})

Given<World>('a release of {ref} says {string}', async function (ref: ProfileRef, changelog: string) {
  const { keys, drafts, releases } = dashboardOf(this).orchestrator
  dashboardOf(this).texts.push(changelog)
  await keys.initialize({ regenerate: false })
  await drafts.add(ref, { serverId: 'memory' })
  await releases.publish(ref, { changelog })
})

Given<World>('Priya looks at {ref}', lookAt)

When<World>('Priya opens {ref}', lookAt)

When<World>('Omar revokes her token', async function () {
  const { tokens } = dashboardOf(this).orchestrator
  dashboardOf(this).expected.push(/status of 401/)
  for (const { id } of await tokens.list()) await tokens.revoke(id)
})

When<World>('Priya connects, asks to keep her token in the tab, and reloads the page', async function () {
  const { page } = dashboardOf(this)
  await page.getByLabel('Keep it in this tab').check()
  await connect(this)
  await page.reload()
})

When<World>('Mallory connects with a token that nobody made', async function () {
  const { page, expected } = dashboardOf(this)
  expected.push(/status of 401/)
  await page.getByLabel('Token').fill('0'.repeat(43))
  await page.getByLabel('Keep it in this tab').check()
  await page.getByRole('button', { name: 'Connect' }).click()
})

Then<World>('the dashboard says {string}, with the code and the request id', async function (title: string) {
  const problem = dashboardOf(this).page.getByRole('alert').filter({ hasText: title })
  await problem.waitFor()
  await takePicture(dashboardOf(this).page, `problem-${title.toLowerCase().replaceAll(' ', '-')}`)
  const [code, requestId] = await problem.locator('code').allTextContents()
  assert.match(code ?? '', /^[a-z_]+$/)
  assert.match(requestId ?? '', /^[0-9a-f-]{36}$/)
})

Then<World>("the token's field is the one to type into", async function () {
  const field = dashboardOf(this).page.getByLabel('Token')
  assert.equal(await field.evaluate((element) => element.matches(':focus')), true)
  assert.equal(await field.getAttribute('aria-invalid'), 'true')
})

Then<World>('she is still connected', async function () {
  const { page } = dashboardOf(this)
  await page.getByText('Live', { exact: true }).waitFor()
  assert.equal(await page.getByLabel('Token').count(), 0)
})

Then<World>('a new tab asks for a token', async function () {
  const { page, origin } = dashboardOf(this)
  const tab = await page.context().newPage()
  await tab.goto(origin)
  await tab.getByLabel('Token').waitFor()
  assert.equal(await tab.evaluate('sessionStorage.length'), 0)
})

Then<World>('nothing of it is kept in the tab', async function () {
  assert.equal(await dashboardOf(this).page.evaluate('sessionStorage.length + localStorage.length'), 0)
})

Then<World>('{string} is switched off', async function (name: string) {
  const button = dashboardOf(this).page.getByRole('button', { name, exact: true })
  await eventually(async () => assert.equal(await button.isDisabled(), true))
})

Then<World>('nothing of {ref} is published', async function (ref: ProfileRef) {
  assert.equal(await dashboardOf(this).orchestrator.releases.summary(ref), undefined)
})

Then<World>('the dashboard shows {ref} as {string}', async function (ref: ProfileRef, badge: string) {
  const { page } = dashboardOf(this)
  const entry = page.getByRole('navigation').getByRole('link', { name: ref.profileId })
  await entry.getByText(badge, { exact: true }).waitFor()
  await page.locator('.profile-head').getByText(badge, { exact: true }).waitFor()
})

Then<World>('its activity says {string}', async function (text: string) {
  await dashboardOf(this).page.locator('.activity').getByText(text, { exact: true }).first().waitFor()
})

Then<World>('that is shown, letter by letter', async function () {
  const { page, texts } = dashboardOf(this)
  assert.equal(await page.locator('.changelog').textContent(), texts.at(-1))
})

Then<World>('no element came of it', async function () {
  const { page } = dashboardOf(this)
  assert.equal(await page.locator('.changelog *').count(), 0)
  assert.equal(await page.title(), 'mcp-orchestration')
})

async function lookAt(this: World, ref: ProfileRef): Promise<void> {
  await connect(this)
  await openProfile(this, ref)
}
