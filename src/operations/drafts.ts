import { type Draft, digestOf, type ValidationFinding } from '../orchestrator.ts'
import type { JsonObject } from '../vocabulary.ts'
import { defineOperation, type OperationContext, toExpectation } from './operation.ts'
import {
  closed,
  payload,
  profilePath,
  profileRef,
  revision,
  serverCount,
  serverId,
  serverName,
  time,
  toRef,
} from './schemas.ts'
import { Type } from './type.ts'

const draftPath = `${profilePath}/draft`

const finding = Type.Object({
  code: Type.String({ description: 'What kind of finding it is, for programs.' }),
  message: Type.String({ description: 'What is wrong, for people.' }),
  severity: Type.Enum(['error', 'warning']),
  pointer: Type.String({ description: 'A JSON Pointer into the draft.' }),
  server_name: Type.Optional(
    Type.String({
      description: 'The server that it is about; absent where it is about the draft as a whole.',
    }),
  ),
})

export const addServerToConfig = defineOperation({
  id: 'add_server_to_config',
  method: 'POST',
  path: `${draftPath}/add`,
  tool: 'add_server_to_config',
  scope: 'write',
  summary: 'Add a server to a draft',
  description:
    "Puts a server of the catalogue into the profile's draft. Parameters that are left out take their defaults; a secret goes into the secret store and the draft holds a reference to it.",
  input: closed({
    ...profileRef,
    server_id: serverId,
    server_name: Type.Optional(serverName),
    params: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: "Values of the server's parameters; describe_server names them.",
        examples: [{ path: '/home/priya/notes' }],
      }),
    ),
    env_vars: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'Values of environment variables; ${env:NAME} and ${secret:NAME} are resolved at deploy.',
        examples: [{ GITHUB_PERSONAL_ACCESS_TOKEN: '${env:GITHUB_TOKEN}' }],
      }),
    ),
  }),
  output: Type.Object({
    status: Type.Literal('added'),
    server_name: Type.String(),
    draft: payload,
    server_count: serverCount,
    revision,
  }),
  errors: [
    'client_not_found',
    'server_not_found',
    'validation_failed',
    'server_already_in_draft',
    'precondition_failed',
    'write_failed',
  ],
  guardedBy: 'view_draft_config',
  takesIdempotencyKey: true,
  async handler(context, input) {
    const added = await context.orchestrator.drafts.add(
      toRef(input),
      toAddInput(input),
      toExpectation(context),
    )
    noteDrafts(context, added)
    return { status: 'added' as const, server_name: added.serverName, ...toDraft(added.draft) }
  },
})

export const removeServerFromConfig = defineOperation({
  id: 'remove_server_from_config',
  method: 'POST',
  path: `${draftPath}/remove`,
  tool: 'remove_server_from_config',
  scope: 'write',
  summary: 'Remove a server from a draft',
  description: "Takes one server out of the profile's draft. What is published or deployed stays as it is.",
  input: closed({ ...profileRef, server_name: serverName }),
  output: Type.Object({
    status: Type.Literal('removed'),
    server_name: Type.String(),
    draft: payload,
    server_count: serverCount,
    revision,
  }),
  errors: ['client_not_found', 'server_not_in_draft', 'precondition_failed'],
  guardedBy: 'view_draft_config',
  async handler(context, input) {
    const removed = await context.orchestrator.drafts.remove(
      toRef(input),
      input.server_name,
      toExpectation(context),
    )
    noteDrafts(context, removed)
    return { status: 'removed' as const, server_name: input.server_name, ...toDraft(removed.draft) }
  },
})

export const viewDraftConfig = defineOperation({
  id: 'view_draft_config',
  method: 'GET',
  path: draftPath,
  tool: 'get_config',
  scope: 'read',
  keepable: true,
  summary: 'View a draft',
  description:
    "The profile's draft with its revision. A draft that nobody began is empty; looking makes none.",
  input: closed(profileRef),
  output: Type.Object({
    draft: payload,
    server_count: serverCount,
    servers: Type.Array(Type.String(), { description: 'The names of the servers in the draft.' }),
    revision,
  }),
  errors: ['client_not_found'],
  async handler({ orchestrator }, input) {
    const draft = await orchestrator.drafts.view(toRef(input))
    return { ...toDraft(draft), servers: Object.keys(draft.payload.mcpServers) }
  },
})

export const clearDraftConfig = defineOperation({
  id: 'clear_draft_config',
  method: 'DELETE',
  path: draftPath,
  tool: 'remove_server_from_config',
  scope: 'write',
  summary: 'Clear a draft',
  description: "Takes every server out of the profile's draft. What is published or deployed stays as it is.",
  input: closed(profileRef),
  output: Type.Object({
    status: Type.Literal('cleared'),
    previous_count: Type.Integer({ minimum: 0, description: 'The servers that were in the draft.' }),
    revision,
  }),
  errors: ['client_not_found', 'precondition_failed'],
  guardedBy: 'view_draft_config',
  async handler(context, input) {
    const cleared = await context.orchestrator.drafts.clear(toRef(input), toExpectation(context))
    noteDrafts(context, cleared)
    return {
      status: 'cleared' as const,
      previous_count: cleared.previousCount,
      revision: cleared.draft.revision,
    }
  },
})

export const validateConfig = defineOperation({
  id: 'validate_config',
  method: 'POST',
  path: `${profilePath}/validate`,
  tool: 'validate_config',
  scope: 'read',
  summary: 'Validate a draft',
  description:
    "Holds the profile's draft against what its client can do. Errors keep it from being published; warnings don't.",
  input: closed(profileRef),
  output: Type.Object({
    valid: Type.Boolean({ description: 'Whether it can be published: there are no errors.' }),
    errors: Type.Array(finding, { description: 'What keeps it from being published.' }),
    warnings: Type.Array(finding, { description: 'What should be looked at first.' }),
    server_count: serverCount,
    validated_at: time,
  }),
  errors: ['client_not_found', 'profile_not_found'],
  async handler({ orchestrator }, input) {
    const validation = await orchestrator.drafts.validate(toRef(input))
    return {
      valid: validation.valid,
      errors: validation.errors.map(toFinding),
      warnings: validation.warnings.map(toFinding),
      server_count: validation.serverCount,
      validated_at: validation.validatedAt,
    }
  },
})

interface AddRequest {
  readonly server_id: string
  readonly server_name?: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly env_vars?: Readonly<Record<string, unknown>>
}

function toAddInput({ server_id, server_name, params, env_vars }: AddRequest) {
  return {
    serverId: server_id,
    ...(server_name === undefined ? {} : { serverName: server_name }),
    ...(params === undefined ? {} : { params: params as JsonObject }),
    ...(env_vars === undefined ? {} : { envVars: env_vars as JsonObject }),
  }
}

function toDraft(draft: Draft) {
  const { payload, revision } = draft
  return { draft: payload, server_count: Object.keys(payload.mcpServers).length, revision }
}

interface ChangedDraft {
  readonly before: Draft
  readonly draft: Draft
}

/** A draft is named as the artifact that it would be, so that one sees in the audit log what of it was published. */
function noteDrafts({ note }: OperationContext, { before, draft }: ChangedDraft): void {
  note?.({
    before: before.revision === 0 ? null : digestOf(before.payload),
    after: draft.revision === 0 ? null : digestOf(draft.payload),
  })
}

function toFinding({ code, message, severity, pointer, serverName }: ValidationFinding) {
  return {
    code,
    message,
    severity,
    pointer,
    ...(serverName === undefined ? {} : { server_name: serverName }),
  }
}
