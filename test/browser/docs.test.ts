import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { fastify } from 'fastify'
import type { Page } from 'playwright-core'
import { adminOperations, operations } from '../../src/operations/operations.ts'
import { apiKey, serve, shareBrowser } from './fixture.ts'

const open = shareBrowser()
const phone = { width: 390, height: 844 }
const all = [...operations, ...adminOperations].map(({ summary }) => summary)
const summaries = [...all, 'Follow what happens'].toSorted()

describe('Swagger UI', () => {
  test('lists every operation, asks no other host and breaks no rule of its policy', async (t) => {
    const { url } = await serve(t)
    const { page, asked, complaints } = await open(t)
    await page.goto(`${url}/docs`)
    await page.locator('.opblock').first().waitFor()
    assert.equal(await page.title(), 'Try the API · mcp-orchestration')
    const listed = await page.locator('.opblock-summary-description').allTextContents()
    assert.deepEqual(listed.toSorted(), summaries)
    assert.deepEqual([...asked], [url])
    assert.deepEqual(complaints, [])
  })

  test('takes a token and calls an operation with it', async (t) => {
    const { url, token } = await serve(t)
    const { page, complaints } = await open(t)
    await page.goto(`${url}/docs`)
    await authorize(page, 0, token)
    assert.match(await tryOut(page, 'list_clients'), /^200.*"client_id": "claude-desktop"/s)
    assert.deepEqual(complaints, [])
  })

  test('takes the API key and sends the example as a body', async (t) => {
    const { url } = await serve(t)
    const { page } = await open(t)
    await page.goto(`${url}/docs`)
    await authorize(page, 1, apiKey)
    assert.match(await tryOut(page, 'add_server_to_config'), /^200.*"status": "added"/s)
  })

  test('shows the problem when no credential is given', async (t) => {
    const { url } = await serve(t)
    const { page } = await open(t)
    await page.goto(`${url}/docs`)
    assert.match(await tryOut(page, 'list_clients'), /^401.*"code": "authentication_required"/s)
  })

  test('works below the prefix of a host', async (t) => {
    const { url, token } = await embed(t, '/tools')
    const { page, complaints } = await open(t)
    await page.goto(`${url}/tools/docs`)
    await authorize(page, 0, token)
    assert.match(await tryOut(page, 'list_clients'), /^200/)
    assert.deepEqual(complaints, [])
  })

  test('fits a phone', async (t) => {
    const { url } = await serve(t)
    const { page } = await open(t, phone)
    await page.goto(`${url}/docs`)
    await page.locator('.opblock').first().click()
    await page.getByText('Responses').first().waitFor()
    assert.equal(await widthOf(page), phone.width)
  })
})

describe('ReDoc', () => {
  test('shows every operation, asks no other host and breaks no rule of its policy', async (t) => {
    const { url } = await serve(t)
    const { page, asked, complaints } = await open(t)
    await page.goto(`${url}/redoc`)
    await page.getByRole('heading', { name: 'Make the signing keys' }).waitFor()
    assert.equal(await page.title(), 'API reference · mcp-orchestration')
    const headings = await page.locator('[data-section-id*="/operation/"] h2').allTextContents()
    assert.deepEqual(headings.map((each) => each.trim()).toSorted(), summaries)
    assert.deepEqual([...asked], [url])
    assert.deepEqual(complaints, [])
  })

  test('finds what is searched for', async (t) => {
    const { url } = await serve(t)
    const { page, complaints } = await open(t)
    await page.goto(`${url}/redoc`)
    await page.getByPlaceholder('Search...').fill('publish')
    await page.getByRole('search').getByText('Publish a draft').waitFor()
    assert.deepEqual(complaints, [])
  })

  test('works below the prefix of a host', async (t) => {
    const { url } = await embed(t, '/tools')
    const { page } = await open(t)
    await page.goto(`${url}/tools/redoc`)
    await page.getByRole('heading', { name: 'Publish a draft' }).waitFor()
  })

  test('fits a phone', async (t) => {
    const { url } = await serve(t)
    const { page } = await open(t, phone)
    await page.goto(`${url}/redoc`)
    await page.getByRole('heading', { name: 'Publish a draft' }).waitFor()
    assert.equal(await widthOf(page), phone.width)
  })
})

async function authorize(page: Page, scheme: number, secret: string): Promise<void> {
  await page.locator('.auth-wrapper .authorize').click()
  const dialog = page.locator('.auth-container').nth(scheme)
  await dialog.locator('input').fill(secret)
  await dialog.getByRole('button', { name: 'Apply' }).click()
  await page.locator('.auth-btn-wrapper .btn-done').first().click()
}

/** The status and the body that the page shows. */
async function tryOut(page: Page, id: string): Promise<string> {
  const block = page.locator(`.opblock[id$="-${id}"]`)
  await block.locator('.opblock-summary-control').click()
  await block.getByRole('button', { name: 'Try it out' }).click()
  await block.getByRole('button', { name: 'Execute' }).click()
  const answer = block.locator('.live-responses-table .response')
  const status = await answer.locator('.response-col_status').textContent()
  return `${status?.trim()} ${await answer.locator('.highlight-code code').first().textContent()}`
}

async function embed(t: TestContext, prefix: string) {
  const { transport, token } = await serve(t)
  const app = fastify()
  app.register(transport.plugin, { prefix })
  t.after(() => app.close())
  return { token, url: await app.listen({ host: '127.0.0.1', port: 0 }) }
}

async function widthOf(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth')
}
