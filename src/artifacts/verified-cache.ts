import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { Entry } from '../store/store.ts'

/** What was verified, for as long as its entry is at the same revision and the key that vouched for it is trusted. */
export interface VerifiedCache<T> {
  get(entry: Entry, trusted: TrustedKeySet): T | undefined
  set(entry: Entry, value: T, weight: number): void
}

interface Kept<T> {
  readonly revision: number
  readonly value: T
  readonly weight: number
}

/** What was used longest ago goes first once all weights together exceed `maxWeight`. */
export function createVerifiedCache<T extends { readonly signingKeyId: string }>(
  maxWeight: number,
): VerifiedCache<T> {
  const kept = new Map<string, Kept<T>>()
  let total = 0

  function drop(key: string): void {
    total -= kept.get(key)?.weight ?? 0
    kept.delete(key)
  }

  function add(key: string, item: Kept<T>): void {
    drop(key)
    kept.set(key, item)
    total += item.weight
  }

  return {
    get({ key, revision }, trusted) {
      const found = kept.get(key)
      if (found?.revision !== revision || !trusted.has(found.value.signingKeyId)) return undefined
      add(key, found)
      return found.value
    },
    set({ key, revision }, value, weight) {
      add(key, { revision, value, weight })
      for (const oldest of kept.keys()) {
        if (total <= maxWeight) return
        drop(oldest)
      }
    },
  }
}
