import { isWithin } from './limits.ts'
import { defineOperation } from './operation.ts'
import {
  artifactId,
  closed,
  nullable,
  profilePath,
  profileRef,
  sequence,
  time,
  toRef,
  toSelector,
} from './schemas.ts'
import { Type } from './type.ts'

export const deployConfig = defineOperation({
  id: 'deploy_config',
  method: 'POST',
  path: `${profilePath}/deploy`,
  tool: 'deploy_config',
  scope: 'deploy',
  summary: "Deploy a release into the client's file",
  description:
    "Writes a release of the profile, the latest unless told, into the client's own file on the machine where this runs. Only entries that a deploy wrote are ever replaced or removed; all other bytes stay. An earlier release is a rollback.",
  input: closed({
    ...profileRef,
    artifact_id: Type.Optional(artifactId),
    sequence: Type.Optional(sequence),
    overwrite: Type.Optional(
      Type.Boolean({ description: 'Replace deployed entries that were edited by hand. False unless told.' }),
    ),
    dry_run: Type.Optional(
      Type.Boolean({ description: 'Write nothing and answer the difference. False unless told.' }),
    ),
  }),
  output: Type.Object({
    status: Type.Enum(['deployed', 'dry_run']),
    config_path: Type.String({ description: "The client's file." }),
    artifact_id: artifactId,
    deployed_at: nullable(time),
    backup_path: nullable(Type.String({ description: 'Where the bytes that were replaced are kept.' })),
    servers_written: Type.Array(Type.String(), { description: 'Entries that were added or replaced.' }),
    servers_removed: Type.Array(Type.String(), {
      description: 'Entries of the deploy before that were taken out.',
    }),
    servers_kept: Type.Array(Type.String(), { description: 'Already there with an equal value.' }),
    diff: Type.Optional(Type.String({ description: 'Unified text of the deployed entries, for a dry run.' })),
  }),
  errors: [
    'client_not_found',
    'profile_not_found',
    'nothing_published',
    'artifact_not_found',
    'validation_failed',
    'secret_unresolved',
    'config_entry_conflict',
    'config_file_changed',
    'config_file_unreadable',
    'precondition_failed',
    'write_failed',
    'signature_invalid',
    'artifact_corrupt',
  ],
  guardedBy: 'get_config',
  takesIdempotencyKey: true,
  async handler({ orchestrator, principal, expectedSequence, note }, input) {
    const result = await orchestrator.deployments.deploy(toRef(input), {
      ...toSelector(input),
      ...(expectedSequence === undefined ? {} : { expectedLatest: expectedSequence }),
      deployedBy: principal.id,
      overwrite: input.overwrite ?? false,
      dryRun: input.dry_run ?? false,
      mayRead: (ref) => isWithin(principal, ref),
    })
    note?.({ before: result.previousArtifactId, after: result.artifactId })
    return {
      status: result.status,
      config_path: result.configPath,
      artifact_id: result.artifactId,
      deployed_at: result.deployedAt,
      backup_path: result.backupPath,
      servers_written: result.written,
      servers_removed: result.removed,
      servers_kept: result.kept,
      ...(result.diff === undefined ? {} : { diff: result.diff }),
    }
  },
})
