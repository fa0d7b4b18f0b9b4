import { hash, timingSafeEqual } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { createKnownGrants } from './known-grants.ts'
import { fromEntry, grantKey, type StoredGrant } from './stored-token.ts'
import { type Grant, isExpired, isTokenShaped, toTokenId } from './token.ts'

export interface VerificationOptions {
  readonly store: Store
  readonly clock: () => Date
}

/** Whether what somebody presents is a token, and what it grants. */
export interface Verification {
  verify(token: string, epoch?: number): Promise<Grant | undefined>
  verifiedIn(epoch: number, token: string): Grant | undefined
}

/** What was found in an epoch is not looked up again in it; whether it has expired, is asked each time. */
export function createVerification({ store, clock }: VerificationOptions): Verification {
  const known = createKnownGrants()

  async function lookUp(hashHex: string): Promise<StoredGrant | undefined> {
    const stored = fromEntry(await store.get(grantKey(toTokenId(hashHex))))
    return stored && isSameHash(stored.hashHex, hashHex) ? stored : undefined
  }

  function ifValid(stored: StoredGrant | undefined): Grant | undefined {
    return stored && !isExpired(stored.grant, clock()) ? stored.grant : undefined
  }

  return {
    async verify(token, epoch) {
      if (!isTokenShaped(token)) return undefined
      const hashHex = hash('sha256', token)
      const look = () => lookUp(hashHex)
      return ifValid(await (epoch !== undefined ? known.find(epoch, hashHex, look) : look()))
    },
    verifiedIn: (epoch, token) => ifValid(known.get(epoch, hash('sha256', token))),
  }
}

/** The id, by which it was found, is a part of the hash only; the rest must not be learnt from how long a refusal takes. */
function isSameHash(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right))
}
