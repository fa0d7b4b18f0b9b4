import type { ProfileRef } from './api-types.ts'

/** `#/cursor/work` is the profile "work" of the client "cursor"; so Back, Reload and a bookmark do what one expects. */
export function readRoute(): ProfileRef | undefined {
  const [, client_id, profile_id] = /^#\/([a-z0-9._-]+)\/([a-z0-9._-]+)$/.exec(location.hash) ?? []
  return client_id && profile_id ? { client_id, profile_id } : undefined
}

export function toRoute({ client_id, profile_id }: ProfileRef): string {
  return `#/${client_id}/${profile_id}`
}
