import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import { dashboardOf } from '../support/dashboard/dashboard.ts'
import type { World } from '../support/world.ts'

const answers = new WeakMap<World, readonly (readonly [path: string, status: number | undefined])[]>()

When<World>("Mallory asks the dashboard's own server for", async function (table: DataTable) {
  const { port } = new URL(dashboardOf(this).origin)
  const asked = table.raw().flat()
  answers.set(
    this,
    await Promise.all(asked.map(async (path) => [path, await statusOf(Number(port), path)] as const)),
  )
})

Then<World>('there is nothing of the kind', function () {
  const found = answers.get(this) ?? []
  assert.ok(found.length > 0)
  for (const [path, status] of found) assert.equal(status, 404, path)
})

/** As it is written: `fetch` would tidy the path up first. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const asking = request({ host: '127.0.0.1', port, path }).end()
  const [response] = (await once(asking, 'response')) as [IncomingMessage]
  response.resume()
  return response.statusCode
}
