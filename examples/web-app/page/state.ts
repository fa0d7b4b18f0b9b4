import type { Seen } from './api.ts'
import type {
  Client,
  ConfigDiff,
  Deployment,
  DeployResult,
  DescribedServer,
  Draft,
  Profile,
  ProfileRef,
  Release,
  ReleaseSummary,
  Scope,
  ServerPage,
  Validation,
} from './api-types.ts'
import type { Problem } from './problem.ts'

/** Everything that the page shows. Views read it, actions replace parts of it, and nothing else is remembered anywhere. */
export interface State {
  /** The servers that the page's policy lets it talk to. */
  readonly servers: readonly string[]
  readonly session: Session
  readonly stream: Stream
  /** Undefined until they have been loaded for the first time. */
  readonly clients: readonly ListedClient[] | undefined
  readonly filter: string
  readonly selected: ProfileRef | undefined
  /** Of the selected profile; undefined while it is being loaded. */
  readonly profile: OpenProfile | undefined
  /** Why the selected profile can't be read. */
  readonly unread: Problem | undefined
  readonly dialog: Dialog | undefined
  readonly notice: Notice | undefined
  /** What happened since the page was opened, the newest first. */
  readonly activity: readonly Activity[]
  /** The scopes that a refusal has shown to be missing. */
  readonly missingScopes: readonly Scope[]
  /** Whether something is being changed, so that nothing is asked for twice. */
  readonly isBusy: boolean
}

export interface Session {
  readonly status: 'closed' | 'opening' | 'open'
  readonly server: string
  /** Why it was closed, unless one wanted that. */
  readonly problem?: Problem
}

export type Stream =
  | { readonly status: 'connecting'; readonly problem?: Problem }
  | { readonly status: 'live' }
  | { readonly status: 'waiting'; readonly retryAt: number; readonly problem: Problem }

export interface ListedClient extends Client {
  readonly listed: readonly Profile[]
  /** Why they can't be listed. */
  readonly problem?: Problem
}

export interface OpenProfile {
  readonly ref: ProfileRef
  readonly draft: Seen<Draft>
  /** Absent while nothing is published. */
  readonly latest?: Seen<Release>
  readonly history: readonly ReleaseSummary[]
  readonly hasMoreHistory: boolean
  readonly deployment: Deployment | null
  /** What publishing the draft would change; absent while nothing is published. */
  readonly changes?: Changes
  /** Of this very draft, once it was asked for. */
  readonly validation?: Validation
}

/** A difference as publishing the draft would make it: from the latest release to the draft. */
export interface Changes {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly modified: ConfigDiff['servers_modified']
}

export type Dialog = NewProfileDialog | AddDialog | PublishDialog | DeployDialog

/** A change that was sent and not answered: sent again as it is, it has to have the same key. */
export interface Unsettled {
  readonly idempotencyKey: string
  readonly body: string
}

interface NewProfileDialog {
  readonly kind: 'new-profile'
}

export interface AddDialog {
  readonly kind: 'add'
  readonly ref: ProfileRef
  /** The draft that was seen, and that is changed or nothing. */
  readonly draft: Seen<Draft>
  readonly search: string
  readonly transport: string
  readonly found: ServerPage | undefined
  /** The one that was chosen, with its parameters. */
  readonly server: DescribedServer | undefined
  readonly problem: Problem | undefined
  readonly unsettled: Unsettled | undefined
}

export interface PublishDialog {
  readonly kind: 'publish'
  readonly ref: ProfileRef
  /** What will be published or nothing, and what that changes; undefined while it is looked up. */
  readonly proposal: Proposal | undefined
  readonly needsKey: boolean
  readonly problem: Problem | undefined
  readonly unsettled: Unsettled | undefined
}

export interface Proposal {
  readonly draft: Seen<Draft>
  readonly validation: Validation
  readonly changes: Changes
  /** The release from which on the changes are told; undefined where there is none. */
  readonly since: number | undefined
}

export interface DeployDialog {
  readonly kind: 'deploy'
  readonly ref: ProfileRef
  readonly sequence: number
  /** It is older than what is in the file. */
  readonly isRollback: boolean
  /** The latest release when the difference was looked up: when there is a newer one, nothing is deployed. */
  readonly latest: Seen<Release>
  readonly overwrite: boolean
  /** Something in the file stands in the way, so overwriting is offered. */
  readonly hasConflict: boolean
  readonly preview: DeployResult | undefined
  readonly result: DeployResult | undefined
  readonly problem: Problem | undefined
  readonly unsettled: Unsettled | undefined
}

export interface Notice {
  readonly kind: 'done' | 'failed'
  readonly text: string
  readonly problem?: Problem
}

export interface Activity {
  readonly id: string
  readonly at: number
  readonly ref: ProfileRef
  readonly text: string
}

export function initialState(servers: readonly string[], server: string): State {
  return {
    servers,
    session: { status: 'closed', server },
    stream: { status: 'connecting' },
    clients: undefined,
    filter: '',
    selected: undefined,
    profile: undefined,
    unread: undefined,
    dialog: undefined,
    notice: undefined,
    activity: [],
    missingScopes: [],
    isBusy: false,
  }
}

export function isSameRef(a: ProfileRef | undefined, b: ProfileRef | undefined): boolean {
  return a?.client_id === b?.client_id && a?.profile_id === b?.profile_id
}

/** Whether deploying a release would go back behind the one that is in the file. */
export function isRollback({ deployment }: OpenProfile, sequence: number): boolean {
  return deployment !== null && sequence < deployment.sequence
}
