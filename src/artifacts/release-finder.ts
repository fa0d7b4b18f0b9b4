import type { Drafts } from '../drafts/drafts.ts'
import { OrchestrationError } from '../errors.ts'
import type { ProfileRef } from '../vocabulary.ts'
import { isDigest, isSequence } from './json-guards.ts'
import { distrusted, nameOf, type Release, type ReleaseSummary } from './release.ts'
import { checkHead, type ReleaseIndex } from './release-index.ts'
import type { ReleaseReader } from './release-reader.ts'

export interface ReleaseSelector {
  /** Selects the newest release of the profile that holds it. */
  readonly artifactId?: string
  readonly sequence?: number
}

/** Which release is meant, and the right error when there is none. */
export interface ReleaseFinder {
  head(ref: ProfileRef): Promise<ReleaseSummary>
  get(ref: ProfileRef, selector: ReleaseSelector): Promise<Release>
  newestWith(ref: ProfileRef, artifactId: string): Promise<Release | undefined>
}

export interface ReleaseFinderPorts {
  readonly index: ReleaseIndex
  readonly reader: ReleaseReader
  readonly drafts: Pick<Drafts, 'find'>
}

export function createReleaseFinder({ index, reader, drafts }: ReleaseFinderPorts): ReleaseFinder {
  return { head, get, newestWith }

  async function head(ref: ProfileRef): Promise<ReleaseSummary> {
    const found = await index.head(ref)
    if (found) return found
    // The drafts know the clients: an unknown one is client_not_found.
    throw (await drafts.find(ref)) ? nothingPublished(ref) : profileNotFound(ref)
  }

  async function get(ref: ProfileRef, { artifactId, sequence }: ReleaseSelector): Promise<Release> {
    const newest = await head(ref)
    if (sequence !== undefined) return agreeing(await bySequence(ref, newest, sequence), artifactId)
    return artifactId === undefined ? await atHead(ref, newest) : await byArtifact(ref, artifactId)
  }

  async function atHead(ref: ProfileRef, newest: ReleaseSummary): Promise<Release> {
    const release = await reader.release({ ref, sequence: newest.sequence })
    checkHead(ref, newest, release)
    return release
  }

  async function bySequence(ref: ProfileRef, newest: ReleaseSummary, sequence: number): Promise<Release> {
    if (isSequence(sequence) && sequence <= newest.sequence) return await reader.release({ ref, sequence })
    throw notFound(`${nameOf(ref)} has no release ${sequence}. Its latest is ${newest.sequence}.`)
  }

  async function byArtifact(ref: ProfileRef, artifactId: string): Promise<Release> {
    const release = await newestWith(ref, artifactId)
    if (release) return release
    throw notFound(
      `No release of ${nameOf(ref)} holds the artifact "${artifactId}". Use get_config with history to see its releases.`,
    )
  }

  async function newestWith(ref: ProfileRef, artifactId: string): Promise<Release | undefined> {
    const sequence = isDigest(artifactId) ? await index.newestWith(ref, artifactId) : undefined
    if (sequence === undefined) return undefined
    const release = await reader.release({ ref, sequence })
    if (release.artifactId === artifactId) return release
    throw distrusted(
      `The index record of ${artifactId} in ${nameOf(ref)}`,
      `release ${sequence} holds another artifact`,
    )
  }
}

/** Two selectors must mean the same release. */
function agreeing(release: Release, artifactId: string | undefined): Release {
  if (artifactId === undefined || release.artifactId === artifactId) return release
  const message = `Release ${release.sequence} of ${nameOf(release)} holds the artifact ${release.artifactId}, not "${artifactId}". Give one of the two.`
  throw new OrchestrationError('invalid_request', message, {
    errors: [{ code: 'invalid_value', pointer: '/artifact_id', message }],
  })
}

function notFound(message: string): OrchestrationError {
  return new OrchestrationError('artifact_not_found', message)
}

function nothingPublished(ref: ProfileRef): OrchestrationError {
  return new OrchestrationError(
    'nothing_published',
    `${nameOf(ref)} has a draft and no release. Use publish_config to make one of it.`,
  )
}

function profileNotFound(ref: ProfileRef): OrchestrationError {
  return new OrchestrationError(
    'profile_not_found',
    `${nameOf(ref)} has neither a draft nor a release. Use add_server_to_config to begin a draft.`,
  )
}
