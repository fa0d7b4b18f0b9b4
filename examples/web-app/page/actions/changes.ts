import { newIdempotencyKey, type Seen } from '../api.ts'
import type { Draft, ProfileRef } from '../api-types.ts'
import type { App } from '../app.ts'
import type { Problem } from '../problem.ts'
import { listOf } from '../words.ts'
import { reloadProfile } from './profiles.ts'

/** The key of the request that was never answered, so that sending it again does nothing twice; else a new one. */
export function keyOf({ idempotencyKey }: { readonly idempotencyKey: string | undefined }): string {
  return idempotencyKey ?? newIdempotencyKey()
}

/** What a dialog remembers of a problem: the key only if nobody knows whether the change was made. */
export function unanswered(problem: Problem, idempotencyKey: string) {
  return { problem, idempotencyKey: problem.code === 'unreachable' ? idempotencyKey : undefined }
}

/** The draft as somebody else has left it, shown behind the dialog, too. */
export async function readDraftAnew(app: App, ref: ProfileRef): Promise<Seen<Draft>> {
  const draft = await app.api.draft(ref)
  await reloadProfile(app)
  return draft
}

export function inDraft({ value }: Seen<Draft>): string {
  const names = Object.keys(value.draft.mcpServers)
  return names.length === 0 ? 'The draft is empty now.' : `The draft now holds ${listOf(names)}.`
}
