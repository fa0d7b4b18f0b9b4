import type { SigningKeys } from '../keys/signing-keys.ts'
import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { Entry, Store } from '../store/store.ts'
import type { ProfileRef } from '../vocabulary.ts'
import { countServers } from './payload.ts'
import type { Release } from './release.ts'
import { releaseKey, releasePrefix } from './store-keys.ts'
import { corrupt, loadArtifact } from './stored-artifact.ts'
import { createVerifiedCache } from './verified-cache.ts'
import {
  checkLinks,
  followLink,
  missing,
  type Place,
  releaseAt,
  type VerifiedStatement,
  verifyStatement,
} from './verified-statement.ts'

/**
 * Releases out of the store, verified. Whatever the store holds, an answer is what was once signed here, or the error is
 * `signature_invalid` or `artifact_corrupt`; so is that of a release that isn't there, for one is asked for only if it must be.
 */
export interface ReleaseReader {
  statement(place: Place): Promise<VerifiedStatement>
  /** In the order of the places, which may be of several profiles. */
  statementsAt(places: readonly Place[]): Promise<readonly VerifiedStatement[]>
  /** From the first to the last sequence, each linked to the one before it. */
  statements(ref: ProfileRef, first: number, last: number): Promise<readonly VerifiedStatement[]>
  release(place: Place): Promise<Release>
}

/** Some thousand releases of the usual size. */
const maxReleaseCharacters = 16 * 1024 * 1024
const maxStatementCharacters = 4 * 1024 * 1024

export function createReleaseReader(store: Store, keys: Pick<SigningKeys, 'trusted'>): ReleaseReader {
  const releases = createVerifiedCache<Release>(maxReleaseCharacters)
  const statements = createVerifiedCache<VerifiedStatement>(maxStatementCharacters)

  async function entryAt(place: Place): Promise<Entry> {
    const entry = await store.get(releaseKey(place.ref, place.sequence))
    if (!entry) throw missing(place)
    return entry
  }

  function verify(place: Place, entry: Entry, trusted: TrustedKeySet): VerifiedStatement {
    const kept = statements.get(entry, trusted)
    if (kept) return kept
    const verified = verifyStatement(place, entry.value, trusted)
    statements.set(entry, verified, verified.envelope.payload.length)
    return verified
  }

  return {
    async statement(place) {
      const trusted = await keys.trusted()
      return verify(place, await entryAt(place), trusted)
    },
    async statementsAt(places) {
      const trusted = await keys.trusted()
      return await Promise.all(places.map(async (place) => verify(place, await entryAt(place), trusted)))
    },
    async statements(ref, first, last) {
      const trusted = await keys.trusted()
      const entries = await listEntries(store, ref, first, last)
      const verified = entries.map(({ place, entry }) => verify(place, entry, trusted))
      checkLinks(verified)
      return verified
    },
    async release(place) {
      const trusted = await keys.trusted()
      const entry = await entryAt(place)
      const kept = releases.get(entry, trusted)
      if (kept) return kept
      const { release, weight } = await assemble(store, place, verify(place, entry, trusted))
      releases.set(entry, release, weight)
      return release
    },
  }
}

async function listEntries(
  store: Store,
  ref: ProfileRef,
  first: number,
  last: number,
): Promise<readonly { readonly place: Place; readonly entry: Entry }[]> {
  const sequences = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const page = { after: releaseKey(ref, first - 1), limit: sequences.length }
  const entries = new Map((await store.list(releasePrefix(ref), page)).map((entry) => [entry.key, entry]))
  return sequences.map((sequence) => {
    const entry = entries.get(releaseKey(ref, sequence))
    if (!entry) throw missing({ ref, sequence })
    return { place: { ref, sequence }, entry }
  })
}

async function assemble(
  store: Store,
  place: Place,
  { statement, ...signed }: VerifiedStatement,
): Promise<{ readonly release: Release; readonly weight: number }> {
  const artifact = await loadArtifact(store, statement.artifactId)
  if (!artifact)
    throw corrupt(statement.artifactId, `is missing from the store. ${releaseAt(place)} needs it`)
  const { previousRelease, ...said } = statement
  const { digest, ...proof } = signed
  const { payload, text } = artifact
  const previousArtifactId = await findPrevious(store, place, previousRelease)
  const release = { ...said, ...proof, previousArtifactId, payload, serverCount: countServers(payload) }
  return { release, weight: text.length + signed.envelope.payload.length }
}

async function findPrevious(store: Store, place: Place, digest: string | null): Promise<string | null> {
  if (digest === null) return null
  const entry = await store.get(releaseKey(place.ref, place.sequence - 1))
  return followLink(place, digest, entry?.value).artifactId
}
