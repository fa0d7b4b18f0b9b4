/** Another process on the same store: `node sqlite-child.ts <task> <file>`. */
import type { OrchestrationError } from '../../src/errors.ts'
import { createSqliteStore } from '../../src/store/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { increment } from './store-contract.ts'

const tasks: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  async increment(store) {
    for (let count = 0; count < 100; count += 1) await increment(store, 'n')
  },

  async flood(store) {
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.commit({ put: { [`${round}-${index}`]: 1 } })),
      )
    }
  },

  /** Each number is printed once its commit has resolved; then the process ends as in a crash. */
  async crash(store) {
    for (let count = 1; count <= 20; count += 1) {
      await store.commit({ put: { [`k${count}`]: count } })
      process.stdout.write(`${count}\n`)
    }
    void store.commit({ put: { half: 1, way: 2 } })
    process.kill(process.pid, 'SIGKILL')
  },

  /** As a user who may not write there, whoever runs the tests: modes don't stop root. */
  async stranger(store) {
    if (process.getuid?.() === 0) process.setuid?.(65534)
    await store.commit({ put: { a: 1 } }).catch((error: unknown) => {
      const { code, message } = error as OrchestrationError
      process.stdout.write(JSON.stringify({ code, message }))
    })
  },
}

const [task = '', file = ''] = process.argv.slice(2)
const store = createSqliteStore({ file })
await tasks[task]?.(store)
await store.close()
