import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { Entry } from '../store/store.ts'

/** What was verified, for as long as its entry is at the same revision and the key that vouched for it is trusted. */
export interface VerifiedCache<T> {
  get(entry: KeptFor, trusted: TrustedKeySet): T | undefined
  set(entry: KeptFor, value: T, bytes: number): void
}

type KeptFor = Pick<Entry, 'key' | 'revision'>

interface Kept<T> {
  readonly revision: number
  readonly value: T
  readonly bytes: number
}

/** What was used longest ago goes first once all together take up more than `maxBytes`. */
export function createVerifiedCache<T extends { readonly signingKeyId: string }>(
  maxBytes: number,
): VerifiedCache<T> {
  const kept = new Map<string, Kept<T>>()
  let total = 0

  function drop(key: string): void {
    total -= kept.get(key)?.bytes ?? 0
    kept.delete(key)
  }

  function add(key: string, item: Kept<T>): void {
    drop(key)
    kept.set(key, item)
    total += item.bytes
  }

  return {
    get({ key, revision }, trusted) {
      const found = kept.get(key)
      if (found?.revision !== revision || !trusted.has(found.value.signingKeyId)) return undefined
      add(key, found)
      return found.value
    },
    set({ key, revision }, value, bytes) {
      add(key, { revision, value, bytes })
      for (const oldest of kept.keys()) {
        if (total <= maxBytes) return
        drop(oldest)
      }
    },
  }
}
