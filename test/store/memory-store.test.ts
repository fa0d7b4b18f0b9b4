import { createMemoryStore } from '../../src/store/memory-store.ts'
import { describeStore } from './store-contract.ts'

describeStore('memory', (t, options) => {
  const store = createMemoryStore(options)
  t.after(() => store.close())
  return store
})
