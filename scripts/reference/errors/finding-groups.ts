import type { FindingCode } from '../../../src/errors.ts'

/** What the entries of `errors[]` and the findings of a validation mean, by where a reader meets them. */
const ofInput = {
  required: 'Something that is needed is missing.',
  unknown_field: 'There is no such field, query parameter or argument here.',
  wrong_type: 'The value is of another type than it must be.',
  invalid_value: 'The value is of the right type, but not one that is taken.',
  invalid_json: 'An argument of a tool is text that is not JSON.',
  repeated: 'A query parameter is given twice.',
  contradiction: 'Two arguments of a tool do not go together.',
  unexpected_body: 'A GET or DELETE carries a body.',
  unexpected_header:
    'A header that would have no effect here, such as `If-Match` on a change that takes none.',
  replaced: 'The token was rotated before; rotate its successor.',
  expired: 'The token has ended; make a new one.',
} as const satisfies Findings

const ofAdding = {
  missing_parameter: 'A parameter without default is not given in `params`.',
  unknown_parameter: 'The server has no such parameter.',
  invalid_parameter: 'A parameter has a value that the server does not take.',
  missing_env_var: 'A variable that the server needs is not given in `env_vars`.',
  split_reference: 'A value would make up a reference to a secret together with what is around it.',
} as const satisfies Findings

const errorsOfDrafts = {
  missing_command: 'A stdio entry has no command.',
  empty_command: 'Its command is empty.',
  missing_url: 'A remote entry has no URL, or one that is none.',
  invalid_args: 'Arguments that are no list of texts, or that no process can be given.',
  invalid_env: 'A variable or header whose name or value cannot be passed on.',
  unresolved_placeholder: 'A placeholder such as `{port}` is left over.',
  unsupported_transport: 'The client does not speak the transport, and cannot reach it in another way.',
  too_many_servers: 'More servers than the client takes.',
  too_many_env_vars: 'More variables than the client takes.',
  invalid_server_name: 'A name that is not taken in a configuration.',
} as const satisfies Findings

const warningsOfDrafts = {
  empty_config: 'There are no servers. Publishing it withdraws those of the release before.',
  empty_env_var: 'A variable has an empty value.',
  plaintext_secret: 'A value looks like a secret and would stand in the release for everybody to read.',
  unknown_package:
    'The package is not in the catalogue, or a variable can make the command run other code than it names.',
} as const satisfies Findings

const ofReleases = {
  invalid_payload: 'The draft holds something that cannot be signed.',
  user_entry: "The client's file has an entry of your own under that name, with another value.",
  edited_entry: 'The entry was deployed and has been edited in the file since.',
} as const satisfies Findings

export interface FindingGroup {
  readonly title: string
  readonly findings: Findings
}

type Findings = Readonly<Partial<Record<FindingCode, string>>>

export const findingGroups: readonly FindingGroup[] = [
  { title: 'In the input of any operation (`invalid_request`)', findings: ofInput },
  { title: 'When a server is added (`validation_failed`)', findings: ofAdding },
  {
    title: 'In a draft: errors, which keep it from being published (`validation_failed`)',
    findings: errorsOfDrafts,
  },
  { title: 'In a draft: warnings, which do not', findings: warningsOfDrafts },
  { title: 'When a release is published or deployed', findings: ofReleases },
]

/** A finding that is told nowhere does not compile. */
export const findingMeanings = {
  ...ofInput,
  ...ofAdding,
  ...errorsOfDrafts,
  ...warningsOfDrafts,
  ...ofReleases,
} as const satisfies Record<FindingCode, string>
