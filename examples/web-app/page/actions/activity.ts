import type { ProfileRef } from '../api-types.ts'
import type { Activity } from '../state.ts'
import { countOf } from '../words.ts'

export interface EventData extends ProfileRef {
  readonly revision: number
  readonly server_count?: number
  readonly sequence?: number
  readonly file_state?: string
}

const texts: Readonly<Record<string, (event: EventData) => string>> = {
  draft_changed: ({ server_count = 0 }) => `The draft now holds ${countOf(server_count, 'server')}.`,
  published: ({ sequence }) => `Release ${sequence} was published.`,
  deployed: ({ sequence }) => `Release ${sequence} was deployed.`,
  file_state_changed: ({ file_state = '' }) => `The file is ${file_state.replace('_', ' ')}.`,
}

/** An event as a sentence; one of a kind that this page doesn't know is named. */
export function toActivity(type: string, event: EventData): Activity {
  const { client_id, profile_id, revision } = event
  return {
    id: `${type} ${revision} ${client_id}/${profile_id}`,
    at: Date.now(),
    ref: { client_id, profile_id },
    text: texts[type]?.(event) ?? type,
  }
}
