import { newIdempotencyKey, type Seen } from '../api.ts'
import type { Draft, ProfileRef } from '../api-types.ts'
import { type App, showProblem } from '../app.ts'
import type { Problem } from '../problem.ts'
import type { Unsettled } from '../state.ts'
import { listOf } from '../words.ts'
import { reloadProfile } from './profiles.ts'

/** What was never answered keeps its key, so that sending it again does nothing twice; another body gets another key. */
export function toSend(
  { unsettled }: { readonly unsettled: Unsettled | undefined },
  content: object,
): Unsettled {
  const body = JSON.stringify(content)
  return unsettled?.body === body ? unsettled : { idempotencyKey: newIdempotencyKey(), body }
}

/** What a dialog remembers of a problem: the key only if nobody knows whether the change was made. */
export function unanswered(problem: Problem, sent: Unsettled) {
  const isOpen = ['unreachable', 'unexpected_answer'].includes(problem.code)
  return { problem, unsettled: isOpen ? sent : undefined }
}

/** On the page, for whoever has closed the dialog since; so it says what it was about. */
export function tellOutside(
  app: App,
  act: string,
  { client_id, profile_id }: ProfileRef,
  problem: Problem,
): void {
  showProblem(app, { ...problem, title: `${act} ${client_id}/${profile_id}: ${problem.title}` })
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
