import { defineParameterType } from '@cucumber/cucumber'
import { type ErrorCode, errorTitles, type ProfileRef } from '../../src/index.ts'

export type Person = 'Priya' | 'Omar' | 'Mallory'

/** A refusal by the title that a person reads; a title that no error has makes the step undefined. */
export interface Reason {
  readonly code: ErrorCode
  readonly title: string
}

const reasons = Object.entries(errorTitles).map(([code, title]) => ({ code: code as ErrorCode, title }))

defineParameterType({ name: 'person', regexp: /Priya|Omar|Mallory/, transformer: (name) => name as Person })

defineParameterType({
  name: 'reason',
  // The longest first, so that no title is cut short where another one begins alike.
  regexp: reasons.map(({ title }) => title).toSorted((a, b) => b.length - a.length),
  transformer: (title): Reason | undefined => reasons.find((reason) => reason.title === title),
})

/** `cursor/work`: the profile "work" of the client "cursor". */
defineParameterType({
  name: 'profile',
  regexp: /[a-z][a-z0-9.-]*\/[a-z][a-z0-9.-]*/,
  transformer: (text): ProfileRef => {
    const [clientId = '', profileId = ''] = text.split('/')
    return { clientId, profileId }
  },
})

/** `"memory"`, `"memory" and "time"`, `"memory", "time" and "fetch"`. */
defineParameterType({
  name: 'servers',
  regexp: /"[a-z-]+"(?:, "[a-z-]+")*(?: and "[a-z-]+")?/,
  transformer: (text): readonly string[] => [...text.matchAll(/"([a-z-]+)"/g)].map(([, name = '']) => name),
})

/** The same where there may be none: `nothing`. */
defineParameterType({
  name: 'names',
  regexp: /nothing|"[a-z-]+"(?:, "[a-z-]+")*(?: and "[a-z-]+")?/,
  transformer: (text): readonly string[] => [...text.matchAll(/"([a-z-]+)"/g)].map(([, name = '']) => name),
})
