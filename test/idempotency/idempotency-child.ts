import { argv } from 'node:process'
import { createIdempotency } from '../../src/idempotency/idempotency.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import { workWhenTold } from '../support/processes.ts'

/** Begins the same ten requests as its siblings, on the store in the file, and says how each was met. */
await workWhenTold(async () => {
  const store = createSqliteStore({ file: argv[2] ?? '' })
  const idempotency = createIdempotency({ store, clock: () => new Date() })
  const statuses: string[] = []
  for (let index = 0; index < 10; index += 1)
    statuses.push((await idempotency.begin('tok_1', `key-${index}`, 'request')).status)
  await store.close()
  return statuses
})
