/** The shape of the official MCP registry's `server.json`, revision 2025-12-11: the fields that we read. */
export interface ServerJson {
  readonly name: string
  readonly description: string
  readonly version: string
  readonly title?: string
  readonly websiteUrl?: string
  readonly repository?: { readonly url: string }
  readonly packages?: readonly Package[]
  readonly remotes?: readonly Remote[]
  readonly _meta?: { readonly [extensionKey]?: Extension }
}

/** What the registry's shape has no field for; in its `_meta`, under a key of our own, as the registry asks of extensions. */
export const extensionKey = 'io.github.mcp-orchestration/catalogue'
export interface Extension {
  readonly tags?: readonly string[]
  readonly documentationUrl?: string
}

export interface Package {
  readonly registryType: string
  readonly registryBaseUrl?: string
  readonly identifier: string
  readonly version?: string
  readonly fileSha256?: string
  readonly runtimeHint?: string
  readonly transport: { readonly type: string }
  readonly runtimeArguments?: readonly Argument[]
  readonly packageArguments?: readonly Argument[]
  readonly environmentVariables?: readonly KeyValueInput[]
}

export interface Remote {
  readonly type: 'streamable-http' | 'sse'
  readonly url: string
  readonly headers?: readonly KeyValueInput[]
  readonly variables?: Readonly<Record<string, Input>>
}

/** Something that a person may be asked for. With `value` it is fixed, but for the `{placeholders}` in it. */
export interface Input {
  readonly description?: string
  readonly isRequired?: boolean
  readonly isSecret?: boolean
  readonly format?: 'string' | 'number' | 'boolean' | 'filepath'
  readonly value?: string
  readonly default?: string
  readonly placeholder?: string
  readonly choices?: readonly string[]
}

interface InputWithVariables extends Input {
  readonly variables?: Readonly<Record<string, Input>>
}

export interface KeyValueInput extends InputWithVariables {
  readonly name: string
}

export type Argument = PositionalArgument | NamedArgument
interface PositionalArgument extends InputWithVariables {
  readonly type: 'positional'
  readonly valueHint?: string
  readonly isRepeated?: boolean
}
interface NamedArgument extends InputWithVariables {
  readonly type: 'named'
  readonly name: string
  readonly isRepeated?: boolean
}
