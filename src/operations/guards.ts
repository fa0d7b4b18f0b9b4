import type { JsonObject } from '../vocabulary.ts'
import { getConfig } from './configurations.ts'
import { viewDraftConfig } from './drafts.ts'
import type { GuardId, Operation, OperationContext } from './operation.ts'

/** What a change is held against: the answer of a read, and what of it the change itself then depends on. */
export interface Guard {
  readonly operation: Operation
  /** An answer about nothing is an answer, too: of a draft that nobody has begun. */
  isThere(answer: JsonObject): boolean
  toExpectation(answer: JsonObject): Pick<OperationContext, 'expectedRevision' | 'expectedSequence'>
}

export const guards: Readonly<Record<GuardId, Guard>> = {
  view_draft_config: {
    operation: viewDraftConfig,
    isThere: ({ revision }) => revision !== 0,
    toExpectation: ({ revision }) => ({ expectedRevision: Number(revision) }),
  },
  get_config: {
    operation: getConfig,
    isThere: () => true,
    toExpectation: ({ metadata }) => ({ expectedSequence: Number((metadata as JsonObject).sequence) }),
  },
}
