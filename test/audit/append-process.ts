/** A process of its own that makes changes on the store of others; prints how many entries it wrote. */
import { createAudit } from '../../src/audit/audit.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import { workWhenTold } from '../support/processes.ts'
import { change } from './fixture.ts'

const [file = '', index] = process.argv.slice(2)
const store = createSqliteStore({ file })
const audit = createAudit({ store, clock: () => new Date() })

await workWhenTold(async () => {
  const own = { ...change, principal: `process-${index}` }
  for (let round = 0; round < 10; round += 1)
    await Promise.all(Array.from({ length: 10 }, () => audit.track(own, async () => undefined)))
  return 10 * 10 * 2
})
await store.close()
