import { After, Before, setDefaultTimeout } from '@cucumber/cucumber'
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

/** Everything that was started is stopped, the last first, even where one stop fails. */
After<World>(async function () {
  const failures: unknown[] = []
  for (const stop of this.stops.toReversed()) {
    try {
      await stop()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `Stopping failed: ${failures.join('; ')}`)
})

/** A scenario that never looks at what it brought about shows nothing. */
After<World>(function ({ result }) {
  if (result?.status === 'PASSED' && this.hasUnseenOutcome)
    throw new Error('Nobody looked at the outcome of the When.')
})
