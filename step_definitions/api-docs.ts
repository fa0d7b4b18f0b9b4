import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import { adminOperations, type Operation, operations, pathParameters } from '../src/index.ts'
import { lintOpenApi } from '../test/support/openapi-lint.ts'
import { openPage, type Sight } from './support/browser.ts'
import { jsonOf, resultOf } from './support/http.ts'
import type { Person } from './support/parameter-types.ts'
import type { World } from './support/world.ts'

/** As much of the document as is looked at here. */
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly securitySchemes: Readonly<Record<string, { readonly type: string }>> }
}

interface DocumentedOperation {
  readonly operationId: string
  readonly summary: string
  readonly security: readonly Readonly<Record<string, unknown>>[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly responses: Readonly<Record<string, unknown>>
}

When<World>('{person} fetches {string} without credentials', async function (_person: Person, path: string) {
  await this.ask('Mallory', path)
})

When<World>(
  '{person} opens {string} in a browser, gives it her token and tries {string}',
  async function (person: Person, path: string, id: string) {
    const token = this.credentials.get(person)?.authorization?.replace('Bearer ', '') ?? ''
    await this.attempt('sight', () =>
      openPage(this, `${this.url}${path}`, async (page) => {
        await page.locator('.auth-wrapper .authorize').click()
        await page.locator('.auth-container input').first().fill(token)
        await page.locator('.auth-container').first().getByRole('button', { name: 'Apply' }).click()
        await page.locator('.auth-btn-wrapper .btn-done').first().click()
        const operation = page.locator(`.opblock[id$="-${id}"]`)
        await operation.locator('.opblock-summary-control').click()
        await operation.getByRole('button', { name: 'Try it out' }).click()
        await operation.getByRole('button', { name: 'Execute' }).click()
        const answer = operation.locator('.live-responses-table .response')
        return {
          listed: await page.locator('.opblock-summary-description').allTextContents(),
          status: (await answer.locator('.response-col_status').innerText()).trim(),
          body: (await answer.locator('.highlight-code code').first().textContent()) ?? '',
        }
      }),
    )
  },
)

When<World>('{person} opens {string} in a browser', async function (_person: Person, path: string) {
  await this.attempt('sight', () =>
    openPage(this, `${this.url}${path}`, async (page) => {
      const headings = page.locator('[data-section-id*="/operation/"] h2')
      await headings.first().waitFor()
      return { listed: await headings.allTextContents() }
    }),
  )
})

Then<World>('it is OpenAPI 3.1 without an error or a warning', async function () {
  const document = resultOf<Document>(this.answer())
  assert.match(document.openapi, /^3\.1\.\d+$/)
  assert.deepEqual(await lintOpenApi(this.answer().text), [])
})

Then<World>('it holds the 14 operations and nothing else', function () {
  const { paths } = jsonOf<Document>(this.answer())
  const own = Object.entries(paths).filter(([path]) => path !== eventsPath && !path.startsWith(adminBase))
  const held = own.flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  assert.equal(held.length, 14)
  assert.deepEqual(held.toSorted(), operations.map(({ method, path }) => `${method} ${path}`).toSorted())
})

Then<World>('each has a summary, its parameters, both ways to prove who asks, and its refusals', function () {
  const document = jsonOf<Document>(this.answer())
  const { securitySchemes } = document.components
  for (const operation of operations) {
    const documented = find(document, operation)
    assert.equal(documented.summary, operation.summary)
    const inPath = (documented.parameters ?? []).filter((each) => each.in === 'path')
    assert.deepEqual(
      inPath.map(({ name }) => name),
      pathParameters(operation),
    )
    const schemes = documented.security.flatMap((each) => Object.keys(each))
    assert.deepEqual(schemes.map((name) => securitySchemes[name]?.type).toSorted(), ['apiKey', 'http'])
    for (const status of ['200', '400', '401', '403', '429', '500', '503'])
      assert.ok(documented.responses[status], `${operation.id} has no ${status}.`)
  }
})

Then<World>('the page lists the 14 operations', function () {
  assertAll(this.outcome('sight'))
})

Then<World>('the page describes the 14 operations', function () {
  assertAll(this.outcome('sight'))
})

Then<World>('the page shows the status 200 and the clients', function () {
  const { status, body = '' } = this.outcome('sight')
  assert.equal(status, '200', body)
  assert.match(body, /"client_id": "claude-desktop"/)
})

Then<World>('the browser asked no other host and had nothing to complain of', function () {
  const { asked, complaints } = this.outcome('sight')
  assert.deepEqual([...asked], [this.url])
  assert.deepEqual(complaints, [])
})

/** Beside the 14 stand the stream of events, which is no operation, and those that administer the server. */
const eventsPath = '/events'
const adminBase = '/admin/'
const besideSummaries = new Set(['Follow what happens', ...adminOperations.map(({ summary }) => summary)])

function assertAll({ listed }: Sight): void {
  const held = listed.map((each) => each.trim()).filter((each) => !besideSummaries.has(each))
  assert.equal(held.length, 14)
  assert.deepEqual(held.toSorted(), operations.map(({ summary }) => summary).toSorted())
}

function find({ paths }: Document, { path, method }: Operation): DocumentedOperation {
  return paths[path]?.[method.toLowerCase()] ?? assert.fail(`${method} ${path} is missing.`)
}
