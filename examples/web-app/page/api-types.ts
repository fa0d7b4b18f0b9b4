/** What the API answers, as far as the page reads it. `/openapi.json` has all of it. */

export type Scope = 'read' | 'write' | 'publish' | 'deploy' | 'admin'
export type FileState = 'in_sync' | 'edited' | 'missing' | 'unreadable'

export interface ProfileRef {
  readonly client_id: string
  readonly profile_id: string
}

export interface Client {
  readonly client_id: string
  readonly display_name: string
  readonly config_path: string | null
  readonly transports: readonly string[]
  readonly profiles: readonly string[]
}

export interface Deployment {
  readonly artifact_id: string
  readonly sequence: number
  readonly deployed_at: string
  readonly deployed_by: string
  readonly config_path: string
  readonly file_state: FileState
  readonly outdated: boolean
}

export interface Profile {
  readonly profile_id: string
  readonly sequence: number | null
  readonly updated_at: string
  readonly deployment: Deployment | null
}

export interface StdioEntry {
  readonly type: 'stdio'
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export interface RemoteEntry {
  readonly type: 'streamable-http' | 'sse'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export type ServerEntry = StdioEntry | RemoteEntry

export interface Payload {
  readonly mcpServers: Readonly<Record<string, ServerEntry>>
}

export interface Draft {
  readonly draft: Payload
  readonly revision: number
}

export interface ReleaseSummary {
  readonly sequence: number
  readonly artifact_id: string
  readonly created_at: string
  readonly changelog: string | null
}

export interface Release {
  readonly artifact_id: string
  readonly created_at: string
  readonly signing_key_id: string
  readonly metadata: { readonly sequence: number; readonly changelog: string | null }
  readonly history?: readonly ReleaseSummary[]
}

export interface ServerChange {
  readonly path: string
  readonly old_value: unknown
  readonly new_value: unknown
}

/** What one would have to do to what one has, to get the latest release. */
export interface ConfigDiff {
  readonly servers_added: readonly string[]
  readonly servers_removed: readonly string[]
  readonly servers_modified: readonly {
    readonly server_name: string
    readonly changes: readonly ServerChange[]
  }[]
  readonly servers_unchanged: readonly string[]
}

export interface ValidationFinding {
  readonly code: string
  readonly message: string
  readonly severity: 'error' | 'warning'
  readonly pointer: string
  readonly server_name?: string
}

export interface Validation {
  readonly valid: boolean
  readonly errors: readonly ValidationFinding[]
  readonly warnings: readonly ValidationFinding[]
}

export interface Publication {
  readonly status: 'published' | 'unchanged'
  readonly artifact_id: string
  readonly sequence: number
}

export interface DeployResult {
  readonly status: 'deployed' | 'dry_run'
  readonly config_path: string
  readonly backup_path: string | null
  readonly servers_written: readonly string[]
  readonly servers_removed: readonly string[]
  readonly servers_kept: readonly string[]
  readonly diff?: string
}

export interface ListedServer {
  readonly server_id: string
  readonly display_name: string
  readonly description: string
  readonly transport: string
  readonly tags: readonly string[]
  readonly requires_env: readonly string[]
}

export interface ServerPage {
  readonly servers: readonly ListedServer[]
  readonly transport_counts: Readonly<Record<string, number>>
  readonly next_cursor?: string
}

/** A parameter or an environment variable of a server. */
export interface Asked {
  readonly name: string
  readonly description: string
  readonly type: 'string' | 'number' | 'boolean' | 'path'
  readonly required: boolean
  readonly secret: boolean
  readonly default?: unknown
  readonly choices?: readonly string[]
  readonly example?: unknown
  readonly repeatable?: boolean
}

export interface DescribedServer extends ListedServer {
  readonly parameters: readonly Asked[]
  readonly variables: readonly Asked[]
  readonly documentation_url: string | null
}

export interface AddRequest {
  readonly server_id: string
  readonly server_name?: string
  readonly params: Readonly<Record<string, unknown>>
  readonly env_vars: Readonly<Record<string, unknown>>
}

export interface DeployRequest {
  readonly sequence: number
  /** Replace deployed entries that somebody edited by hand. */
  readonly overwrite: boolean
  readonly dry_run?: true
}
