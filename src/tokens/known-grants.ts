import type { StoredGrant } from './stored-token.ts'

/** Grants that were looked up, by the hash of their token, for as long as nobody can have changed them. */
export interface KnownGrants {
  get(epoch: number, hashHex: string): StoredGrant | undefined
  /** Looks up what isn't known: once, however many ask for it meanwhile. */
  find(epoch: number, hashHex: string, lookUp: LookUp): Promise<StoredGrant | undefined>
}

type LookUp = () => Promise<StoredGrant | undefined>

/** Those of one epoch, the newest that it was asked about. Beyond the bound, and in an older epoch, they are looked up each time. */
export function createKnownGrants(maxGrants = 10_000): KnownGrants {
  let current: Known = begin(Number.NEGATIVE_INFINITY)

  function knownIn(epoch: number): Known {
    if (epoch > current.epoch) current = begin(epoch)
    return epoch === current.epoch ? current : begin(epoch)
  }

  async function fill({ grants, underWay }: Known, hashHex: string, lookUp: LookUp) {
    try {
      const found = await lookUp()
      if (found && grants.size < maxGrants) grants.set(hashHex, found)
      return found
    } finally {
      underWay.delete(hashHex)
    }
  }

  return {
    get: (epoch, hashHex) => knownIn(epoch).grants.get(hashHex),
    async find(epoch, hashHex, lookUp) {
      const known = knownIn(epoch)
      const found = known.grants.get(hashHex) ?? known.underWay.get(hashHex)
      if (found) return found
      const filling = fill(known, hashHex, lookUp)
      known.underWay.set(hashHex, filling)
      return filling
    },
  }
}

interface Known {
  readonly epoch: number
  readonly grants: Map<string, StoredGrant>
  readonly underWay: Map<string, Promise<StoredGrant | undefined>>
}

function begin(epoch: number): Known {
  return { epoch, grants: new Map(), underWay: new Map() }
}
