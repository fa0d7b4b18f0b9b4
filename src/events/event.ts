import { type Publication, toPublication } from '../artifacts/release-index.ts'
import { type CarriedOut, toCarriedOut } from '../deployments/deployment-records.ts'
import { type FileStateChange, toFileStateChange } from '../deployments/file-states.ts'
import { type DraftChange, toDraftChange } from '../drafts/draft.ts'
import type { StoreEvent } from '../store/store.ts'

/** Something that happened to a profile, by whatever door and process. `revision` is the store's; one commit may be several events. */
export type OrchestrationEvent =
  /** A server was added or removed, or the draft was cleared; `revision` is the draft's too. */
  | ({ readonly type: 'draft_changed'; readonly revision: number } & DraftChange)
  | ({ readonly type: 'published'; readonly revision: number } & Publication)
  /** A release was written into its client's file, which is then in sync. */
  | ({ readonly type: 'deployed'; readonly revision: number } & CarriedOut)
  /** Somebody edited, removed or mended a deployed file. */
  | ({ readonly type: 'file_state_changed'; readonly revision: number } & FileStateChange)

/** What a write to the store means; undefined when it is nobody's business. Each room reads its own keys. */
export function toEvent(told: StoreEvent): OrchestrationEvent | undefined {
  if (told.type === 'delete') return undefined
  const { key, value, revision } = told
  const draft = toDraftChange(key, value)
  if (draft) return { type: 'draft_changed', revision, ...draft }
  const publication = toPublication(key, value)
  if (publication) return { type: 'published', revision, ...publication }
  const deployment = toCarriedOut(key, value)
  if (deployment) return { type: 'deployed', revision, ...deployment }
  const fileState = toFileStateChange(key, value)
  return fileState && { type: 'file_state_changed', revision, ...fileState }
}
