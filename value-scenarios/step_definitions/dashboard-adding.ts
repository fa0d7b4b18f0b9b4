import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import type { Page } from 'playwright-core'
import type { ProfileRef } from '../../src/index.ts'
import { connect, dashboardOf, openProfile } from '../support/dashboard/dashboard.ts'
import type { World } from '../support/world.ts'

When<World>('Priya adds {string} to the draft of {ref}', async function (serverId: string, ref: ProfileRef) {
  const page = await add(this, ref, serverId)
  await page.getByText(`${serverId} is in the draft now.`).waitFor()
})

When<World>(
  'Priya adds {string} to the draft of {ref}, the answer is lost, and she presses the button again',
  async function (serverId: string, ref: ProfileRef) {
    const { page, expected } = dashboardOf(this)
    expected.push(/net::ERR_FAILED/)
    await page.route('**/draft/add', (route) => route.fetch().then(() => route.abort()), { times: 1 })
    await add(this, ref, serverId)
    await page.getByRole('dialog').getByText('Server unreachable').waitFor()
    await page.getByRole('button', { name: /^Add to / }).click()
  },
)

When<World>(
  'Priya adds {string} to the draft of {ref}, a proxy answers for the server, and she presses the button again',
  async function (serverId: string, ref: ProfileRef) {
    const { page, expected } = dashboardOf(this)
    expected.push(/status of 502/)
    const answer = {
      status: 502,
      contentType: 'text/html',
      headers: { 'access-control-allow-origin': '*' },
      body: '<h1>Bad gateway</h1>',
    }
    await page.route('**/draft/add', (route) => route.fetch().then(() => route.fulfill(answer)), { times: 1 })
    await add(this, ref, serverId)
    await page.getByRole('dialog').getByText('Unexpected answer').waitFor()
    await page.getByRole('button', { name: /^Add to / }).click()
  },
)

When<World>(
  "Priya adds GitHub's server to the draft of {ref} without its token",
  async function (ref: ProfileRef) {
    dashboardOf(this).expected.push(/status of 400/)
    await add(this, ref, 'ghcr.io/github')
  },
)

Then<World>(
  '{string} is marked, says that it is needed, and is the field to type into',
  async function (name: string) {
    const { page } = dashboardOf(this)
    const field = page.locator('[aria-invalid=true]')
    await field.waitFor()
    assert.equal(await field.getAttribute('name'), `/env_vars/${name}`)
    const [complaintId] = String(await field.getAttribute('aria-describedby')).split(' ')
    const complaint = await page.locator(`[id="${complaintId}"]`).textContent()
    assert.match(String(complaint), new RegExp(`^${name} is needed`))
    assert.equal(await field.evaluate((element) => element.matches(':focus')), true)
  },
)

Then<World>('the dashboard says that {string} is in the draft', async function (serverId: string) {
  await dashboardOf(this).page.getByText(`${serverId} is in the draft now.`).waitFor()
})

Then<World>('the server was asked twice under one key, and has done it once', function () {
  const { requests } = dashboardOf(this).server
  const posts = requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/draft/add'))
  const [first, second] = posts.map(({ headers }) => headers['idempotency-key'])
  assert.equal(posts.length, 2)
  assert.ok(first)
  assert.equal(second, first)
  // Done again, it would be refused: the draft is no longer the one that its condition names.
  assert.deepEqual(
    posts.map(({ status }) => status),
    [200, 200],
  )
})

Then<World>('the draft of {ref} is empty', async function (ref: ProfileRef) {
  const { payload } = await dashboardOf(this).orchestrator.drafts.view(ref)
  assert.deepEqual(payload.mcpServers, {})
})

Then<World>(
  'the browser asked before whether it may send a POST with its token, its condition and its key',
  function () {
    const { server, origin } = dashboardOf(this)
    const at = server.requests.findIndex(
      ({ method, path }) => method === 'POST' && path.endsWith('/draft/add'),
    )
    const post = server.requests[at]
    const preflight = server.requests
      .slice(0, at)
      .find(({ method, path }) => method === 'OPTIONS' && path === post?.path)
    assert.equal(preflight?.status, 204)
    assert.equal(preflight?.headers.origin, origin)
    assert.equal(preflight?.headers['access-control-request-method'], 'POST')
    const asked = String(preflight?.headers['access-control-request-headers']).split(',').toSorted()
    assert.deepEqual(asked, ['authorization', 'content-type', 'idempotency-key', 'if-match'])
    for (const name of asked) assert.ok(post?.headers[name], name)
  },
)

Then<World>('no request carried a cookie', function () {
  const { requests } = dashboardOf(this).server
  assert.ok(requests.length > 0)
  for (const { path, headers } of requests) assert.equal(headers.cookie, undefined, path)
})

Then<World>('the dashboard asked no other server', function () {
  const { conduct, origin, server } = dashboardOf(this)
  assert.deepEqual([...conduct.asked].toSorted(), [origin, server.url].toSorted())
})

/** Finds the one server that matches, and adds it with nothing filled in. */
async function add(world: World, ref: ProfileRef, search: string): Promise<Page> {
  await connect(world)
  const page = await openProfile(world, ref)
  await page.getByRole('button', { name: 'Add a server…' }).click()
  await page.getByLabel('Search the catalogue').fill(search)
  await page.getByText('1 server.', { exact: true }).waitFor()
  await page.locator('.catalogue button').click()
  await page.getByRole('button', { name: /^Add to / }).click()
  return page
}
