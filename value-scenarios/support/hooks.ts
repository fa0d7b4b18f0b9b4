import { After, setDefaultTimeout } from '@cucumber/cucumber'
import { stopAll } from '../../test/support/stop-all.ts'
import type { World } from './world.ts'

setDefaultTimeout(180_000)

After<World>(async function () {
  await stopAll(this.stops)
})

/** A scenario that never looks at what came of its guide shows nothing. */
After<World>(function ({ result }) {
  if (result?.status === 'PASSED' && this.hasUnseenRun)
    throw new Error('Nobody looked at the run of the guide.')
})
