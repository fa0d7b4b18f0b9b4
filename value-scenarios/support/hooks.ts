import { After, setDefaultTimeout } from '@cucumber/cucumber'
import type { World } from './world.ts'

setDefaultTimeout(180_000)

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

/** A scenario that never looks at what came of its guide shows nothing. */
After<World>(function ({ result }) {
  if (result?.status === 'PASSED' && this.hasUnseenRun)
    throw new Error('Nobody looked at the run of the guide.')
})
