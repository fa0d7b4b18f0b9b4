import type { SigningKeys } from '../keys/signing-keys.ts'
import type { TrustedKeySet } from '../keys/trusted-keys.ts'
import type { Entry, Store } from '../store/store.ts'
import type { ProfileRef } from '../vocabulary.ts'
import { countServers } from './payload.ts'
import type { Release } from './release.ts'
import type { Statement } from './statement.ts'
import { releaseKey, releasePrefix } from './store-keys.ts'
import { corrupt, loadArtifact } from './stored-artifact.ts'
import { createVerifiedCache } from './verified-cache.ts'
import {
  checkLinks,
  followLink,
  type KnownStatement,
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
  statement(place: Place): Promise<KnownStatement>
  /** In the order of the places, which may be of several profiles. */
  statementsAt(places: readonly Place[]): Promise<readonly KnownStatement[]>
  /** From the first to the last sequence, each linked to the one before it. */
  statements(ref: ProfileRef, first: number, last: number): Promise<readonly KnownStatement[]>
  release(place: Place): Promise<Release>
  /** What was signed here and has just been committed: for as long as it is at that revision, it is as good as verified. */
  keep(signed: KnownStatement, revision: number): void
}

/**
 * One that is gone costs an Ed25519 verification, some 180 µs, when it is asked for again. Each profile's latest is, and the hundred of a
 * page of history: this is room for some 1,400.
 */
const maxStatementBytes = 1024 ** 2
/** Room for the latest of some 3,000 profiles with a few servers each, or of 110 with 50 KB each: one that is gone costs 220 to 450 µs. */
const maxReleaseBytes = 8 * 1024 ** 2

export function createReleaseReader(store: Store, keys: Pick<SigningKeys, 'trusted'>): ReleaseReader {
  const releases = createVerifiedCache<Release>(maxReleaseBytes)
  const statements = createVerifiedCache<KnownStatement>(maxStatementBytes)

  async function entryAt(place: Place): Promise<Entry> {
    const entry = await store.get(releaseKey(place.ref, place.sequence))
    if (!entry) throw missing(place)
    return entry
  }

  function known(place: Place, entry: Entry, trusted: TrustedKeySet): KnownStatement {
    return statements.get(entry, trusted) ?? verify(place, entry, trusted)
  }

  function verify(place: Place, entry: Entry, trusted: TrustedKeySet): VerifiedStatement {
    const verified = verifyStatement(place, entry.value, trusted)
    const { statement, digest, signingKeyId } = verified
    statements.set(entry, { statement, digest, signingKeyId }, bytesOfStatement(statement))
    return verified
  }

  return {
    async statement(place) {
      const trusted = await keys.trusted()
      return known(place, await entryAt(place), trusted)
    },
    async statementsAt(places) {
      const trusted = await keys.trusted()
      return await Promise.all(places.map(async (place) => known(place, await entryAt(place), trusted)))
    },
    async statements(ref, first, last) {
      const trusted = await keys.trusted()
      const entries = await listEntries(store, ref, first, last)
      const found = entries.map(({ place, entry }) => known(place, entry, trusted))
      checkLinks(found)
      return found
    },
    async release(place) {
      const trusted = await keys.trusted()
      const entry = await entryAt(place)
      const kept = releases.get(entry, trusted)
      if (kept) return kept
      const { release, bytes } = await assemble(store, place, verify(place, entry, trusted))
      releases.set(entry, release, bytes)
      return release
    },
    keep(signed, revision) {
      const key = releaseKey(signed.statement, signed.statement.sequence)
      statements.set({ key, revision }, signed, bytesOfStatement(signed.statement))
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
): Promise<{ readonly release: Release; readonly bytes: number }> {
  const artifact = await loadArtifact(store, statement.artifactId)
  if (!artifact)
    throw corrupt(statement.artifactId, `is missing from the store. ${releaseAt(place)} needs it`)
  const { previousRelease, ...said } = statement
  const { digest, ...proof } = signed
  const { payload, text } = artifact
  const previousArtifactId = await findPrevious(store, place, previousRelease)
  const release = { ...said, ...proof, previousArtifactId, payload, serverCount: countServers(payload) }
  return { release, bytes: bytesOfRelease(text, release) }
}

async function findPrevious(store: Store, place: Place, digest: string | null): Promise<string | null> {
  if (digest === null) return null
  const entry = await store.get(releaseKey(place.ref, place.sequence - 1))
  return followLink(place, digest, entry?.value).artifactId
}

/** As measured, with its keys and the cache's own bookkeeping. */
function bytesOfStatement({ changelog }: Statement): number {
  return 700 + 2 * (changelog?.length ?? 0)
}

/** As measured: a payload takes up as much as its text, and half as much again if that is many short strings. */
function bytesOfRelease(text: string, { envelope }: Release): number {
  return 1536 + 1.5 * Buffer.byteLength(text) + envelope.payload.length
}
