import { After, Before, setDefaultTimeout } from '@cucumber/cucumber'
import { stopAll } from '../../test/support/stop-all.ts'
import { forbidForeignHosts } from './http.ts'
import type { World } from './world.ts'

setDefaultTimeout(60_000)

/** What is configured on this machine must not reach the product, and nothing may leave it. */
Before<World>(function () {
  for (const name of Object.keys(process.env))
    if (name.startsWith('MCP_ORCHESTRATION_')) delete process.env[name]
  Object.assign(process.env, this.sandbox.env)
  const hosts = forbidForeignHosts()
  this.stops.push(() => hosts.close())
})

After<World>(async function () {
  await stopAll(this.stops)
})

/** A scenario that never looks at what it brought about shows nothing. */
After<World>(function ({ result }) {
  if (result?.status === 'PASSED' && this.hasUnseenOutcome)
    throw new Error('Nobody looked at the outcome of the When.')
})
