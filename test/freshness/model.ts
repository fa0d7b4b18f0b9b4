import fc from 'fast-check'

/** What may be read, as far as the test changes it. */
export interface State {
  /** The names of the servers in the draft of each profile. */
  readonly drafts: Readonly<Record<Profile, readonly string[]>>
  /** The sequence of the latest release of each profile; 0 when there is none. */
  readonly releases: Readonly<Record<Profile, number>>
  readonly isTrusted: boolean
  /** Whether the team's own server is in the catalogue. */
  readonly isListed: boolean
  /** Whether the token of the guest is good. */
  readonly isGuestIn: boolean
}

const profiles = ['work', 'home'] as const
export type Profile = (typeof profiles)[number]

const readers = ['priya', 'limited', 'publisher', 'guest', 'apiKey'] as const
export type Reader = (typeof readers)[number]

const readings = ['draft', 'release', 'clients', 'catalogue'] as const

/** One question: who asks what, at which server, in which way. */
export interface Question {
  readonly reader: Reader
  readonly reading: (typeof readings)[number]
  readonly profile: Profile
  readonly server: number
  readonly way: 'rest' | 'conditional' | '2026-07-28' | '2025-11-25'
}

type Change =
  | { readonly kind: 'add' | 'remove'; readonly profile: Profile; readonly name: string }
  | { readonly kind: 'publish'; readonly profile: Profile }
  | { readonly kind: 'distrust' | 'trust' | 'list' | 'unlist' | 'letIn' | 'shutOut' }

/** A change, made through one of the servers, with questions that are asked before and after it, and others while it is made. */
export interface Step {
  readonly change: Change
  readonly server: number
  readonly questions: readonly Question[]
  readonly meanwhile: readonly Question[]
}

export const first: State = {
  drafts: { work: ['base'], home: ['base'] },
  releases: { work: 0, home: 0 },
  isTrusted: true,
  isListed: false,
  isGuestIn: false,
}

const servers = 3

const question: fc.Arbitrary<Question> = fc.record({
  reader: fc.constantFrom(...readers),
  reading: fc.constantFrom(...readings),
  profile: fc.constantFrom(...profiles),
  server: fc.nat(servers - 1),
  way: fc.constantFrom('rest', 'conditional', '2026-07-28', '2025-11-25'),
})

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('add', 'remove'),
    profile: fc.constantFrom(...profiles),
    name: fc.constantFrom('a', 'b', 'c'),
  }),
  fc.record({ kind: fc.constant('publish'), profile: fc.constantFrom(...profiles) }),
  fc.record({ kind: fc.constantFrom('distrust', 'trust', 'list', 'unlist', 'letIn', 'shutOut') }),
)

export const steps: fc.Arbitrary<Step> = fc.record({
  change,
  server: fc.nat(servers - 1),
  questions: fc.array(question, { minLength: 2, maxLength: 8 }),
  meanwhile: fc.array(question, { maxLength: 4 }),
})

/** Whether the change is possible and makes a difference. */
export function isPossible(state: State, { change: wanted }: Step): boolean {
  switch (wanted.kind) {
    case 'add':
      return !state.drafts[wanted.profile].includes(wanted.name)
    case 'remove':
      return state.drafts[wanted.profile].includes(wanted.name)
    case 'publish':
      return state.isTrusted
    case 'distrust':
    case 'trust':
      return state.isTrusted === (wanted.kind === 'distrust')
    case 'list':
    case 'unlist':
      return state.isListed === (wanted.kind === 'unlist')
    case 'letIn':
    case 'shutOut':
      return state.isGuestIn === (wanted.kind === 'shutOut')
  }
}

/** What a reader must be told in a state, as text. */
export function expected(state: State, { reader, reading, profile }: Question): string {
  if (reader === 'guest' && !state.isGuestIn) return 'invalid_credentials'
  if (reader === 'publisher') return 'insufficient_scope'
  const isLimited = reader === 'limited'
  const isBeyond = isLimited && profile !== 'work'
  switch (reading) {
    case 'draft':
      return isBeyond ? 'insufficient_scope' : state.drafts[profile].toSorted().join()
    case 'release':
      return isBeyond ? 'insufficient_scope' : release(state, profile)
    case 'clients':
      return isLimited ? 'cursor: work' : 'all: home,work'
    case 'catalogue':
      return state.isListed ? 'listed' : 'not listed'
  }
}

function release({ releases, isTrusted }: State, profile: Profile): string {
  if (releases[profile] === 0) return 'nothing_published'
  return isTrusted ? `release ${releases[profile]}` : 'signature_invalid'
}
