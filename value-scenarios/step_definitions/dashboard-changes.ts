import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { Page } from 'playwright-core'
import type { ProfileRef } from '../../src/index.ts'
import { connect, type Dashboard, dashboardOf, openProfile } from '../support/dashboard/dashboard.ts'
import { pressAt, tabTo } from '../support/dashboard/keyboard.ts'
import { takePicture } from '../support/dashboard/pictures.ts'
import { deploy, editFile, release } from '../support/dashboard/seed.ts'
import type { World } from '../support/world.ts'

Given<World>(
  'release 2 of {ref}, which added {string} to {string}, is deployed',
  async function (ref: ProfileRef, second: string, first: string) {
    const { orchestrator } = dashboardOf(this)
    await orchestrator.keys.initialize({ regenerate: false })
    await release(orchestrator, ref, 'A first server', [[first]])
    await release(orchestrator, ref, 'And another one', [[second]])
    await deploy(orchestrator, ref)
  },
)

Given<World>(
  'the draft of {ref} has lost {string}, gained {string}, and keeps {string} in a file',
  async function (ref: ProfileRef, lost: string, gained: string, changed: string) {
    const { drafts } = dashboardOf(this).orchestrator
    for (const name of [lost, changed]) await drafts.remove(ref, name)
    await drafts.add(ref, { serverId: gained })
    await drafts.add(ref, { serverId: changed, envVars: { MEMORY_FILE_PATH: '/home/priya/memory.jsonl' } })
  },
)

Given<World>('somebody has edited an entry in the file of Cursor', editCursor)

When<World>('somebody edits an entry in the file of Cursor', editCursor)

When<World>(
  'Priya publishes {ref} with a token that may only read and write',
  async function (ref: ProfileRef) {
    dashboardOf(this).expected.push(/status of 403/)
    await dashboardOf(this).orchestrator.keys.initialize({ regenerate: false })
    await connect(this, ['read', 'write'])
    const page = await openProfile(this, ref)
    await page.getByRole('button', { name: 'Publish…' }).click()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByRole('dialog').getByRole('alert').waitFor()
  },
)

When<World>(
  'Priya takes {string} from the catalogue to the file of {ref} by keyboard alone',
  async function (serverId: string, ref: ProfileRef) {
    const { page, orchestrator } = dashboardOf(this)
    const { token } = await orchestrator.tokens.generate({
      name: 'Priya',
      scopes: ['read', 'write', 'publish', 'deploy'],
    })
    await page.keyboard.type(`${token}\n`)
    await page.getByText('Live', { exact: true }).waitFor()
    await beginProfile(page, ref)
    await addByKeyboard(page, serverId)
    await pressAt(page, 'Validate')
    await page.getByText('The draft can be published.').waitFor()
    await publishByKeyboard(this, ref)
    await deployByKeyboard(this, ref)
  },
)

When<World>('Priya opens the dialog to publish {ref}', async function (ref: ProfileRef) {
  await connect(this)
  const page = await openProfile(this, ref)
  await page.getByRole('button', { name: 'Publish…' }).click()
})

When<World>('Priya rolls {ref} back to release {int}', async function (ref: ProfileRef, sequence: number) {
  await connect(this)
  const page = await openProfile(this, ref)
  await page.getByRole('button', { name: `Roll back to release ${sequence}…` }).click()
  await keepSight(this, ref, page.getByLabel('Difference in the file'))
  await page.getByRole('button', { name: 'Roll back', exact: true }).click()
  await page.getByRole('button', { name: 'Done' }).click()
})

When<World>(
  'Priya deploys release {int} of {ref} and, told of the conflict, chooses to overwrite',
  async function (sequence: number, ref: ProfileRef) {
    dashboardOf(this).expected.push(/status of 409/)
    await connect(this)
    const page = await openProfile(this, ref)
    await page.getByRole('button', { name: `Roll back to release ${sequence}…` }).click()
    await page.getByRole('alert').getByText('Configuration entry conflict').waitFor()
    await page.getByLabel('Replace deployed entries that were edited by hand').check()
    await page.getByLabel('Difference in the file').waitFor()
    await page.getByRole('button', { name: 'Roll back', exact: true }).click()
    await page.getByText('What was there before is kept in').waitFor()
    await takePicture(page, 'deployed')
  },
)

