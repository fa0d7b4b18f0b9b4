import { defineParameterType } from '@cucumber/cucumber'
import type { ProfileRef } from '../../src/index.ts'

export type Person = 'Priya' | 'Omar' | 'Mallory'

defineParameterType({ name: 'person', regexp: /Priya|Omar|Mallory/, transformer: (name) => name as Person })

/** `cursor/work`: the profile "work" of the client "cursor". */
defineParameterType({
  name: 'ref',
  regexp: /[a-z][a-z0-9.-]*\/[a-z][a-z0-9.-]*/,
  transformer: (text): ProfileRef => {
    const [clientId = '', profileId = ''] = text.split('/')
    return { clientId, profileId }
  },
})

/** `"memory"`, `"memory" and "time"`. */
defineParameterType({
  name: 'serverIds',
  regexp: /"[a-z-]+"(?: and "[a-z-]+")?/,
  transformer: (text): readonly string[] => [...text.matchAll(/"([a-z-]+)"/g)].map(([, id = '']) => id),
})
