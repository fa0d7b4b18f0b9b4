/** The contract of the HTTP transport: 47 scenarios in nine groups, each with its priority. And the doors of the domain's. */

/**
 * Through each of them every scenario of the domain passes, in a run of its own: the profiles of cucumber.cjs of these names. The part
 * that is run against several workers, too, is the profile `workers`; all of it is `npm run test:workers`.
 */
export const doors = ['library', 'http', 'stdio', 'mcp'] as const

export const priorities = ['critical', 'high', 'medium', 'low'] as const
export type Priority = (typeof priorities)[number]

export interface Group {
  /** The feature file's base name in `features/http-transport/`. */
  readonly name: string
  /** The tags that each scenario of the group carries beside its priority. */
  readonly tags: readonly string[]
  /** One for each scenario; their order means nothing. */
  readonly priorities: readonly Priority[]
  /** Whether the scenarios must be there already. */
  readonly delivered: boolean
}

const expose = '@behavior:http-transport-expose'

export const groups: readonly Group[] = [
  {
    name: 'expose',
    tags: [expose],
    priorities: [...times(6, 'high'), ...times(5, 'medium'), ...times(4, 'low')],
    delivered: true,
  },
  {
    name: 'auth',
    tags: ['@behavior:http-transport-auth'],
    priorities: [...times(2, 'critical'), ...times(2, 'high'), ...times(2, 'medium')],
    delivered: true,
  },
  {
    name: 'token-generate',
    tags: ['@behavior:http-transport-token-generate'],
    priorities: ['high', 'medium', 'low'],
    delivered: true,
  },
  {
    name: 'cors',
    tags: ['@behavior:http-transport-cors'],
    priorities: ['high', 'high', 'medium'],
    delivered: true,
  },
  {
    name: 'backward-compat',
    tags: ['@behavior:http-transport-backward-compat'],
    priorities: [...times(3, 'high'), 'medium'],
    delivered: true,
  },
  {
    name: 'lifecycle',
    tags: ['@behavior:http-transport-lifecycle'],
    priorities: [...times(3, 'high'), ...times(2, 'medium'), 'low'],
    delivered: true,
  },
  { name: 'errors', tags: [expose], priorities: times(4, 'medium'), delivered: true },
  {
    name: 'performance',
    tags: [expose, '@nfr:performance'],
    priorities: ['medium', 'medium', 'low'],
    delivered: true,
  },
  { name: 'openapi', tags: [expose], priorities: ['medium', 'medium', 'low'], delivered: true },
]

function times(count: number, priority: Priority): readonly Priority[] {
  return Array<Priority>(count).fill(priority)
}
