import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'
import { connect, dashboardOf, openProfile } from '../support/dashboard/dashboard.ts'
import { takePicture } from '../support/dashboard/pictures.ts'
import { release } from '../support/dashboard/seed.ts'
import type { World } from '../support/world.ts'

Given<World>(
  'Priya has opened the dialog to publish {ref} with {string}, and Omar has added {string} since',
  async function (ref: ProfileRef, first: string, serverId: string) {
    const { orchestrator } = dashboardOf(this)
    await orchestrator.drafts.add(ref, { serverId: first })
    await orchestrator.keys.initialize({ regenerate: false })
    await connect(this)
    const page = await openProfile(this, ref)
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByText('+ Added').waitFor()
    await orchestrator.drafts.add(ref, { serverId })
  },
)

Given<World>(
  'Priya has opened the form to add {string} to {ref}, and Omar has added {string} since',
  async function (chosen: string, ref: ProfileRef, serverId: string) {
    await connect(this)
    const page = await openProfile(this, ref)
    await page.getByRole('button', { name: 'Add a server…' }).click()
    await page.getByLabel('Search the catalogue').fill(`mcp-server-${chosen}`)
    await page.locator('.catalogue button').filter({ hasText: 'Fetch' }).click()
    await page.getByRole('button', { name: /^Add to / }).waitFor()
    await dashboardOf(this).orchestrator.drafts.add(ref, { serverId })
  },
)

When<World>('Priya publishes what she saw', async function () {
  const { page, expected } = dashboardOf(this)
  expected.push(/status of 412/)
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
})

When<World>('Priya adds what she chose', async function () {
  const { page, expected } = dashboardOf(this)
  expected.push(/status of 412/)
  await page.getByRole('button', { name: /^Add to / }).click()
})

When<World>('Omar publishes release {int} of {ref}', async function (_sequence: number, ref: ProfileRef) {
  await release(dashboardOf(this).orchestrator, ref, 'Omar needs fetch', [['fetch']])
})

When<World>(
  'the server stops, and starts again after Omar has added {string} to the draft of {ref}',
  async function (serverId: string, ref: ProfileRef) {
    const { page, server, orchestrator, sights, expected } = dashboardOf(this)
    expected.push(/net::ERR_/)
    await server.stop()
    const banner = page.locator('.banner')
    await banner.getByText('Server unreachable').waitFor()
    await banner.getByText(/Trying again in \d+ s/).waitFor()
    await takePicture(page, 'server-unreachable')
    sights.push({ text: await banner.innerText(), isPublished: false, file: '' })
    await orchestrator.drafts.add(ref, { serverId })
    await server.start()
  },
)

Then<World>("the dashboard said meanwhile that the server can't be reached", function () {
  const { sights, server } = dashboardOf(this)
  assert.match(
    String(sights[0]?.text),
    new RegExp(`Server unreachable.* as soon as ${server.url} answers`, 's'),
  )
})

Then<World>('it shows {string} in the draft, live again, without a reload', async function (name: string) {
  const { page } = dashboardOf(this)
  await page.locator('.servers').getByRole('heading', { name }).waitFor()
  await page.getByText('Live', { exact: true }).waitFor()
  assert.equal(await page.locator('.banner').count(), 0)
  assert.equal(await page.evaluate("performance.getEntriesByType('navigation').length"), 1)
})

Then<World>('it shows {string} among what would be published', async function (text: string) {
  const shown = await dashboardOf(this).page.locator('.changes').innerText()
  assert.ok(shown.includes(text), shown)
})

Then<World>(
  'the draft of {ref} holds {string} and {string} alone',
  async function (ref: ProfileRef, first: string, second: string) {
    const { payload } = await dashboardOf(this).orchestrator.drafts.view(ref)
    assert.deepEqual(Object.keys(payload.mcpServers).toSorted(), [first, second])
  },
)
