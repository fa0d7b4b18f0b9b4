import { createBell } from './bell.ts'
import { follow } from './follow.ts'
import { checkKey } from './keys.ts'
import { createMemoryRecords, type MemoryRecords } from './memory-records.ts'
import { prepareChange } from './prepared-change.ts'
import { type HistoryOptions, storeClosed, toHistoryBounds } from './records.ts'
import type { Store } from './store.ts'

export type MemoryStoreOptions = HistoryOptions

/** A store that ends with its process. */
export function createMemoryStore(options: MemoryStoreOptions = {}): Store {
  const records = createMemoryRecords(toHistoryBounds(options))
  const bell = createBell()
  let closed = false

  return {
    get: async (key) => {
      checkKey(key)
      return open().get(key)
    },
    list: async (prefix, page) => open().list(prefix, page),
    keys: async (prefix, page) => open().keys(prefix, page),
    commit: async (change) => {
      const result = open().apply(prepareChange(change))
      bell.ring()
      return result
    },
    watch: (prefix, { fromRevision = records.head(), signal } = {}) => {
      const since = async (revision: number) => open().since(prefix, revision)
      return follow({ start: Promise.resolve(fromRevision), since, bell }, signal)
    },
    revision: async () => open().head(),
    stamp: async () => open().stamp(),
    close: async () => {
      closed = true
      bell.ring()
    },
  }

  function open(): MemoryRecords {
    if (closed) throw storeClosed()
    return records
  }
}
