import type { ProfileRef } from '../vocabulary.ts'

/** Ids hold no slash, so no two of these can be the same key. */

export function artifactKey(artifactId: string): string {
  return `artifacts/${artifactId}`
}

/** Enough digits for every safe integer, so that keys sort as their numbers do. */
const sequenceDigits = 16

export function releaseKey(ref: ProfileRef, sequence: number): string {
  return `${releasePrefix(ref)}${String(sequence).padStart(sequenceDigits, '0')}`
}

export function releasePrefix({ clientId, profileId }: ProfileRef): string {
  return `releases/${clientId}/${profileId}/`
}

/** Where the store keeps the heads: for each profile its latest release. */
export const headRoom = 'heads'

/** The latest release of a profile. */
export function headKey({ clientId, profileId }: ProfileRef): string {
  return `${headPrefix(clientId)}${profileId}`
}

export function headPrefix(clientId: string): string {
  return `${headRoom}/${clientId}/`
}

/** Whose head the key stands for; undefined for any other key. */
export function fromHeadKey(key: string): ProfileRef | undefined {
  const [room, clientId, profileId, ...rest] = key.split('/')
  if (room !== headRoom || !clientId || !profileId || rest.length > 0) return undefined
  return { clientId, profileId }
}

/** The newest sequence of a profile that holds an artifact. */
export function newestKey({ clientId, profileId }: ProfileRef, artifactId: string): string {
  return `newest/${clientId}/${profileId}/${artifactId}`
}
