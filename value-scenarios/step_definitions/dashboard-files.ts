import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import { dashboardOf } from '../support/dashboard/dashboard.ts'
import { repository } from '../support/stage.ts'
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

const ends = new WeakMap<World, readonly (readonly [exitCode: string, said: string])[]>()

When<World>("Omar starts the dashboard's own server with", async function (table: DataTable) {
  const { port } = new URL(dashboardOf(this).origin)
  const starts = table.hashes().map(({ address = '', PORT = '' }) => start(address, PORT, port))
  ends.set(this, await Promise.all(starts))
})

Then<World>('it ends with', function (table: DataTable) {
  assert.deepEqual(ends.get(this), table.raw())
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

/** What came of a start: its exit code and what it said, with the port that another one has as `…`. */
async function start(address: string, wanted: string, taken: string): Promise<readonly [string, string]> {
  const file = join(repository, 'examples/web-app/serve.ts')
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', file, ...(address ? [address] : [])],
    {
      env: { PATH: process.env.PATH, PORT: wanted === 'taken' ? taken : wanted },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  )
  const [said, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')])
  return [String(exitCode), said.trim().replace(taken, '…')]
}
