import { defineOperation, toExpectation } from './operation.ts'
import {
  artifactId,
  closed,
  nullable,
  profilePath,
  profileRef,
  sequence,
  serverCount,
  time,
  toRef,
} from './schemas.ts'
import { Type } from './type.ts'

export const publishConfig = defineOperation({
  id: 'publish_config',
  method: 'POST',
  path: `${profilePath}/publish`,
  tool: 'publish_config',
  scope: 'publish',
  summary: 'Publish a draft',
  description:
    "Validates the profile's draft and makes it a signed release with the next sequence number. What equals the latest release in payload and changelog is answered as unchanged. The draft stays.",
  input: closed({
    ...profileRef,
    changelog: Type.Optional(
      Type.String({
        maxLength: 10_000,
        description: 'What changed, for people.',
        examples: ['Adds the filesystem server'],
      }),
    ),
  }),
  output: Type.Object({
    status: Type.Enum(['published', 'unchanged'], {
      description: 'unchanged: the latest release has this payload and changelog already.',
    }),
    artifact_id: artifactId,
    client_id: Type.String(),
    profile_id: Type.String(),
    server_count: serverCount,
    created_at: time,
    sequence,
    changelog: nullable(Type.String()),
  }),
  errors: [
    'client_not_found',
    'profile_not_found',
    'validation_failed',
    'signing_key_missing',
    'precondition_failed',
    'signature_invalid',
    'artifact_corrupt',
  ],
  guardedBy: 'view_draft_config',
  takesIdempotencyKey: true,
  async handler(context, input) {
    const changelog = input.changelog === undefined ? {} : { changelog: input.changelog }
    const options = { ...changelog, ...toExpectation(context) }
    const { status, release } = await context.orchestrator.releases.publish(toRef(input), options)
    const before = status === 'unchanged' ? release.artifactId : release.previousArtifactId
    context.note?.({ before, after: release.artifactId })
    return {
      status,
      artifact_id: release.artifactId,
      client_id: release.clientId,
      profile_id: release.profileId,
      server_count: release.serverCount,
      created_at: release.createdAt,
      sequence: release.sequence,
      changelog: release.changelog,
    }
  },
})
