/**
 * The ten tools as data: what a model reads, and how a tool with two operations is told which one is meant. Which operations a tool
 * answers stands in the operations (`tool`), and schemas are derived from them, so nothing here repeats them.
 */
export interface ToolRow {
  /** Also the id of the operation that it answers when nothing chooses another. */
  readonly name: string
  readonly title: string
  /** Written for a model: what it does, when to use it, what comes next. */
  readonly description: string
  readonly annotations: Annotations
  /** How the tool's second operation is asked for. */
  readonly selector?: Selector
}

export type Selector =
  /** The argument belongs to the second operation; that it is there asks for it. */
  | { readonly kind: 'presence'; readonly argument: string }
  /** The argument is the tool's own; one of its values asks for the second operation. */
  | {
      readonly kind: 'value'
      readonly argument: string
      readonly value: string | boolean
      readonly otherwise: string | boolean
      readonly description: string
    }

/** MCP's tool annotations; every row says all four, since their defaults are the pessimistic ones. */
export interface Annotations {
  readonly readOnlyHint: boolean
  readonly destructiveHint: boolean
  readonly idempotentHint: boolean
  readonly openWorldHint: boolean
}

const readOnly: Annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
}
const writes: Annotations = { ...readOnly, readOnlyHint: false, idempotentHint: false }
const destructive: Annotations = { ...writes, destructiveHint: true }

export const toolTable: readonly ToolRow[] = [
  {
    name: 'list_clients',
    title: 'List AI clients',
    description:
      'Lists the AI clients whose MCP servers can be configured here, each with its config file and its profiles. Start here to find a ' +
      "client_id. With client_id it lists that client's profiles instead: their latest release, what is deployed, and whether the file " +
      'was edited since.',
    annotations: readOnly,
    selector: { kind: 'presence', argument: 'client_id' },
  },
  {
    name: 'list_available_servers',
    title: 'List MCP servers of the catalogue',
    description:
      'Lists the MCP servers that can be added to a draft; narrow the list by search or transport. With server_id it describes that one ' +
      'server instead: its parameters, its environment variables and a usage_example that is a ready input for add_server_to_config. ' +
      'Describe a server before you add it.',
    annotations: readOnly,
    selector: { kind: 'presence', argument: 'server_id' },
  },
  {
    name: 'get_config',
    title: 'Get a configuration',
    description:
      'Gets the published, signed configuration of a profile: the latest release, or an older one by artifact_id or sequence; history ' +
      'lists earlier releases. With stage "draft" it shows the working draft and its revision instead.',
    annotations: readOnly,
    selector: {
      kind: 'value',
      argument: 'stage',
      value: 'draft',
      otherwise: 'published',
      description: 'Which configuration to get: what is published (default) or the working draft.',
    },
  },
  {
    name: 'diff_config',
    title: 'Compare a configuration with the latest release',
    description:
      'Compares a configuration (local_payload, or local_artifact_id of an earlier release) with the latest release of the profile: the ' +
      'servers added, removed, modified and unchanged, and a recommendation. Use it before you publish or deploy.',
    annotations: readOnly,
  },
  {
    name: 'validate_config',
    title: 'Validate the draft',
    description:
      'Checks the draft against what its client can really do and lists each error and warning with a pointer to its place. Changes ' +
      'nothing. When valid is true, go on with publish_config.',
    annotations: readOnly,
  },
  {
    name: 'add_server_to_config',
    title: 'Add a server to the draft',
    description:
      'Adds a server of the catalogue to the draft of a profile. Take params and env_vars from list_available_servers with server_id. A ' +
      `secret may be given as a reference, \${env:NAME}; a plain value is kept outside the configuration. Nothing reaches the client until ` +
      'publish_config and deploy_config. Next: validate_config.',
    annotations: writes,
  },
  {
    name: 'remove_server_from_config',
    title: 'Remove a server from the draft',
    description:
      'Removes the server called server_name from the draft. With all: true it empties the draft instead, which needs expected_revision, ' +
      'the revision that get_config with stage "draft" shows. What is published or deployed stays as it is.',
    annotations: destructive,
    selector: {
      kind: 'value',
      argument: 'all',
      value: true,
      otherwise: false,
      description: 'true empties the whole draft; needs expected_revision.',
    },
  },
  {
    name: 'publish_config',
    title: 'Publish the draft',
    description:
      'Validates the draft and publishes it as a signed, immutable release; the same content again answers "unchanged". Needs signing ' +
      "keys (initialize_keys, once). The client's file does not change until deploy_config.",
    annotations: { ...writes, idempotentHint: true },
  },
  {
    name: 'deploy_config',
    title: "Deploy a release into the client's file",
    description:
      "Writes a release (the latest, or an older one by artifact_id or sequence to roll back) into the client's own config file. Only the " +
      'entries that this tool manages change, and a backup is kept. Try it with dry_run: true first, which shows the change and writes ' +
      'nothing. Restart the client afterwards.',
    annotations: { ...destructive, idempotentHint: true },
  },
  {
    name: 'initialize_keys',
    title: 'Make signing keys',
    description:
      'Makes the key pair that signs releases; needed once before the first publish_config. Existing keys are kept unless regenerate: true, ' +
      'which signs later releases with a new key.',
    annotations: destructive,
  },
]
