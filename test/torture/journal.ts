import { createPlaces, type Places } from './places.ts'

/** What was asked of the server and what it answered, as far as it must be found again after a crash. */
export interface Journal {
  /** The marker of the entry in a draft, by client, profile and server name; null = none. */
  readonly entries: Places<string | null>
  /** The value of a secret, by its name in the vault; null = none. */
  readonly secrets: Places<string | null>
  /** Which release a client's file holds, by client; null = none. */
  readonly files: Places<Deployed | null>
  /** Whether a token is good, by the token. */
  readonly tokens: Places<boolean>
  /** The id of the key that signs; undefined = one that nobody was told of. */
  readonly signingKey: Places<string | undefined>
  /** By changelog, which no two have in common. */
  readonly publications: Map<string, Publication>
  /** The highest revision that was told of a draft, by client and profile. */
  readonly revisions: Map<string, number>
  /** The request ids of the changes that were acknowledged. */
  readonly acknowledged: Set<string>
  /** Every secret value that was ever sent. */
  readonly sentSecrets: Set<string>
  /** The ids of good tokens, which one may revoke, with the tokens. */
  readonly revocable: Map<string, string>
}

/** A release, as far as the one who asked can name it: by its artifact when the answer told, by its sequence, or only by its profile. */
export interface Deployed {
  readonly profileId: string
  readonly artifactId?: string
  readonly sequence?: number
}

export interface Publication {
  readonly ref: string
  /** Of what was answered; undefined = in doubt. */
  readonly acknowledged: { readonly sequence: number; readonly artifactId: string } | undefined
}

export function createJournal(): Journal {
  return {
    entries: createPlaces<string | null>(null),
    secrets: createPlaces<string | null>(null),
    files: createPlaces<Deployed | null>(null),
    tokens: createPlaces<boolean>(false),
    signingKey: createPlaces<string | undefined>(undefined),
    publications: new Map(),
    revisions: new Map(),
    acknowledged: new Set(),
    sentSecrets: new Set(),
    revocable: new Map(),
  }
}

/** How the one name of `signingKey` is called. */
export const theKey = 'signing.pem'

export const clientIds = ['claude-desktop', 'cursor', 'vscode'] as const
export const profileIds = ['default', 'dev'] as const
export const refs = clientIds.flatMap((clientId) => profileIds.map((profileId) => `${clientId}/${profileId}`))

/** Few, so that the workers get into each other's way. */
export const plainNames = ['files', 'notes', 'papers'] as const
export const secretNames = ['hub', 'forge'] as const
export const secretVariable = 'GITHUB_PERSONAL_ACCESS_TOKEN'