Then<World>(
  'she saw {string} while nothing of {ref} was published',
  function (text: string, _ref: ProfileRef) {
    assert.equal(sightOf(dashboardOf(this), text).isPublished, false)
  },
)

Then<World>('she saw {string} while the file of Cursor was not there', function (text: string) {
  assert.equal(sightOf(dashboardOf(this), text).file, '')
})

Then<World>('she saw {string} while the file of Cursor held {string}', function (text: string, name: string) {
  assert.ok(name in serversIn(sightOf(dashboardOf(this), text).file))
})

Then<World>('it tells what publishing does:', async function (table: DataTable) {
  const changes = dashboardOf(this).page.locator('.changes > li')
  await changes.first().waitFor()
  const told = (await changes.allTextContents()).map((text) => text.trim().replace(/\s+/g, ' '))
  assert.deepEqual(told, table.raw().flat())
})

Then<World>('the file of Cursor holds {string}', async function (name: string) {
  assert.ok(name in serversIn(await readCursorFile(dashboardOf(this))))
})

Then<World>('the file of Cursor holds {string} alone', async function (name: string) {
  assert.deepEqual(Object.keys(serversIn(await readCursorFile(dashboardOf(this)))), [name])
})

Then<World>('she is told where the backup is', async function () {
  const { page } = dashboardOf(this)
  const path = await page.getByText('What was there before is kept in').locator('code').textContent()
  assert.match(await readFile(path ?? '', 'utf8'), /\/usr\/local\/bin\/mine/)
})

async function editCursor(this: World): Promise<void> {
  await editFile(dashboardOf(this).orchestrator, 'cursor')
}

async function beginProfile(page: Page, { profileId }: ProfileRef): Promise<void> {
  await pressAt(page, 'New profile')
  await page.keyboard.type('Cursor')
  await tabTo(page, 'Profile')
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.type(`${profileId}\n`)
  await page.getByRole('heading', { name: `Cursor / ${profileId}` }).waitFor()
  await page.getByRole('button', { name: 'Add a server…' }).waitFor()
}

async function addByKeyboard(page: Page, serverId: string): Promise<void> {
  await pressAt(page, 'Add a server…')
  await page.keyboard.type(serverId)
  await page.getByText('1 server.', { exact: true }).waitFor()
  await pressAt(page, /^Memory stdio/)
  await pressAt(page, /^Add to /)
  await page.getByText(`${serverId} is in the draft now.`).waitFor()
}

async function publishByKeyboard(world: World, ref: ProfileRef): Promise<void> {
  const { page } = dashboardOf(world)
  await pressAt(page, 'Publish…')
  await keepSight(world, ref, page.locator('.changes'))
  await takePicture(page, 'first-release')
  await pressAt(page, 'Make the signing keys')
  await page.getByRole('button', { name: 'Publish', exact: true, disabled: false }).waitFor()
  await page.keyboard.type('Memory for Cursor')
  await pressAt(page, 'Publish')
  await page.getByText('Release 1 is published.').waitFor()
}

async function deployByKeyboard(world: World, ref: ProfileRef): Promise<void> {
  const { page } = dashboardOf(world)
  await pressAt(page, 'Deploy…')
  await keepSight(world, ref, page.getByLabel('Difference in the file'))
  await pressAt(page, 'Deploy')
  await page.getByText('so there is no backup').waitFor()
  await page.keyboard.press('Escape')
}

/** What is on the screen now, and how things stand behind it. */
async function keepSight(world: World, ref: ProfileRef, shown: ReturnType<Page['locator']>): Promise<void> {
  const dashboard = dashboardOf(world)
  await shown.waitFor()
  const isPublished = (await dashboard.orchestrator.releases.summary(ref)) !== undefined
  dashboard.sights.push({ text: await shown.innerText(), isPublished, file: await readCursorFile(dashboard) })
}

function sightOf({ sights }: Dashboard, text: string) {
  const sight = sights.find((each) => each.text.includes(text))
  assert.ok(sight, `She saw only:\n${sights.map((each) => each.text).join('\n')}`)
  return sight
}

async function readCursorFile({ user }: Dashboard): Promise<string> {
  const path = join(user, '.cursor', 'mcp.json')
  return existsSync(path) ? await readFile(path, 'utf8') : ''
}

function serversIn(text: string): object {
  return (JSON.parse(text) as { readonly mcpServers: object }).mcpServers
}
